"""Standard output and error that outlast whoever reads them."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

_NOBODY_READS = {errno.EPIPE, errno.EIO, errno.EBADF}
"""A pipe, a terminal or a descriptor that was closed."""


@contextmanager
def lasting_streams() -> Iterator[None]:
    """Within it, what nobody reads any more goes nowhere, and is no error.

    A closed descriptor 0, 1 or 2 is opened on `/dev/null` first: the next file that is opened would get its number, and what
    libraries write to standard error would land in it.
    """
    _open_missing_descriptors()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_Lasting(stream or _nowhere()) for stream in before)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = before


class _Lasting:
    """A text stream that takes everything."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write it, or let it go."""
        try:
            return self._stream.write(text)
        except OSError as error:
            self._give_up(error)
            return len(text)

    def flush(self) -> None:
        """Flush it, or let it go."""
        try:
            self._stream.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """From here on it leads nowhere; what waits in the buffer, too."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
            self._stream.flush()
        if error.errno not in _NOBODY_READS and sys.stderr is not self:
            print(f"footfall: standard output cannot be written ({error.strerror})", file=sys.stderr)  # noqa: T201


def _open_missing_descriptors() -> None:
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Gets the lowest number that is free: this one.
            os.open(os.devnull, os.O_RDWR)


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives as long as the process
