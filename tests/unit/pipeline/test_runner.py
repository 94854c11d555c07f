"""Streams side by side, with real analytics, tracking and delivery, and scripted sources and parsers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event, active_count

import pytest

from analytics.building import build_analytics
from domain.errors import MediaBroken, OutputError, SourceError
from domain.events import FrameObserved, StreamHealth, VisitEnded, WindowClosed
from domain.frame import BgrImage, SignalLost, SignalRestored, SourceItem
from domain.parsing import ParsedFrame
from domain.rendering import RenderedFrame
from pipeline.compositor import Compositor
from pipeline.finishing import Finisher, FinishingParts
from pipeline.runner import Pipeline, PipelineResult, RunnerOptions, Watch
from pipeline.stream import StreamParts, StreamProgress, StreamRun
from pipeline.tracking.bytetrack import ByteTracker
from sinks.base import FrameSink
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from tests.support.streams import START, ListSource, ScriptedParser, one_person, plain_frame

SECOND = timedelta(seconds=1)
TEN_FRAMES = [plain_frame(index) for index in range(10)]


@dataclass
class Harness:
    memory: MemorySink = field(default_factory=MemorySink)
    stop: Event = field(default_factory=Event)

    def run(
        self,
        *sources: ListSource,
        parser: ScriptedParser | None = None,
        frame_sinks: Sequence[FrameSink] = (),
        live_limit_s: float | None = None,
        watch: Watch = lambda _: None,
    ) -> PipelineResult:
        outlet = FanOut([self.memory])
        streams = []
        for source in sources:
            analytics = build_analytics(source.stream_id, lost_after_s=3.0)
            parts = FinishingParts(
                stream_id=source.stream_id,
                tracker=ByteTracker(),
                analytics=analytics,
                drawing=Compositor(),
                outlet=outlet,
                frame_sinks=tuple(frame_sinks),
                health_interval_s=1.0 if source.live else None,
            )
            finisher = Finisher(parts)
            of_stream = StreamParts(source, parser or ScriptedParser(), analytics, finisher)
            streams.append(StreamRun(of_stream, 4, live_limit_s=live_limit_s))
        return Pipeline(streams, outlet, RunnerOptions(10.0, tick_s=0.01)).run(self.stop, watch)

    def health(self) -> list[str]:
        return [event.status for event in self.memory.events if isinstance(event, StreamHealth)]


@pytest.fixture
def harness() -> Harness:
    return Harness()


def test_a_recording_is_counted_from_its_first_frame_to_its_last(harness: Harness) -> None:
    threads = active_count()

    result = harness.run(ListSource(TEN_FRAMES))

    [summary] = result.streams
    assert (summary.frames_read, summary.frames_sampled, summary.frames_parsed) == (19, 10, 10)
    assert (summary.persons_max, summary.visits, summary.problem) == (1, 1, None)
    assert harness.health() == ["started", "ended"]
    assert active_count() == threads, "a thread was left behind"


def test_events_keep_the_order_of_the_stream(harness: Harness) -> None:
    harness.run(ListSource(TEN_FRAMES))

    events = harness.memory.events
    frames = [event.frame_index for event in events if isinstance(event, FrameObserved)]
    assert frames == [frame.index for frame in TEN_FRAMES]
    assert isinstance(events[0], StreamHealth)
    assert isinstance(events[-1], StreamHealth)
    assert any(isinstance(event, VisitEnded) for event in events)
    assert any(isinstance(event, WindowClosed) for event in events)


def test_streams_run_side_by_side_and_keep_their_numbers_apart(harness: Harness) -> None:
    yard = ListSource([plain_frame(index, stream_id="yard") for index in range(4)], stream_id="yard")

    result = harness.run(ListSource(TEN_FRAMES), yard)

    assert {summary.stream_id: summary.frames_parsed for summary in result.streams} == {"door": 10, "yard": 4}


def test_a_recording_that_breaks_keeps_what_came_before(harness: Harness) -> None:
    source = ListSource(TEN_FRAMES, ends_with=MediaBroken("door.mp4 breaks off after 2.0 s"))

    [summary] = harness.run(source).streams

    assert summary.problem == "door.mp4 breaks off after 2.0 s"
    assert (summary.frames_parsed, summary.visits) == (10, 1)
    assert harness.health() == ["started", "failed"]


def test_a_camera_that_turns_the_reader_away_does_not_stop_the_others(harness: Harness) -> None:
    locked = ListSource(
        [], stream_id="locked", live=True, ends_with=SourceError("locked asks for a password")
    )

    result = harness.run(ListSource(TEN_FRAMES), locked)

    assert [summary.problem for summary in result.streams] == [None, "locked asks for a password"]
    assert result.streams[0].frames_parsed == 10


@pytest.mark.parametrize("stage", ["source", "parser"])
def test_a_bug_is_raised_with_what_was_counted_already_stored(harness: Harness, stage: str) -> None:
    def fail(position: object) -> None:
        if stage == "parser" or position == 5:
            raise ZeroDivisionError

    source = ListSource(TEN_FRAMES, before_each=fail if stage == "source" else lambda _: None)
    parser = ScriptedParser(fail) if stage == "parser" else None  # type: ignore[arg-type]  # it never returns
    other = ListSource([plain_frame(0, stream_id="other")], stream_id="other", live=True)

    with pytest.raises(ZeroDivisionError):
        harness.run(source, other, parser=parser)
    assert harness.health().count("ended") + harness.health().count("failed") == 2
    assert other.closed.is_set()


def test_stopping_drains_what_was_read(harness: Harness) -> None:
    def stop_when_all_are_through(streams: Sequence[StreamProgress]) -> None:
        if streams[0].frames_parsed + streams[0].frames_dropped == len(TEN_FRAMES):
            harness.stop.set()

    result = harness.run(ListSource(TEN_FRAMES, live=True), watch=stop_when_all_are_through)

    observed = [event for event in harness.memory.events if isinstance(event, FrameObserved)]
    assert result.interrupted
    assert len(observed) == result.streams[0].frames_parsed > 0
    assert harness.health()[-1] == "ended"


def test_a_camera_is_closed_when_its_time_is_up(harness: Harness) -> None:
    result = harness.run(ListSource(TEN_FRAMES, live=True), live_limit_s=0.2)

    assert not result.interrupted
    assert result.streams[0].frames_parsed <= 10


def test_a_gap_is_told_in_health_and_never_dropped(harness: Harness) -> None:
    lost = SignalLost("door", START + 2 * SECOND, "arrival", "no data for 5 s")
    restored = SignalRestored("door", START + 9 * SECOND, "camera", gap_s=7.0)
    later = [plain_frame(index + 45) for index in range(5)]
    items: list[SourceItem] = [*TEN_FRAMES, lost, restored, *later]
    source = ListSource(items, live=True)

    harness.run(source, live_limit_s=1.0)

    events = [event for event in harness.memory.events if isinstance(event, StreamHealth)]
    [gone] = [event for event in events if event.status == "signal-lost"]
    [back] = [event for event in events if event.status == "signal-restored"]
    assert (gone.message, gone.event_time) == ("no data for 5 s", START + 2 * SECOND)
    assert (back.gap_s, back.event_time) == (7.0, START + 9 * SECOND)


def test_damaged_frames_are_in_the_summary_the_coverage_and_the_health(harness: Harness) -> None:
    frames = [replace(frame, frames_damaged=frame.sample_index // 2) for frame in TEN_FRAMES]

    [summary] = harness.run(ListSource(frames, damaged=6)).streams

    windows = [event for event in harness.memory.events if isinstance(event, WindowClosed)]
    health = [event for event in harness.memory.events if isinstance(event, StreamHealth)]
    assert summary.frames_damaged == 6
    assert {window.window_s: window.coverage.frames_damaged for window in windows} == {10: 6, 60: 6}
    assert [event.frames_damaged for event in health] == [0, 6]


class BrokenPictures:
    """A frame sink on a full disk."""

    wants_overlay = True

    def __init__(self) -> None:
        self.written = 0

    def write(self, rendered: RenderedFrame) -> None:
        assert rendered.overlay is not None
        self.written += 1
        raise OutputError("overlay.mp4 cannot be written: no space left on device")

    def close(self) -> None:
        """Nothing to finish."""


def test_pictures_that_cannot_be_written_do_not_stop_the_counting(harness: Harness) -> None:
    pictures = BrokenPictures()

    result = harness.run(ListSource(TEN_FRAMES), frame_sinks=[pictures])

    assert pictures.written == 1
    assert result.picture_problems == ("overlay.mp4 cannot be written: no space left on device",)
    assert result.streams[0].frames_parsed == 10


def test_a_slow_parser_makes_a_camera_drop_and_the_drops_are_counted(harness: Harness) -> None:
    never = Event()
    many = [plain_frame(index) for index in range(60)]

    def slow(image: BgrImage) -> ParsedFrame:
        never.wait(0.01)
        return one_person(image)

    result = harness.run(
        ListSource(many, live=True),
        parser=ScriptedParser(slow),
        live_limit_s=1.5,
    )

    [summary] = result.streams
    assert summary.frames_sampled == 60
    assert summary.frames_dropped > 0
    assert summary.frames_parsed + summary.frames_dropped == 60
    windows = [
        event for event in harness.memory.events if isinstance(event, WindowClosed) and event.window_s == 60
    ]
    assert sum(window.coverage.frames_dropped for window in windows) == summary.frames_dropped
