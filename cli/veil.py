"""Keeps passwords out of what the command itself says: its usage errors, its log, the traceback of a bug."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer.core import TyperGroup

from domain.urls import HIDDEN, redact_url

_PLAIN = logging.Formatter()
_WITHOUT_SCHEME = re.compile(r"[^\s'\"/:]+:.*@[^\s'\"]*")


def veiled(text: str) -> str:
    """A message that may quote what a user typed, also an address whose `rtsp://` was forgotten."""
    return redact_url(text) if "://" in text else _WITHOUT_SCHEME.sub(HIDDEN, redact_url(text))


class Veil(logging.Filter):
    """Stands before everything that writes the log: whoever logs, and in whatever form it is written, no password comes through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take passwords out of message, traceback and stack. Nothing is held back."""
        record.msg, record.args = redact_url(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _PLAIN.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact_url(record.exc_text)
        if record.stack_info:
            record.stack_info = redact_url(record.stack_info)
        return True


class VeiledGroup(TyperGroup):
    """A command whose usage errors do not repeat passwords: `footfall rtsp://user:password@camera` is no such command."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the arguments."""
        with _veiled_errors():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Read the arguments of the command in the command, and call it."""
        with _veiled_errors():
            return super().invoke(ctx)


@contextmanager
def _veiled_errors() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        message = getattr(error, "message", None)
        # The base class of usage errors is private to typer; all of them, and nothing of ours, have a message that can be set.
        if isinstance(message, str):
            error.message = veiled(message)  # type: ignore[attr-defined]
        raise
