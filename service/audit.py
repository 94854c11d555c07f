"""Who did what: one line of JSON for each request that sends pictures or changes something."""

import json
import logging
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

_FILE_BYTES, _FILES = 10_000_000, 5


class AuditLog:
    """`audit.jsonl`, and up to five older ones beside it, of 10 MB each. Any thread.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._handler = RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8")
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

    def close(self) -> None:
        """Let go of the file."""
        self._handler.close()
