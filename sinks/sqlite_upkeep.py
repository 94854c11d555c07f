"""What is done to SQLite files so that what was deleted is gone from them, and so that one file alone holds what was stored.

Each takes what runs a statement: a connection's `execute`, or SQLAlchemy's `exec_driver_sql`.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

Run: TypeAlias = Callable[[str], Any]


def overwrite_what_goes(run: Run) -> None:
    """From now on this connection writes zeros over what it deletes."""
    run("PRAGMA secure_delete=ON")


def give_back(run: Run) -> None:
    """Free pages go back to the disk, and the log becomes empty: it holds what was deleted, too. Outside of a transaction."""
    run("VACUUM")
    run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def fold_log(run: Run) -> None:
    """Write the log into the file, as far as nobody reads it: whoever copies the file alone misses little."""
    run("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
