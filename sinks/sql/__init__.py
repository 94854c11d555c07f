"""Events in SQL tables, SQLite or PostgreSQL: written by `sink.SqlSink`, read by `reader.SqlReader`, made by `schema.migrate`."""
