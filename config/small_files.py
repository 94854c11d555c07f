"""Reads a file that a user names: a settings file, or one that holds an address."""

import os
import select
import stat
from pathlib import Path

_PATIENCE_MS = (
    # For a pipe that somebody is still writing into, such as `<(pass show camera)` of a shell.
    10_000
)
_CHUNK = 1 << 16
_NULL_DEVICE = os.makedev(1, 3)


def read_small(path: Path, limit: int) -> bytes:
    """All of a regular file, or of a pipe; it never waits for ever.

    Args:
        path: Any name.
        limit: Most bytes that it may hold.

    Raises:
        ValueError: It cannot be read, holds more, or is neither. The message says why and does not name it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise ValueError(getattr(error, "strerror", None) or "the name is not valid") from None
    try:
        state = os.fstat(descriptor)
        if stat.S_ISDIR(state.st_mode):
            raise ValueError("Is a directory")
        if not (stat.S_ISREG(state.st_mode) or stat.S_ISFIFO(state.st_mode) or state.st_rdev == _NULL_DEVICE):
            raise ValueError("it is a device or a socket")
        return _all(descriptor, limit)
    except OSError as error:
        raise ValueError(error.strerror or "reading failed") from None
    finally:
        os.close(descriptor)


def _all(descriptor: int, limit: int) -> bytes:
    content = b""
    ready = select.poll()
    ready.register(descriptor, select.POLLIN)
    while len(content) <= limit:
        if not ready.poll(_PATIENCE_MS):
            raise ValueError(f"nobody has written into it for {_PATIENCE_MS // 1000} s")
        chunk = os.read(descriptor, _CHUNK)
        if not chunk:
            return content
        content += chunk
    raise ValueError(f"larger than {limit >> 10} KiB")
