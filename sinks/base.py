"""The two kinds of sink, as law, and what the settings of each are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from config.component import Component
from domain.events import Event, FrameObserved
from domain.rendering import CoveredFrame, RenderedFrame
from sinks.journal import RunJournal
from sinks.staging import Staging

EVENTS, DATABASE = "events.jsonl", "footfall.db"
"""Files in the folder of the results that grow while a run goes on."""

MASKS = "masks"
"""The folder of the label maps there."""

CLOSED = "events"
"""The folder of what was in `events.jsonl` before, there."""


class EventSink(Protocol):
    """Stores events. One thread at a time calls it: the one that delivers to this sink.

    A sink never drops an event silently: `store` returns when the whole batch is stored, or raises and has stored nothing that a
    second `store` of the same batch would store twice (event ids are unique and deterministic).
    """

    @property
    def name(self) -> str:
        """Short name for logs and summaries, for example `kafka`."""
        ...

    def store(self, events: Sequence[Event]) -> None:
        """Store a batch, in order. Blocks until it is stored, and for no longer than the sink's own time limit.

        Raises:
            SinkBusy: The store cannot be reached or is too slow now; offer the same batch again after `retry_after_s`.
            SinkRejected: The store refuses this batch for good.
        """
        ...

    def close(self) -> None:
        """Flush and let go, within a few seconds. May be called twice. Raises nothing."""
        ...


@runtime_checkable
class RewindableSink(EventSink, Protocol):
    """An event sink that can go back to where it was, so that what it stored after that may be stored again.

    Whoever delivers keeps the mark in the same commit as the cursor of the sink, and rewinds it before the first `store`.
    """

    def mark(self) -> str:
        """Where it is: everything stored so far is before it. Called by the delivering thread after each `store`."""
        ...

    def rewind(self, mark: str | None) -> None:
        """Go back to a mark of this process or a former one, or with None go on from what is there.

        Raises:
            OutputError: What it has stored since then cannot be taken back, or what was stored before is missing.
        """
        ...


@runtime_checkable
class TendedSink(EventSink, Protocol):
    """An event sink that has something to do in its store now and then, whether events come or not."""

    def tend(self) -> None:
        """Do a little of what is due. The delivering thread calls it after batches and every second. Raises nothing."""
        ...


class NumberedLog(Protocol):
    """Where events come from that have numbers: a spool. Numbers rise and are never given twice."""

    @property
    def id(self) -> str:
        """Of this log, as one sink knows it; another one after the sink was given up, or the log lost."""
        ...

    @property
    def last_number(self) -> int:
        """Of the newest event."""
        ...

    def event_id(self, number: int) -> str | None:
        """Of the event with that number; None where there is none, or none any more."""
        ...


@runtime_checkable
class NumberingSink(EventSink, Protocol):
    """An event sink that keeps in its store how far it is in a log, written with the events, all or nothing.

    Out of a log it gets `store_numbered` instead of `store`. What lies before its cursor it has, however often it is offered.
    """

    def follow(self, log: NumberedLog) -> None:
        """The events will come from that log. Called once, before the first `store_numbered`."""
        ...

    def store_numbered(self, events: Sequence[Event], numbers: Sequence[int]) -> None:
        """As `store`, of events with these numbers, which rise.

        Raises:
            SinkBusy, SinkRejected: As `store` does.
            SinkStopped: It takes nothing more before somebody has seen to it.
        """
        ...


class FrameSink(Protocol):
    """Takes pictures, best effort. One thread calls it."""

    @property
    def wants_overlay(self) -> bool:
        """Whether the drawn picture is needed, or frame and label maps are enough."""
        ...

    def write(self, rendered: RenderedFrame) -> None:
        """Take one frame, in the order of its stream.

        Raises:
            OutputError: It cannot be written.
        """
        ...

    def close(self) -> None:
        """Finish what was begun. May be called twice.

        Raises:
            OutputError: It cannot be finished.
        """
        ...


@runtime_checkable
class ChoosingFrameSink(FrameSink, Protocol):
    """A frame sink that needs the drawn pictures of some frames alone. What it does not ask for may be given without."""

    def wants_drawn(self, frame: CoveredFrame, observed: FrameObserved) -> bool:
        """Whether the drawn picture of this frame, which `write` gets next, is needed. Blocks nowhere, and changes nothing."""
        ...


@runtime_checkable
class RewindableFrameSink(FrameSink, Protocol):
    """A frame sink that another process can go on with after a crash."""

    @property
    def name(self) -> str:
        """By which its mark is known among those of a stream."""
        ...

    @property
    def missing_s(self) -> float:
        """Seconds of pictures that a crash has taken, as far as is known by now."""
        ...

    def mark(self) -> str:
        """Where it is, behind the last picture. Called now and then by the thread that writes; takes milliseconds at most."""
        ...

    def rewind(self, mark: str | None) -> None:
        """Go on behind a mark of a former process, before the first `write`. None where it had none, as it was not there.

        What cannot be gone on with is missing; that is logged.
        """
        ...

    def suspend(self) -> None:
        """In place of `close`: let everything go as it is, for another process to go on with behind the last mark.

        Raises:
            OutputError: It cannot be kept.
        """
        ...


class ResultFiles(Staging, Protocol):
    """Where in the folder of a run's results the files of sinks lie."""

    @property
    def path(self) -> Path:
        """The folder."""
        ...

    @property
    def events(self) -> Path:
        """Every event, one JSON object a line."""
        ...

    @property
    def database(self) -> Path:
        """SQLite."""
        ...

    @property
    def masks(self) -> Path:
        """Folder of the label maps."""
        ...

    @property
    def adds(self) -> bool:
        """Whether what runs before have left is kept and added to, as with cameras."""
        ...

    def can_roll(self, path: Path) -> bool:
        """Whether a file that grows is Footfall's own, so that `roll` may be called for it."""
        ...

    def roll(self, path: Path, closed: Path) -> None:
        """Give a file that grows another name, which nothing has, and begin it anew, empty.

        Raises:
            OSError: It cannot be done; the file is as it was.
        """
        ...

    @property
    def unfinished(self) -> Path:
        """A folder for what is of use to whoever goes on with the run, and gone when it has ended."""
        ...

    def overlay(self, stream_id: str) -> Path:
        """The drawn video of a stream."""
        ...


