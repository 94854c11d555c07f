"""What the service itself must not forget, in one SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

_TABLES = """
CREATE TABLE IF NOT EXISTS streams (id TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    model TEXT NOT NULL,
    options TEXT NOT NULL,
    source TEXT,
    bytes INTEGER NOT NULL,
    repeat_key TEXT,
    created_at TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    progress TEXT NOT NULL,
    code INTEGER,
    message TEXT,
    started_at TEXT,
    finished_at TEXT,
    expires_at REAL,
    UNIQUE (owner, repeat_key)
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, kind, number);
CREATE TABLE IF NOT EXISTS job_files (
    name TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    picture INTEGER,
    path TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS job_files_by_job ON job_files (job, place);
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
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing."""
        with self._lock, self._connection:
            yield self._connection

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
