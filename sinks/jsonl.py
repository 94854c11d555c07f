"""Events as lines of JSON in one file."""

import errno
import fcntl
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from domain.errors import OutputError, SinkBusy, SinkRejected
from domain.events import Event
from domain.names import shown_name
from domain.os_errors import cannot_write, is_full
from sinks.base import EVENTS, EventSink, SinkContext, SinkSettings

_log = logging.getLogger(__name__)

_ID_FIRST = b'{"event_id":"'
_UUID_LENGTH = 36
_LARGEST_READ = 1 << 16


class JsonlSettings(SinkSettings):
    """`events.jsonl` in the output folder, one event a line."""

    kind: Literal["jsonl"] = "jsonl"

    @property
    def grows(self) -> tuple[str, ...]:
        """See `SinkSettings.grows`."""
        return (EVENTS,)

    def build(self, context: SinkContext) -> EventSink:
        """See `SinkSettings.build`."""
        return JsonlSink(context.results.events)


class JsonlSink:
    """A `RewindableSink` that appends one event a line to a file, UTF-8.

    A batch is handed to the operating system before `store` returns, so a crash of this process loses nothing stored; the file is
    forced to the disk when it is closed. A line torn by a crash, or by a disk that became full, is cut off.

    An existing file is continued. No event is known by its id: whoever delivers keeps the place, which is the length of the file.
    What lies behind that place after a crash is read once, and not written again.

    Args:
        path: The file; its folder must exist.
        retry_after_s: What to tell a caller to wait while the disk is full, seconds.

    Raises:
        OutputError: The file cannot be written, is held by another Footfall, or holds something else than events.
    """

    def __init__(self, path: Path, *, retry_after_s: float = 2.0) -> None:
        self._path = path
        self._retry_after_s = retry_after_s
        self._torn = False
        self._ahead: set[str] = set()
        self._fd: int | None = _open_locked(path)
        try:
            self._size = _whole_lines(self._fd)
            _check_ends(self._fd, self._size, path)
            _cut_torn_line(self._fd, self._size, path)
        except OSError as error:
            self._let_go()
            raise OutputError(
                f"{shown_name(path)} cannot be read: {error.strerror}; move it away or mend it"
            ) from error
        except OutputError:
            self._let_go()
            raise

    @property
    def name(self) -> str:
        """`jsonl`."""
        return "jsonl"

    def store(self, events: Sequence[Event]) -> None:
        """Append the events of the batch, without those that are in the file from before a crash.

        Raises:
            SinkBusy: The disk is full or fails, or the file is not where it was; nothing of the batch stays in the file.
            SinkRejected: The sink is closed.
        """
        if self._fd is None:
            raise SinkRejected(f"{shown_name(self._path)} is closed")
        fresh = [event for event in events if event.event_id not in self._ahead]
        lines = "".join(f"{event.model_dump_json()}\n" for event in fresh).encode()
        try:
            self._mend(self._fd)
            _check_place(self._fd, self._path)
            self._torn = True
            _write_all(self._fd, lines)
        except OSError as error:
            with suppress(OSError):
                self._mend(self._fd)
            cure = "; make room on its disk" if is_full(error) else ""
            raise SinkBusy(
                f"{shown_name(self._path)} cannot be written: {error.strerror}{cure}",
                retry_after_s=self._retry_after_s,
            ) from error
        self._torn = False
        self._size += len(lines)
        self._ahead.difference_update(event.event_id for event in events)

    def mark(self) -> str:
        """The length of the file, bytes."""
        return str(self._size)

    def rewind(self, mark: str | None) -> None:
        """Go on from that length. Nothing is cut off: what lies behind it is passed over when it is stored again.

        Raises:
            OutputError: The file cannot be read.
        """
        place = int(mark) if mark is not None and mark.isdecimal() else self._size
        if place > self._size:
            _log.warning(
                "%s is %d bytes shorter than when it was left; it is continued",
                shown_name(self._path),
                place - self._size,
            )
        try:
            self._ahead = set(_ids_behind(self._path, place, self._size))
        except OSError as error:
            raise OutputError(cannot_write(self._path, error)) from error

    def close(self) -> None:
        """Force the file to the disk and let it go."""
        if self._fd is None:
            return
        with suppress(
            OSError
        ):  # whoever stored last was told of a broken disk; the next opening heals the file
            self._mend(self._fd)
            os.fsync(self._fd)
        self._let_go()

    def _mend(self, fd: int) -> None:
        """Cut off the piece that a batch left behind when it failed halfway."""
        if self._torn:
            os.ftruncate(fd, self._size)
            self._torn = False

    def _let_go(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _open_locked(path: Path) -> int:
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


def _check_place(fd: int, path: Path) -> None:
    """See to it that the open file still has its name: what is written into one that was deleted is lost."""
    if not os.path.samestat(os.fstat(fd), path.stat()):
        raise FileNotFoundError(errno.ENOENT, "it was replaced by another file while it was open")


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


def _ids_behind(path: Path, place: int, size: int) -> Iterator[str]:
    """Ids of the events between two lengths of the file."""
    with path.open("rb") as lines:
        lines.seek(max(0, place - 1))
        if place > 0:
            lines.readline()
        while lines.tell() < size:
            found = _id_of(lines.readline())
            if found is not None:
                yield found


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


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
