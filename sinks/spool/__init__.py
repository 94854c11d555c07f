"""Events on disk before any sink sees them, in the same commit as the state after them (ADR 0017)."""
