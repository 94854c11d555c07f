"""What happens to a parsed frame: tracked, counted, published, drawn. One thread, one stream, items in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from analytics.snapshots import must_be_same
from domain.events import Event, FrameObserved, HealthStatus, StreamIdentity
from domain.frame import Frame, SignalLost, SignalRestored, TimeSource
from domain.parsing import ParsedFrame, TrackIds
from pipeline.checkpoint import Position, PostProcessorState, StreamCheckpoint
from pipeline.finders.base import Found
from pipeline.health import FrameCounts, HealthReports
from pipeline.pace import PaceWatch
from pipeline.pictures import Pictures
from pipeline.privacy import Coverer, EventGate, Upcoming
from pipeline.privacy.gate import GateState
from pipeline.protocols import Analytics, Counting, Drawing, Totals
from pipeline.sources.base import SourceStats
from pipeline.stream_clock import Clock, StreamClock, utc_now
from pipeline.thinning import Frames, FrameThinner
from pipeline.tracking.base import Tracker
from pipeline.views.best import BestViews, BestViewsState
from pipeline.views.resting import Seen, Sight
from sinks.base import FrameSink
from sinks.outlet import Checkpoint, EventOutlet

Look: TypeAlias = ParsedFrame | Found | Seen
"""What was seen in a picture: everybody's pixels or, where best views alone are parsed, boxes."""

ParsedItem: TypeAlias = tuple[Frame, Look] | SignalLost | SignalRestored


@dataclass(frozen=True, slots=True)
class PostProcessorParts:
    """What a parsed frame goes through.

    Attributes:
        stream: Its name, and what the ids of its events are made from.
        tracker, analytics, drawing: See their protocols.
        coverer: Covers pictures before anybody gets them; heads, where it is left out.
        gate: Lets events leave.
        views: Parses the best views, with that tracker; None where every frame comes parsed.
        outlet: Where events go; shared by all streams.
        frame_sinks: Where pictures go; closed at the end.
        pace: Told of every parsed frame, if there is one.
        frames: Which frame events are published.
        counting: Is told of all events, before the picture is drawn, for the numbers in it.
        health_interval_s: A live stream says that often that frames come; None for a recording, which says how it starts and ends.
    """

    stream: StreamIdentity
    tracker: Tracker
    analytics: Analytics
    drawing: Drawing
    outlet: EventOutlet
    frame_sinks: tuple[FrameSink, ...]
    health_interval_s: float | None
    pace: PaceWatch | None = None
    frames: Frames = "all"
    views: BestViews | None = None
    counting: Counting | None = None
    coverer: Coverer = field(default_factory=Coverer)
    gate: EventGate = field(default_factory=EventGate)


