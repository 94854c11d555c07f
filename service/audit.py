"""Who did what: one line of JSON for each request that sends pictures or changes something."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from domain.names import shown_name
from pipeline.forgetting import Gone

_FILE_BYTES, _OLDER = 10_000_000, 5
_FILES = ("audit.jsonl", *(f"audit.jsonl.{number}" for number in range(1, _OLDER + 1)))
"""The newest first."""


class AuditLog:
    """`audit.jsonl`, and up to five older ones beside it, of 10 MB each. Any thread.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._handler = RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=_OLDER, encoding="utf-8")
        path.chmod(0o600)

    def note(self, who: str, address: str, did: str, status: int, **more: Any) -> None:
        """Write a line.

        Args:
            who: Name of the key.
            address: Where it came from.
            did: Method and path.
            status: Of the answer.
            more: What else is worth knowing.
        """
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": who,
            "address": address,
            "did": did,
            "status": status,
            **more,
        }
        line = json.dumps(entry, ensure_ascii=True)
        self._handler.handle(logging.LogRecord("footfall.audit", logging.INFO, "", 0, line, None, None))

    def forget(self, before: datetime) -> int:
        """Delete lines of before that moment; returns how many. Raises OSError."""
        self._handler.acquire()
        try:
            if self._handler.stream is not None:
                # It is opened again with the next line.
                self._handler.stream.close()
                self._handler.stream = None
            return sum(gone.count for gone in forget_audit(Path(self._handler.baseFilename).parent, before))
        finally:
            self._handler.release()

    def close(self) -> None:
        """Let go of the file."""
        self._handler.close()


def forget_audit(folder: Path, before: datetime, *, dry_run: bool = False) -> Iterator[Gone]:
    """Delete lines of the audit log, of files that nobody has open; raises OSError."""
    for path in (folder / name for name in _FILES):
        if not path.is_file():
            continue
        lines = path.read_bytes().splitlines(keepends=True)
        left = [line for line in lines if not _is_old(line, before)]
        if len(left) == len(lines):
            continue
        if not dry_run:
            staged = path.with_name(f"{path.name}.part")
            staged.touch(mode=0o600)
            staged.write_bytes(b"".join(left))
            staged.replace(path)
        freed = sum(map(len, lines)) - sum(map(len, left))
        yield Gone("lines of the audit log", shown_name(path), len(lines) - len(left), freed)


def _is_old(line: bytes, before: datetime) -> bool:
    try:
        return datetime.fromisoformat(json.loads(line)["time"]) < before
    except (ValueError, KeyError, TypeError):
        return False
