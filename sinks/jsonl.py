"""Events as lines of JSON in one file."""

import errno
import logging
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeAlias

from pydantic import Field

from domain.errors import OutputError, SinkBusy, SinkRejected
from domain.events import Event
from domain.names import shown_name
from domain.os_errors import is_full
from sinks.base import CLOSED, EVENTS, EventSink, SinkContext, SinkSettings
from sinks.jsonl_files import ClosedFile, Packer, closed_files, closed_name
from sinks.jsonl_lines import check_place, first_day, heal, ids_from, open_locked, write_all
from sinks.staging import Staging

_log = logging.getLogger(__name__)

_Megabytes: TypeAlias = Annotated[int, Field(ge=1, le=1_048_576)]

RotateWhere = Literal["cameras", "always", "never"]


class JsonlSettings(SinkSettings):
    """`events.jsonl` in the output folder, one event a line; over cameras, what was in it before is in files of `events/`."""

    kind: Literal["jsonl"] = "jsonl"
    rotate: RotateWhere = Field(
        default="cameras",
        description="Where to begin a new file now and then: in runs over cameras, whose events have no end, `always` or `never`",
    )
    rotate_mb: _Megabytes = Field(
        default=64, description="Begin a new file before it becomes larger, megabytes"
    )
    rotate_daily: bool = Field(
        default=True, description="Begin a new file with the first event of each day, UTC"
    )
    compress: bool = Field(default=True, description="Compress files that are closed, with gzip")

    @property
    def grows(self) -> tuple[str, ...]:
        """See `SinkSettings.grows`."""
        return (EVENTS,)

    def build(self, context: SinkContext) -> EventSink:
        """See `SinkSettings.build`."""
        files = context.results
        wanted = self.rotate == "always" or (self.rotate == "cameras" and files.adds)
        rotation = Rotation(files, self.rotate_mb << 20, daily=self.rotate_daily, compress=self.compress)
        return JsonlSink(files.events, rotation=rotation if wanted and files.can_roll(files.events) else None)


class RollingFiles(Staging, Protocol):
    """Where a file that grows is closed, and begun anew."""

    def roll(self, path: Path, closed: Path) -> None:
        """See `ResultFiles.roll`."""
        ...


@dataclass(frozen=True, slots=True)
class Rotation:
    """When the file is closed and a new one begun.

    Attributes:
        files: Renames them.
        most_bytes: Before it becomes larger, unless a single batch is.
        daily: With the first batch that has an event of a later day, by event time, UTC.
        compress: Whether closed files are packed.
    """

    files: RollingFiles
    most_bytes: int
    daily: bool = True
    compress: bool = True