class PostProcessor:
    """Everything after the parser, one call an item.

    What an item comes to is published as one, together with the state after it (`snapshot`). Its picture is shown before that,
    since the state says how far the pictures are, too.
    """

    def __init__(self, parts: PostProcessorParts, clock: Clock = utc_now) -> None:
        self._parts = parts
        self._clock = StreamClock(clock)
        self._health = HealthReports(parts.stream, self._clock, parts.health_interval_s)
        self._pictures = Pictures(parts.stream.stream_id, parts.coverer, parts.drawing, parts.frame_sinks)
        self._items, self._media_time_s = 0, 0.0
        self._ended = False
        self._dark_since: datetime | None = None
        self._thinner = FrameThinner(parts.frames)
        self._said: list[Event] = []
        self._persons = 0
        self._sight: Sight | None = None
        self._looked_at = 0
        self.fault: str | None = None

    @property
    def frames_parsed(self) -> int:
        """Frames that came here."""
        return self._health.frames.parsed

    @property
    def frames_rested(self) -> int:
        """Of those, in which the finder has rested."""
        return 0 if self._sight is None else self._sight.rested

    @property
    def analysis_id(self) -> str | None:
        """What the numbers belong to."""
        return self._parts.stream.analysis_id

    @property
    def persons(self) -> int:
        """In the newest frame; 0 where that may not be told."""
        return 0 if self._parts.gate.merges else self._persons

    @property
    def visits(self) -> int:
        """That have ended, as far as that may be told."""
        return self._parts.gate.visits

    def totals(self) -> Totals:
        """Sums so far, as far as they may be told."""
        return self._parts.gate.totals(self._parts.analytics.totals())

    @property
    def pictures_missing_s(self) -> float:
        """Seconds of pictures that a crash has taken, of the sink that lacks most."""
        return self._pictures.missing_s

    @property
    def sink_problems(self) -> list[str]:
        """What pictures were lost to, one line each."""
        return self._pictures.problems

    def item(self, item: ParsedItem, later: Sequence[Upcoming] = ()) -> None:
        """Take one item of the stream.

        Args:
            item: The newest one.
            later: What is known of pictures that come after it, the nearest first.
        """
        self._items += 1
        if isinstance(item, SignalLost):
            self._signal_lost(item)
        elif isinstance(item, SignalRestored):
            self._signal_restored(item)
        else:
            self._frame(*item, later)

    def silence(self) -> None:
        """Nothing came for a while: let the windows close by the stream's own clock, which may differ from this machine's."""
        if self._clock.newest is not None:
            self._say(self._parts.analytics.advance(self._clock.now))
            self._publish()

    def end(self, stats: SourceStats, problem: str | None) -> None:
        """Nothing more comes: end visits and windows, say how it ended, finish the pictures.

        1. Visits and windows end. 2. The last health event. 3. Frame sinks close, in reverse. What had ended before a crash does
        not end again; but in this process, too, nobody is to wait for it.
        """
        if not self._ended:
            self._end(stats, problem)
        elif left := self._parts.analytics.leave():
            self._say(left)
            self._publish()
        self._pictures.close()

    def suspend(self) -> None:
        """Nothing more comes in this process, and another one is to go on from here: only the state of now is kept.

        Pictures are let go, the drawn video among them, so that they can be gone on with.
        """
        checkpoint = Checkpoint(self._parts.stream.stream_id, self._saved, final=True)
        self._parts.outlet.publish([], checkpoint, may_wait=True)
        self._pictures.suspend()

    def _end(self, stats: SourceStats, problem: str | None) -> None:
        self._health.frames = self._health.frames.at_end(stats)
        finished = self._parts.analytics.finish(stats.frames_read, stats.frames_sampled, stats.frames_damaged)
        self._say(finished)
        self._said += self._parts.gate.end()
        self._report("failed" if problem else "ended", message=problem or "", at=self._end_time())
        self._ended = True
        self._publish()

    def break_off(self, why: str) -> None:
        """Something in here has failed, so what is open cannot be relied on: say so, and finish the pictures.

        Visits and windows that were open are not counted; what was published stays.
        """
        self._said.clear()
        self._say(self._parts.analytics.leave())
        self._report("failed", message=why, at=self._end_time())
        self._ended, self.fault = True, why
        try:
            self._publish()
        finally:
            self._pictures.close()

    def snapshot(self) -> StreamCheckpoint:
        """All that is remembered between two items, tracker and analytics included."""
        last_time, last_source = self._clock.newest or (None, "arrival")
        frames = self._health.frames
        return StreamCheckpoint(
            stream_id=self._parts.stream.stream_id,
            live=self._live,
            position=Position(
                items=self._items, media_time_s=self._media_time_s, started_at=self._parts.stream.origin
            ),
            ended=self._ended,
            post_processing=PostProcessorState(
                last_time=last_time,
                last_source=last_source,
                behind=self._clock.behind,
                next_health=self._health.next,
                frames_read=frames.read,
                frames_sampled=frames.sampled,
                frames_damaged=frames.damaged,
                frames_parsed=frames.parsed,
                persons=self._persons,
                frame_said=self._thinner.state,
                dark_since=self._dark_since,
                fault=self.fault,
            ),
            tracker=self._parts.tracker.snapshot(),
            views=self._parts.views.snapshot() if self._parts.views else None,
            analytics=self._parts.analytics.snapshot(),
            cover=self._parts.coverer.snapshot(),
            gate=self._parts.gate.snapshot(),
            sight=None if self._sight is None else self._sight.state(self._looked_at),
            pictures=self._pictures.marks(),
            drawn=self._parts.counting.snapshot() if self._parts.counting else None,
        )

    def restore(self, saved: StreamCheckpoint) -> None:
        """Go on from there: what follows is published, and shown, as if there had been no stop.

        Raises:
            SnapshotError: It is another stream's, was saved with other settings or by another version, or is damaged.
        """
        must_be_same(saved.stream_id, self._parts.stream.stream_id, of="a stream", path="the name")
        must_be_same(_views_of(saved.views), _views_of(self._parts.views), of="a stream", path="parser.views")
        self._parts.tracker.restore(saved.tracker)
        self._parts.analytics.restore(saved.analytics)
        if self._parts.views and saved.views:
            self._parts.views.restore(saved.views)
        if saved.sight:
            self._sight, self._looked_at = Sight.of(saved.sight), saved.sight.items
        if saved.cover:
            self._parts.coverer.restore(saved.cover)
        if self._parts.counting and saved.drawn:
            self._parts.counting.restore(saved.drawn)
        self._parts.gate.restore(saved.gate or GateState(visits=saved.post_processing.visits))
        state = saved.post_processing
        newest = None if state.last_time is None else (state.last_time, state.last_source)
        self._clock.resume(newest, state.behind)
        self._health.next = state.next_health
        self._health.frames = FrameCounts(
            state.frames_read, state.frames_sampled, state.frames_damaged, state.frames_parsed
        )
        self._items, self._media_time_s = saved.position.items, saved.position.media_time_s
        self._ended, self._dark_since, self.fault = saved.ended, state.dark_since, state.fault
        self._thinner.restore(state.frame_said)
        self._persons = state.persons
        self._pictures.rewind(saved.pictures)

    def begin_after(self, saved: StreamCheckpoint) -> None:
        """A run before this one was cut off there: from then until the first picture, time passes without a signal."""
        last = saved.post_processing
        since, source = last.last_time, last.last_source
        if since is None or not self._clock.has_passed(since, last.behind):
            return
        self._clock.resume((since, source), last.behind)
        self._dark_since = since
        self._say(
            self._parts.analytics.signal_lost(SignalLost(self._parts.stream.stream_id, since, source, ""))
        )

    def _frame(self, frame: Frame, look: Look, later: Sequence[Upcoming]) -> None:
        if self._dark_since is not None:
            self._signal_back(frame.event_time, frame.time_source, 0.0)
        self._clock.picture(frame.event_time, frame.time_source)
        self._health.frames = self._health.frames.with_frame(frame)
        if self.frames_parsed == 1:
            self._report("started")
        if self._parts.pace is not None:
            self._parts.pace.see(frame.media_time_s, frame.sample_index)
        parsed, track_ids = self._followed(frame, look)
        self._persons = len(parsed)
        events = self._parts.analytics.observe(frame, parsed, track_ids)
        self._say(events)
        self._media_time_s = frame.media_time_s
        observed = next(one for one in events if isinstance(one, FrameObserved))
        self._pictures.show(frame, parsed, track_ids, observed, later)
        self._report_if_due(frame.event_time)
        self._publish()

    def _followed(self, frame: Frame, look: Look) -> tuple[ParsedFrame, TrackIds]:
        if isinstance(look, Seen):
            self._note_sight(look.sight)
            look = look.parsed
        if isinstance(look, ParsedFrame):
            return look, self._parts.tracker.update(frame, look)
        if self._parts.views is None:
            raise ValueError("boxes came without anybody who parses their views")
        if isinstance(look, Sight):
            self._note_sight(look)
        return self._parts.views.follow(frame, look)

    def _note_sight(self, sight: Sight) -> None:
        self._sight = sight
        self._looked_at = self._looked_at if sight.held else self._items

    def _signal_lost(self, item: SignalLost) -> None:
        self._clock.loss(item.event_time, item.time_source)
        self._persons = 0
        self._say(self._parts.analytics.signal_lost(item))
        self._report("signal-lost", message=item.reason)
        self._publish()

    def _signal_restored(self, item: SignalRestored) -> None:
        self._signal_back(item.event_time, item.time_source, item.gap_s)
        self._publish()

    def _signal_back(self, event_time: datetime, source: TimeSource, gap_s: float) -> None:
        if self._dark_since is not None:
            gap_s = max(gap_s, (event_time - self._dark_since).total_seconds())
            self._dark_since = None
        self._clock.picture(event_time, source)
        item = SignalRestored(self._parts.stream.stream_id, event_time, source, gap_s)
        self._say(self._parts.analytics.signal_restored(item))
        self._report("signal-restored", gap_s=gap_s)

    def _end_time(self) -> datetime | None:
        """When a camera ended by its own clock; a recording ends with its last picture, whenever it is read."""
        return self._clock.end() if self._live else None

    def _say(self, events: Sequence[Event]) -> None:
        """To be published when the item is dealt with."""
        if self._parts.counting is not None:
            self._parts.counting.hear(events)
        self._said += self._parts.gate.let(event for event in events if self._is_published(event))

    def _is_published(self, event: Event) -> bool:
        return not isinstance(event, FrameObserved) or self._thinner.lets_through(event)

    def _publish(self) -> None:
        """Everything that the item came to, in one piece with the state after it."""
        said, self._said = self._said, []
        checkpoint = Checkpoint(self._parts.stream.stream_id, self._saved, final=self._ended)
        self._parts.outlet.publish(said, checkpoint, may_wait=not self._live)

    @property
    def _live(self) -> bool:
        return self._parts.health_interval_s is not None

    def _saved(self) -> bytes:
        return self.snapshot().model_dump_json().encode()

    def _report_if_due(self, now: datetime) -> None:
        news, due = self._pictures.take_news(), self._health.is_due(now)
        if due or news:
            self._report("running", message=news or self._pictures.withheld, at=now)

    def _report(
        self,
        status: HealthStatus,
        *,
        message: str = "",
        gap_s: float | None = None,
        at: datetime | None = None,
    ) -> None:
        self._say([self._health.report(status, message=message, gap_s=gap_s, at=at)])


def _views_of(views: BestViews | BestViewsState | None) -> str:
    return "every" if views is None else "best"
