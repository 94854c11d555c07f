"""Where log lines go, and how they look."""

import logging
from collections.abc import Iterable

from rich.logging import RichHandler

from cli import console
from cli.veil import VeiledFormatter


def set_up_logging(level: str) -> None:
    """Log to standard error: readable on a terminal, one plain line each elsewhere."""
    errors = console.errors()
    handler: logging.Handler
    if errors.is_terminal:
        handler = RichHandler(console=errors, show_path=False, markup=False, rich_tracebacks=False)
        layout = "%(message)s"
    else:
        handler = logging.StreamHandler()
        layout = "%(asctime)s %(levelname)s %(message)s"
    handler.setFormatter(VeiledFormatter(layout))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # What matters of these, sinks and sources say.
    for library, least in (("kafka", logging.CRITICAL), ("alembic", logging.WARNING), ("PIL", logging.INFO)):
        logging.getLogger(library).setLevel(least)


def log_notices(notices: Iterable[str]) -> None:
    """Say what is to be said of settings that hold, such as keys that are called otherwise now."""
    for notice in notices:
        logging.getLogger("footfall").warning(notice)
