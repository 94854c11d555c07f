"""A file of events that grows, one a line: opened for one writer, looked into, and healed after a crash."""

import errno
import fcntl
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from domain.errors import OutputError
from domain.names import shown_name

_ID_FIRST = b'{"event_id":"'
_UUID_LENGTH = 36
_LARGEST_READ = 1 << 16
_EVENT_TIME = re.compile(rb'"event_time": ?"([^"]{10,40})"')


def open_locked(path: Path) -> int:
    """A descriptor for reading and appending, which no other process has; the file is made if it is missing.

    Raises:
        OutputError: It cannot be written, or another run has it.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise OutputError(
            f"{shown_name(path)} cannot be written: {error.strerror}; choose another folder with --out"
        ) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(fd)
        raise OutputError(
            f"{shown_name(path)} is being written by another run; wait for it or choose another folder with --out"
        ) from error
    except OSError:
        # A network file system without locks: go on without.
        pass
    return fd


def heal(fd: int, path: Path) -> int:
    """Cut off a line that a crash has torn.

    Args:
        fd: From `open_locked`.
        path: For messages.

    Returns:
        The length of the file then, bytes.

    Raises:
        OutputError: It holds something else than events.
        OSError: It cannot be read, or not be cut.
    """
    size = _whole_lines(fd)
    _check_ends(fd, size, path)
    _cut_torn_line(fd, size, path)
    return size


def check_place(fd: int, path: Path) -> None:
    """See to it that the open file still has its name: what is written into one that was deleted is lost."""
    if not os.path.samestat(os.fstat(fd), path.stat()):
        raise FileNotFoundError(errno.ENOENT, "it was replaced by another file while it was open")


def write_all(fd: int, data: bytes) -> None:
    """Write all of it, in as many pieces as the operating system takes it.

    Raises:
        OSError: It does not take the rest.
    """
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def first_day(fd: int) -> date | None:
    """The day of the first event in the file, by its event time, UTC; None where it does not say."""
    start = os.pread(fd, _LARGEST_READ, 0).partition(b"\n")[0]
    found = _EVENT_TIME.search(start)
    try:
        return datetime.fromisoformat(found[1].decode()).astimezone(UTC).date() if found else None
    except ValueError:
        return None


def ids_from(lines: BinaryIO, place: int) -> Iterator[str]:
    """Ids of the events behind a length of the file; a place within a line is that at its end."""
    lines.seek(max(0, place - 1))
    if place > 0:
        lines.readline()
    for line in lines:
        found = _id_of(line)
        if found is not None:
            yield found


def _whole_lines(fd: int) -> int:
    """Bytes up to the last line end."""
    position = os.fstat(fd).st_size
    while position > 0:
        start = max(0, position - _LARGEST_READ)
        newline = os.pread(fd, position - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        position = start
    return 0


def _cut_torn_line(fd: int, size: int, path: Path) -> None:
    """Cut off what a crash has left of a line. Behind nothing but events that is a piece of one; alone, it must look like one."""
    start = os.pread(fd, len(_ID_FIRST), size)
    if size == 0 and not _ID_FIRST.startswith(start):
        raise OutputError(_not_an_event(path, "first"))
    if start:
        os.ftruncate(fd, size)


def _check_ends(fd: int, size: int, path: Path) -> None:
    """See to it that the first and the last line are events, so that nothing is appended to a file of something else."""
    if size == 0:
        return
    start = os.pread(fd, _LARGEST_READ, 0)
    end = os.pread(fd, min(size, _LARGEST_READ), max(0, size - _LARGEST_READ))
    if _id_of(start.partition(b"\n")[0]) is None:
        raise OutputError(_not_an_event(path, "first"))
    _, line_end, last = end.removesuffix(b"\n").rpartition(b"\n")
    # A line longer than what is read has no beginning here.
    if (line_end or size <= _LARGEST_READ) and _id_of(last) is None:
        raise OutputError(_not_an_event(path, "last"))


def _id_of(line: bytes) -> str | None:
    """The event id in a line; None where it is no event."""
    start = len(_ID_FIRST)
    if line.startswith(_ID_FIRST) and line[start + _UUID_LENGTH : start + _UUID_LENGTH + 1] == b'"':
        # Ten times faster than reading the whole line.
        return line[start : start + _UUID_LENGTH].decode()
    try:
        found = json.loads(line)["event_id"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def _not_an_event(path: Path, which: str) -> str:
    return f"the {which} line of {shown_name(path)} is not an event; move the file away or choose another folder with --out"
