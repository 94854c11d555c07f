"""One stream on its way: read, parse, finish, each in a thread of its own, with closing buffers between them."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from traceback import format_stack

from domain.errors import MediaBroken, UsageError
from domain.frame import Frame, SourceItem
from domain.provenance import RunState
from domain.summary import ParserSummary, StreamSummary
from pipeline.buffer import Closed, HandOver, WhenFull
from pipeline.finding import ViewParser
from pipeline.looking_ahead import LookAhead, Ready
from pipeline.parsers.base import HumanParser
from pipeline.post_processing import Look, ParsedItem, PostProcessor
from pipeline.protocols import Analytics
from pipeline.signal_watch import Signal, SignalWatch
from pipeline.sources.base import FrameSource
from pipeline.views.resting import Resting, RestingParser

_SILENCE_S = 1.0


class ReaderStuck(Exception):  # noqa: N818 - what has happened
    """The thread that reads a camera does not come back."""


@dataclass(frozen=True, slots=True)
class StreamParts:
    """What one stream is made of; the parser is shared by all streams.

    Attributes:
        source, analytics, post_processor: Its own.
        parser: Of every frame.
        finder: In its place, where best views alone are parsed: then the post-processor parses them.
        resting: In the place of both, where the finder may rest; None where there is none, or it looks at every frame.
        ended: Told what became of it and why, in one of its threads.
        begins_at_s: Where in its source it goes on, seconds.
        look_ahead_s: How much later pictures are, at least, that are looked at before one is dealt with, media time.
    """

    source: FrameSource
    parser: HumanParser
    analytics: Analytics
    post_processor: PostProcessor
    finder: ViewParser | None = None
    resting: Resting | RestingParser | None = None
    ended: Callable[[RunState, str | None], object] = lambda _state, _problem: None
    begins_at_s: float = 0.0
    look_ahead_s: float = 0.0


@dataclass(frozen=True, slots=True)
class StreamProgress:
    """How far a stream has come, for a progress bar, a log line or metrics. Counts never fall."""

    stream_id: str
    duration_s: float | None
    media_s: float
    frames_parsed: int
    frames_dropped: int
    persons: int
    visits: int
    connected: bool
    finished: bool
    signal: Signal = "live"
    frames_read: int = 0
    frames_sampled: int = 0
    frames_damaged: int = 0


class StreamRun:
    """Runs one stream from its first frame to its last event.

    An error of the user or of the medium becomes its `problem`; any other exception is kept in `bug`. Both end this stream only.
    Whatever ends one of the three threads closes the source and the buffers on both its sides, so no thread waits for another that
    is gone, and what was read before is still counted, unless it is counting that has failed.
    """

    def __init__(self, parts: StreamParts, buffer_frames: int, *, live_limit_s: float | None = None) -> None:
        self._parts = parts
        self.live_limit_s = live_limit_s if parts.source.live else None
        when_full = WhenFull.DROP_OLDEST if parts.source.live else WhenFull.WAIT
        self._sampled: HandOver[SourceItem] = HandOver(
            buffer_frames,
            when_full,
            may_drop=lambda item: isinstance(item, Frame),
            may_wait=lambda item: isinstance(item, Frame) and item.may_wait,
        )
        self._parsed: HandOver[ParsedItem] = HandOver(2)
        self._watch = SignalWatch(parts.source)
        self._read_ended = Event()
        self._abandoned = False
        self._began = self._ended = monotonic()
        self._stopped = self._read_up = self._suspended = False
        self.problem: str | None = None
        self.bug: BaseException | None = None
        stages: dict[str, Callable[[], None]] = {
            "read": self._read,
            "parse": self._parse,
            "finish": self._finish,
        }
        self._threads = [
            # One that is stuck in reading must not keep the program from ending.
            Thread(
                target=self._guarded,
                args=(stage,),
                name=f"{parts.source.stream_id}-{name}",
                daemon=name == "read",
            )
            for name, stage in stages.items()
        ]

    @property
    def live(self) -> bool:
        """Whether the source is a camera."""
        return self._parts.source.live

    @property
    def sink_problems(self) -> Sequence[str]:
        """What pictures could not be written, one line each."""
        return self._parts.post_processor.sink_problems

    @property
    def failure(self) -> str | None:
        """Why it ended before its end, in one line."""
        if isinstance(self.bug, ReaderStuck):
            return str(self.bug)
        if self.bug is not None:
            return f"a fault of Footfall's own ended it ({type(self.bug).__name__}); the log says where"
        return self.problem or self._parts.post_processor.fault

    @property
    def state(self) -> RunState:
        """What became of it, when it has ended. A camera has no end of its own: told to end, it is complete."""
        if self.failure is not None:
            return "failed"
        return "complete" if self.live or self._read_up else "interrupted"

    def start(self) -> None:
        """Start the three threads."""
        self._began = monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Read nothing more; what was read is still parsed, counted and stored. Any thread."""
        self._stopped = True
        self._parts.source.close()

    def suspend(self) -> None:
        """As `stop`, and leave visits, windows and pictures open, for a run that goes on from here: see `suspended`. Any thread."""
        self._suspended = True
        self.stop()

    @property
    def suspended(self) -> bool:
        """Whether it was told to suspend before it had ended for any reason of its own."""
        return self._suspended and not self._read_up and self.failure is None

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until all three threads have ended, at most so many seconds; whether they have."""
        until = None if timeout_s is None else monotonic() + timeout_s
        for thread in self._awaited:
            thread.join(None if until is None else max(0.0, until - monotonic()))
        return self.finished

    @property
    def finished(self) -> bool:
        """Whether all three threads have ended."""
        return not any(thread.is_alive() for thread in self._awaited)

    @property
    def signal(self) -> Signal:
        """How the pictures come at this moment. Any thread."""
        return self._watch.signal

    @property
    def no_signal(self) -> str | None:
        """Why there are no pictures, in one line, where the source has said so."""
        return self._watch.no_signal

    @property
    def stuck_s(self) -> float:
        """Seconds for which its reader has shown no sign of life; 0 where its source shows none at all. Any thread."""
        return self._watch.stuck_s

    def abandon_reader(self) -> None:
        """Go on without the thread that reads, which is stuck: the stream ends with what it has. Any thread."""
        stuck = ReaderStuck(f"its reader was stuck for {self.stuck_s:.0f} s and is given up")
        frame = sys._current_frames().get(self._threads[0].ident or 0)
        stuck.add_note("".join(format_stack(frame)))
        self._abandoned = True
        self._keep(stuck)
        self._sampled.close()
        self._read_ended.set()

    def progress(self) -> StreamProgress:
        """This moment's state. Any thread."""
        source, post_processor = self._parts.source, self._parts.post_processor
        stats = source.stats()
        return StreamProgress(
            stream_id=source.stream_id,
            duration_s=source.duration_s,
            media_s=stats.media_seconds,
            frames_parsed=post_processor.frames_parsed,
            frames_dropped=self._sampled.stats().dropped,
            persons=post_processor.persons,
            visits=post_processor.visits,
            connected=self._watch.connected,
            finished=self.finished,
            signal=self.signal if self.live else "live",
            frames_read=stats.frames_read,
            frames_sampled=stats.frames_sampled,
            frames_damaged=stats.frames_damaged,
        )

    def summary(self) -> StreamSummary:
        """The whole of it, after `join`."""
        source, info = self._parts.source, self._parts.parser.info
        stats, totals = source.stats(), self._parts.post_processor.totals()
        wall_s = self._ended - self._began
        return StreamSummary(
            stream_id=source.stream_id,
            source=source.location,
            media_seconds=round(stats.media_seconds, 3),
            frames_read=stats.frames_read,
            frames_sampled=stats.frames_sampled,
            frames_parsed=self._parts.post_processor.frames_parsed,
            frames_rested=self._parts.post_processor.frames_rested,
            frames_dropped=self._sampled.stats().dropped,
            frames_damaged=stats.frames_damaged,
            persons_max=totals.persons_max,
            persons_mean=round(totals.persons_mean, 4),
            visits=totals.visits,
            tracks=totals.tracks,
            visitors=totals.visitors,
            site_counts=totals.sites,
            clothing=totals.clothing,
            staff_visits=totals.staff_visits,
            staff_clothing=totals.staff_clothing,
            body=totals.body,
            parser=ParserSummary(
                name=info.name, version=info.version, precision=info.precision, checksum=info.checksum
            ),
            views="best" if self._parts.finder else "every",
            analysis_id=self._parts.post_processor.analysis_id,
            wall_seconds=round(wall_s, 3),
            realtime_factor=round((stats.media_seconds - self._parts.begins_at_s) / wall_s, 2)
            if wall_s
            else 0.0,
            left_out=stats.left_out,
            in_part=stats.in_part,
            problem=self.failure,
            pictures_missing_s=round(self._parts.post_processor.pictures_missing_s, 3),
        )

    @property
    def _awaited(self) -> Sequence[Thread]:
        return self._threads[1:] if self._abandoned else self._threads

    def _guarded(self, stage: Callable[[], None]) -> None:
        try:
            stage()
        except Closed:
            # A neighbour has ended, for a reason of its own.
            pass
        except BaseException as error:  # noqa: BLE001 - kept, for whoever runs the stream
            self._keep(error)
        finally:
            if stage == self._read:
                self._read_ended.set()

    def _keep(self, error: BaseException) -> None:
        if isinstance(error, UsageError | MediaBroken):
            self.problem = str(error)
        else:
            self.bug = self.bug or error
        self._parts.source.close()

    def _read(self) -> None:
        try:
            self._watch.asking()
            for item in self._parts.source.items():
                self._watch.came(item)
                self._sampled.put(item)
                self._watch.asking()
            self._read_up = not self._stopped
        finally:
            self._watch.over()
            self._parts.source.close()
            self._sampled.close()

    def _parse(self) -> None:
        resting = self._parts.resting
        try:
            while True:
                item = self._sampled.get()
                if resting is not None and resting.knows(item):
                    continue
                if isinstance(item, Frame):
                    self._parsed.put((item, self._look(item)))
                else:
                    self._parsed.put(item)
        finally:
            self._sampled.close()
            self._parsed.close()

    def _look(self, frame: Frame) -> Look:
        finder, resting = self._parts.finder, self._parts.resting
        if resting is not None:
            return resting.find(frame)
        return self._parts.parser.parse(frame.image) if finder is None else finder.find(frame.image)

    def _finish(self) -> None:
        post_processor = self._parts.post_processor
        try:
            self._take_items(post_processor)
            if self.suspended:
                post_processor.suspend()
            else:
                post_processor.end(self._parts.source.stats(), self.failure)
        except BaseException as error:  # noqa: BLE001 - as in `_guarded`
            self._keep(error)
            post_processor.break_off(str(self.failure))
        finally:
            self._parsed.close()
            self._ended = monotonic()
            self._parts.ended(self.state, self.failure)

    def _take_items(self, post_processor: PostProcessor) -> None:
        ahead, open_ = LookAhead(self._parts.look_ahead_s), True
        while open_:
            silent = False
            try:
                timeout_s = max(_SILENCE_S, ahead.patience_s) if self.live else None
                ready = ahead.put(self._parsed.get(timeout_s))
            except TimeoutError:
                ready, silent = ahead.flush(), True
            except Closed:
                ready, open_ = self._left(ahead), False
            for item, later in ready:
                post_processor.item(item, later)
            if silent:
                post_processor.silence()

    def _left(self, ahead: LookAhead) -> Iterator[Ready]:
        """What waits at the end; nothing of a recording that goes on later: that is read again then, with what comes after it."""
        # The source's last word on its counts, and why it ended.
        self._read_ended.wait()
        self._threads[1].join()
        return iter(()) if self.suspended and not self.live else ahead.flush()
