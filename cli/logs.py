"""Where log lines go, and how they look."""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.logging import RichHandler

from cli import console
from cli.veil import Veil

if TYPE_CHECKING:
    # Brings pydantic along, which `footfall --help` does without.
    from config.settings import LogFormat


class JsonLines(logging.Formatter):
    """One JSON object a line: `time` (UTC), `level`, `logger`, `message`, and `traceback` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """As JSON, which every text can be written in."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        traceback = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else None)
        return json.dumps(told | ({"traceback": traceback} if traceback else {}))


def set_up_logging(level: str, form: "LogFormat" = "text") -> None:
    """Log to standard error: as text readable on a terminal and one plain line each elsewhere, or as JSON.

    FFmpeg's own messages are not among them: PyAV drops them, and what matters of them sources say.
    """
    handler = _handler(form)
    handler.addFilter(Veil())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # What matters of these, sinks and sources say.
    for library, least in (("kafka", logging.CRITICAL), ("alembic", logging.WARNING), ("PIL", logging.INFO)):
        logging.getLogger(library).setLevel(least)


def log_notices(notices: Iterable[str]) -> None:
    """Say what is to be said of settings that hold, such as keys that are called otherwise now."""
    for notice in notices:
        logging.getLogger("footfall").warning(notice)


def _handler(form: "LogFormat") -> logging.Handler:
    handler: logging.Handler
    errors = console.errors()
    if form == "json":
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
    elif errors.is_terminal:
        handler = RichHandler(console=errors, show_path=False, markup=False, rich_tracebacks=False)
        handler.setFormatter(logging.Formatter("%(message)s"))
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    return handler
