"""Whether a file is one of Footfall's, by what is in it."""

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from domain.events import event_from_json
from domain.provenance import RunRecord
from domain.summary import RunSummary
from pipeline.results.plan import REPORT, RUN, SUMMARY
from sinks.base import CLOSED, DATABASE, EVENTS

_SQLITE = b"SQLite format 3\0"


def is_footfalls(path: Path, name: str) -> bool:
    """Whether the file there holds what a run writes under that name. False where it cannot be told, and for a link.

    Args:
        path: The file.
        name: Its name among the results.
    """
    checks = {
        EVENTS: _holds_events,
        DATABASE: _holds_tables,
        SUMMARY: _is_summary,
        REPORT: _is_report,
        RUN: _is_run,
    }
    closed = name.startswith(f"{CLOSED}/") and name.endswith(".jsonl")
    check = _holds_events if closed else checks.get(name)
    try:
        return check is not None and stat.S_ISREG(path.lstat().st_mode) and check(path)
    except (OSError, ValueError, sqlite3.Error):
        return False


def _holds_events(path: Path) -> bool:
    """Empty, or its first line is an event; the sink that opens it reads the others."""
    with path.open("rb") as lines:
        first = lines.readline(1 << 20)
    if not first.endswith(b"\n"):
        return b'{"event_id":"'.startswith(first[:13])
    event_from_json(first)
    return True


def _holds_tables(path: Path) -> bool:
    """Empty, or a database with the table that says which version Footfall's tables have."""
    with path.open("rb") as file:
        start = file.read(len(_SQLITE))
    if start != _SQLITE:
        return not start
    with closing(sqlite3.connect(f"file:{quote(bytes(path))}?mode=ro", uri=True)) as connection:
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'footfall_version'"
        return bool(connection.execute(query).fetchone()[0])


def _is_summary(path: Path) -> bool:
    RunSummary.model_validate(json.loads(path.read_bytes()))
    return True


def _is_run(path: Path) -> bool:
    RunRecord.model_validate(json.loads(path.read_bytes()))
    return True


def _is_report(path: Path) -> bool:
    with path.open("rb") as file:
        return b"<title>Footfall report" in file.read(4096)
