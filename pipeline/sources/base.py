"""Where frames come from, as law, and what the settings of a source are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from config.cameras import SamplingSettings
from config.component import Component
from domain.frame import SourceItem
from domain.summary import FilesInPart, FilesLeftOut


@dataclass(frozen=True, slots=True)
class SourceStats:
    """Counts since the source was opened."""

    frames_read: int
    frames_sampled: int
    media_seconds: float
    """Length of what was read; for a camera the time connected."""
    frames_damaged: int = 0
    """Pictures left out because they are damaged; among those read."""
    left_out: tuple[FilesLeftOut, ...] = ()
    """Files of a folder that were passed over; not among those read."""
    in_part: tuple[FilesInPart, ...] = ()
    """Files of a folder of which only the first picture was read."""


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """How far a recording was dealt with, by whoever read it before.

    Attributes:
        items: How many of the items that it yields, counted from its beginning.
        started_at: Event time of its beginning then. A guess from the date of its file may turn out otherwise now.
    """

    items: int
    started_at: datetime | None = None


@runtime_checkable
class WatchedSource(Protocol):
    """A live source that shows signs of life: one that is stuck is given up, and another built in its place."""

    @property
    def silent_s(self) -> float:
        """Seconds since its last sign of life, while `items` is waited for; also while its camera is away. Any thread."""
        ...


class FrameSource(Protocol):
    """One camera or recording."""

    @property
    def stream_id(self) -> str:
        """Name of the stream in events, tables and files."""
        ...

    @property
    def location(self) -> str:
        """What the user named, without any password."""
        ...

    @property
    def live(self) -> bool:
        """True where frames come at their own pace: a slow pipeline must drop. False where the source can wait."""
        ...

    @property
    def duration_s(self) -> float | None:
        """Expected length in seconds, for a progress bar; None where nobody knows."""
        ...

    @property
    def picture_step_s(self) -> float:
        """Expected distance of the pictures it yields, seconds, above 0; after `open` as good a guess as can be had."""
        ...

    @property
    def started_at(self) -> datetime | None:
        """Event time of the beginning of a recording, after `open`; None for a camera."""
        ...

    def content(self) -> str | None:
        """A fingerprint that is the same wherever a recording lies and whatever it is called, after `open`; None for a camera.

        Raises:
            SourceError: The recording cannot be read.
        """
        ...

    def open(self) -> None:
        """Open it and make sure that a first frame can be had, so that a wrong source is refused before anything is written.

        Called once, before `items`. Blocks at most as long as the source's own time limits.

        Raises:
            SourceError: It cannot be used; the message names it, without any password, and the cure.
        """
        ...

    def resume(self, position: SourcePosition) -> None:
        """Go on behind a position: `items` leaves out what was dealt with, and yields the rest as if it had yielded all.

        Called between `open` and `items`, and only on a recording that has the same `content` and sampling as then. What is left
        out is still read and counted, so indexes and `stats` are those of a recording that was read in one go. A camera has no
        position, and does nothing.
        """
        ...

    def items(self) -> Iterator[SourceItem]:
        """Sampled frames and changes of the signal, in order. One thread iterates, once.

        Blocks while it waits for a frame, at most as long as the source's own time limits. Ends after the last frame, or soon after
        `close`.

        Raises:
            MediaBroken: A recording that breaks in the middle; everything before it was yielded.
            SourceError: A camera turns the reader away for good, for example with a changed password.
        """
        ...

    def stats(self) -> SourceStats:
        """Counts so far. Any thread."""
        ...

    def close(self) -> None:
        """Stop `items` soon. Any thread, any number of times."""
        ...


@runtime_checkable
class Measured(Protocol):
    """What a source is, too, that knows the size of its pictures before the first one comes."""

    @property
    def picture_size(self) -> tuple[int, int] | None:
        """Width and height of its first picture, pixels, after `open`; None where that is not known yet."""
        ...


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source is built for.

    Attributes:
        stream_id: Name of the stream.
        sampling: How many pictures are looked at.
        grid_s: A start that is only guessed from a file's date is rounded down to a multiple of this, seconds, so that windows cut
            the recording in the same places whatever the date.
    """

    stream_id: str
    sampling: SamplingSettings
    grid_s: int = 1


class SourceSettings(Component):
    """Base of the settings of every source."""

    group: ClassVar[str] = "footfall.sources"

    @property
    def reads(self) -> Path | None:
        """The file or folder that its frames come from, which nothing may be written over; None where there is none."""
        return None

    def build(self, context: SourceContext) -> FrameSource:
        """Make it; nothing is opened yet.

        Raises:
            SourceError: It cannot be used.
            MissingExtra: A library that it needs is not installed.
        """
        raise NotImplementedError
