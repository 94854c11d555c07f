"""Runs that are killed and started again: nothing may be missing, nothing there twice. `python -m tests.chaos` prints a table."""
