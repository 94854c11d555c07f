"""What the service itself must not forget, in one SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

_TABLES = """
CREATE TABLE IF NOT EXISTS streams (id TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT;
"""


class ServiceStore:
    """A connection that all threads share, one at a time.

    Args:
        path: The file; made if it is missing. Only its owner can read it, since addresses of cameras hold passwords.

    Raises:
        sqlite3.Error: It cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False)
        path.chmod(0o600)
        with self.transaction() as connection:
            connection.executescript(_TABLES)
        self._connection.execute("PRAGMA journal_mode=WAL")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing."""
        with self._lock, self._connection:
            yield self._connection

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
