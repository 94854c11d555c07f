"""Deleting what is too old of the service's own: lines of the audit log, and jobs with what they have made."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from domain.errors import OutputError
from domain.names import shown_name
from domain.os_errors import cannot_write
from pipeline.forgetting import Before, Gone
from service.audit import forget_audit
from sinks.sqlite_upkeep import give_back, overwrite_what_goes

_OPEN = ("accepted", "running")


def forget_of_service(folder: Path, before: Before, *, dry_run: bool = False) -> Iterator[Gone]:
    """Delete what is too old in the service's folder, which no service may have open.

    Raises:
        OutputError: Something cannot be read or written.
    """
    try:
        if before.audit is not None:
            yield from forget_audit(folder, before.audit, dry_run=dry_run)
        if before.pictures is not None and (folder / "service.db").is_file():
            yield from _jobs(folder, before.pictures, dry_run=dry_run)
    except OSError as error:
        raise OutputError(cannot_write(Path(error.filename or folder), error)) from error
    except sqlite3.Error as error:
        raise OutputError(
            f"{shown_name(folder / 'service.db')}: nothing more can be deleted there: {error}"
        ) from None


def _jobs(folder: Path, before: datetime, *, dry_run: bool) -> Iterator[Gone]:
    with closing(sqlite3.connect(folder / "service.db", isolation_level=None)) as connection:
        rows = connection.execute("SELECT id, state, created_at FROM jobs").fetchall()
        old = [(job, state) for job, state, created in rows if datetime.fromisoformat(created) < before]
        done = [job for job, state in old if state not in _OPEN]
        freed = sum(_bytes(folder / "jobs" / job) for job in done)
        if done and not dry_run:
            overwrite_what_goes(connection.execute)
            for job in done:
                shutil.rmtree(folder / "jobs" / job, ignore_errors=True)
                connection.execute("DELETE FROM job_files WHERE job = ?", (job,))
                connection.execute("DELETE FROM jobs WHERE id = ?", (job,))
            give_back(connection.execute)
    if done:
        yield Gone("jobs with their results", shown_name(folder / "jobs"), len(done), freed)
    if len(old) > len(done):
        yield Gone("jobs", shown_name(folder / "jobs"), len(old) - len(done), stays="they are not done yet")


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