class JsonlSink:
    """A `RewindableSink` that appends one event a line to a file, UTF-8.

    A batch is handed to the operating system before `store` returns, so a crash of this process loses nothing stored; the file is
    forced to the disk when it is closed. A line torn by a crash, or by a disk that became full, is cut off.

    An existing file is continued. No event is known by its id: whoever delivers keeps the place, which is the number of the file,
    counted from 1 over those that were closed, and its length. What lies behind that place after a crash, in this file and in those
    closed since, is read once, and not written again.

    Args:
        path: The file; its folder must exist.
        rotation: When it is closed and a new one begun; None is never.
        retry_after_s: What to tell a caller to wait while the disk is full, seconds.
        clock: The time of this machine, UTC.

    Raises:
        OutputError: The file cannot be written, is held by another Footfall, or holds something else than events; or closed files
            cannot be put where they belong.
    """

    def __init__(
        self,
        path: Path,
        *,
        rotation: Rotation | None = None,
        retry_after_s: float = 2.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._path = path
        self._folder = path.with_name(CLOSED)
        self._rotation = rotation
        self._retry_after_s = retry_after_s
        self._clock = clock
        self._torn = self._closed = False
        self._ahead: set[str] = set()
        self._left_at: str | None = None
        self._packer: Packer | None = None
        self._number = 1 + max((file.number for file in self._closed_files()), default=0)
        self._size = 0
        self._day: date | None = None
        self._fd: int | None = open_locked(path)
        try:
            self._size = heal(self._fd, path)
            self._day = first_day(self._fd) if self._size else None
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
        """Append the events of the batch, without those that are there from before a crash; in a new file, if it is time for one.

        Raises:
            SinkBusy: The disk is full or fails, or the file is not where it was; nothing of the batch stays in the file.
            SinkRejected: The sink is closed.
        """
        if self._closed:
            raise SinkRejected(f"{shown_name(self._path)} is closed")
        fresh = [event for event in events if event.event_id not in self._ahead]
        try:
            self._append(fresh)
        except OSError as error:
            if self._fd is not None:
                with suppress(OSError):
                    self._mend(self._fd)
            cure = "; make room on its disk" if is_full(error) else ""
            raise SinkBusy(
                f"{shown_name(self._path)} cannot be written: {error.strerror}{cure}",
                retry_after_s=self._retry_after_s,
            ) from error
        self._ahead.difference_update(event.event_id for event in events)

    def mark(self) -> str:
        """The number of the file and its length, bytes, with a colon between them.

        Until all that lies behind the place gone back to has come again, it is that place: another crash must find it, too.
        """
        if self._ahead and self._left_at is not None:
            return self._left_at
        return f"{self._number}:{self._size}"

    def rewind(self, mark: str | None) -> None:
        """Go on from that place. Nothing is cut off: what lies behind it is passed over when it is stored again.

        Raises:
            OutputError: A file cannot be read.
        """
        self._left_at = mark
        number, place = _place(mark) or (self._number, self._size)
        # Who takes closed files away does not make their numbers free.
        self._number = max(self._number, number)
        if number == self._number and place > self._size:
            _log.warning(
                "%s is %d bytes shorter than when it was left; it is continued",
                shown_name(self._path),
                place - self._size,
            )
        try:
            self._ahead = set(self._ids_behind(number, place))
        except (OSError, EOFError, zlib.error) as error:
            raise OutputError(
                f"the events behind {shown_name(self._path)} cannot be read: {error}; move away what is damaged in {CLOSED}"
            ) from error

    def close(self) -> None:
        """Force the file to the disk and let it go."""
        self._closed = True
        if self._packer is not None:
            self._packer.close()
        if self._fd is None:
            return
        with suppress(
            OSError
        ):  # whoever stored last was told of a broken disk; the next opening heals the file
            self._mend(self._fd)
            os.fsync(self._fd)
        self._let_go()

    def _append(self, events: Sequence[Event]) -> None:
        lines = "".join(f"{event.model_dump_json()}\n" for event in events).encode()
        fd = self._current()
        self._mend(fd)
        check_place(fd, self._path)
        days = [event.event_time.date() for event in events]
        if self._rotation is not None and self._is_due(self._rotation, len(lines), days):
            self._roll(self._rotation, fd)
            fd = self._current()
        self._torn = True
        write_all(fd, lines)
        self._torn = False
        self._size += len(lines)
        self._day = self._day or (days[0] if days else None)

    def _is_due(self, rotation: Rotation, length: int, days: Sequence[date]) -> bool:
        if self._size == 0 or length == 0:
            return False
        later = rotation.daily and self._day is not None and max(days) > self._day
        return later or self._size + length > rotation.most_bytes

    def _roll(self, rotation: Rotation, fd: int) -> None:
        """Close the file: it is on the disk before it gets its new name."""
        os.fsync(fd)
        closed = self._folder / closed_name(self._number, self._clock())
        rotation.files.roll(self._path, closed)
        self._let_go()
        self._number, self._size, self._day = self._number + 1, 0, None
        if self._packer is not None:
            self._packer.pack(closed)

    def _current(self) -> int:
        """The open file; it is opened again where that has failed after a roll. With the first batch, packing begins."""
        if self._rotation is not None and self._rotation.compress and self._packer is None:
            self._packer = Packer(self._rotation.files)
            self._packer.begin(self._folder)
        if self._fd is None:
            try:
                self._fd = open_locked(self._path)
            except OutputError as error:
                raise OSError(errno.EIO, str(error)) from error
        return self._fd

    def _closed_files(self) -> list[ClosedFile]:
        """Those there are.

        Raises:
            OutputError: There is no way to read or make their folder.
        """
        try:
            return closed_files(self._folder)
        except OSError as error:
            if self._rotation is None:
                # Something else of that name is none of ours.
                return []
            raise OutputError(
                f"{shown_name(self._folder)} is where closed files of events go, and cannot be used: {error.strerror}; move it away"
            ) from error

    def _ids_behind(self, number: int, place: int) -> Iterator[str]:
        """Ids of the events behind a place."""
        for file in self._closed_files():
            if file.number >= number:
                with file.open() as lines:
                    yield from ids_from(lines, place if file.number == number else 0)
        with self._path.open("rb") as lines:
            yield from ids_from(lines, place if number == self._number else 0)

    def _mend(self, fd: int) -> None:
        """Cut off the piece that a batch left behind when it failed halfway."""
        if self._torn:
            os.ftruncate(fd, self._size)
            self._torn = False

    def _let_go(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _place(mark: str | None) -> tuple[int, int] | None:
    """Number and length in a mark; one of before there were closed files is the length alone."""
    number, _, size = mark.rpartition(":") if mark else ("", "", "")
    return (int(number or 1), int(size)) if (number or "1").isdecimal() and size.isdecimal() else None
