"""Events in Kafka topics: sent by `transactional`, exactly once out of a spool, or by `idempotent`."""