class ResultNames(Protocol):
    """How the files of a stream are called among the results of a run."""

    def overlay_of(self, stream_id: str) -> str:
        """The drawn video of a stream."""
        ...


@runtime_checkable
class RunKeeper(Protocol):
    """An event sink that also keeps what the events come from."""

    def end_run(self, *, whole: bool) -> None:
        """Note how the run ended. Called by the thread that delivers, once, before `close`. Raises nothing.

        Args:
            whole: Whether every event was stored that was offered.
        """
        ...


@dataclass(frozen=True, slots=True)
class SinkContext:
    """What an event sink is built for.

    Attributes:
        name: What the user calls it.
        results: Files of the run.
        journal: What the events come from; None where no run is going on.
        run_id: Of the run that the events come from; where several wait, of the newest.
        keep_days: How long rows of tables stay, `privacy.keep_days`.
    """

    name: str
    results: ResultFiles
    journal: RunJournal | None = None
    run_id: str | None = None
    keep_days: Mapping[str, float] = field(default_factory=dict)


class SinkSettings(Component):
    """Base of the settings of every event sink."""

    group: ClassVar[str] = "footfall.sinks"

    @property
    def grows(self) -> tuple[str, ...]:
        """Names of the files in the folder of the results that grow while it stores. It is opened when they are there.

        They belong to the run, as `PictureSettings.files` do.
        """
        return ()

    @property
    def file(self) -> Path | None:
        """The file elsewhere that it writes, if it writes one."""
        return None

    def look(self) -> str:
        """Whether its store can be had now, for `footfall doctor`; nothing is written.

        Returns:
            What was found, in a few words.

        Raises:
            UsageError: It cannot be used as it is; the message names the cure.
            SinkBusy: It cannot be reached now, though a run would begin and wait for it.
        """
        return "a file among the results" if self.grows else "not looked at before a run"

    def build(self, context: SinkContext) -> EventSink:
        """Open it.

        Raises:
            OutputError: It cannot be opened.
            MissingExtra: A library that it needs is not installed.
        """
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class PictureContext:
    """What a frame sink is built for.

    Attributes:
        stream_id: The stream that it takes the pictures of.
        sample_fps: Frames a second to expect.
        results: Files of the run.
    """

    stream_id: str
    sample_fps: float
    results: ResultFiles


class PictureSettings(Component):
    """Base of the settings of every frame sink."""

    group: ClassVar[str] = "footfall.pictures"
    needs_every_view: ClassVar[bool] = False
    """Whether it makes no sense where persons are not parsed in every frame."""

    def files(self, names: ResultNames, stream_id: str) -> tuple[str, ...]:
        """Names of what it writes for a stream, relative to the folder of the results; a folder that it fills ends in `/`.

        Only these files may be published there. Those that a former run has left are replaced, and a run is refused where others
        have such a name.
        """
        del names, stream_id
        return ()

    def build(self, context: PictureContext) -> FrameSink:
        """Make one for a stream.

        Raises:
            MissingExtra: A library that it needs is not installed.
        """
        raise NotImplementedError
