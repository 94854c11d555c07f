"""Streams from their first frame to their last event: real analytics, tracking and delivery, scripted sources and parsers."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Event, active_count

from domain.errors import MediaBroken, OutputError, SinkBusy, SourceError
from domain.events import Event as StreamEvent
from domain.events import FrameObserved, StreamHealth, VisitEnded, WindowClosed
from domain.frame import BgrImage, SignalLost, SignalRestored, SourceItem
from domain.parsing import ParsedFrame
from domain.rendering import RenderedFrame
from pipeline.runtime import Runtime
from pipeline.runtime_parts import RuntimeParts
from pipeline.stream import StreamProgress
from sinks.delivery import DeliveryOptions
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from tests.support.events import frame_event
from tests.support.runtimes import LIVE_FRAMES, TEN_FRAMES, Harness, camera
from tests.support.streams import START, ListSource, ScriptedParser, one_person, plain_frame
from tests.support.waiting import eventually

SECOND = timedelta(seconds=1)


def test_a_recording_is_counted_from_its_first_frame_to_its_last(harness: Harness) -> None:
    threads = active_count() - 1  # the delivery's, which is there already

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
    harness.factory.live_limit_s = 0.2

    result = harness.run(ListSource(TEN_FRAMES, live=True))

    assert not result.interrupted
    assert result.streams[0].frames_parsed <= 10


def test_a_gap_is_told_in_health_and_never_dropped(harness: Harness) -> None:
    lost = SignalLost("door", START + 2 * SECOND, "arrival", "no data for 5 s")
    restored = SignalRestored("door", START + 9 * SECOND, "camera", gap_s=7.0)
    later = [plain_frame(index + 45) for index in range(5)]
    items: list[SourceItem] = [*TEN_FRAMES, lost, restored, *later]
    source = ListSource(items, live=True)

    harness.factory.live_limit_s = 1.0
    harness.run(source)

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

    harness.factory.frame_sinks = (pictures,)
    result = harness.run(ListSource(TEN_FRAMES))

    assert pictures.written == 1
    assert result.picture_problems == ("overlay.mp4 cannot be written: no space left on device",)
    assert result.streams[0].frames_parsed == 10


def test_a_slow_parser_makes_a_camera_drop_and_the_drops_are_counted() -> None:
    never = Event()
    many = [plain_frame(index) for index in range(60)]

    def slow(image: BgrImage) -> ParsedFrame:
        never.wait(0.01)
        return one_person(image)

    harness = Harness(ScriptedParser(slow))
    harness.factory.live_limit_s = 1.5
    result = harness.run(ListSource(many, live=True))

    [summary] = result.streams
    assert summary.frames_sampled == 60
    assert summary.frames_dropped > 0
    assert summary.frames_parsed + summary.frames_dropped == 60
    windows = [
        event for event in harness.memory.events if isinstance(event, WindowClosed) and event.window_s == 60
    ]
    assert sum(window.coverage.frames_dropped for window in windows) == summary.frames_dropped


class GatedSink(MemorySink):
    """Stores nothing until the gate is open."""

    def __init__(self) -> None:
        super().__init__("gated")
        self.gate = Event()

    def store(self, events: Sequence[StreamEvent]) -> None:
        if not self.gate.is_set():
            raise SinkBusy("away", retry_after_s=0.05)
        super().store(events)


def test_a_camera_goes_on_and_a_recording_waits_while_a_sink_is_away() -> None:
    sink = GatedSink()
    harness = Harness()
    outlet = FanOut([sink], options=DeliveryOptions(queue_size=40, linger_s=0.0, stall_s=300.0))
    harness.factory.outlet = outlet
    runtime = Runtime(RuntimeParts(harness.executor, outlet, harness.factory))
    door = ListSource(LIVE_FRAMES, live=True)
    film = ListSource([plain_frame(index, stream_id="film") for index in range(60)], stream_id="film")
    harness.factory.sources = {"door": deque([door]), "film": deque([film])}
    runtime.add_stream(camera("film"))
    runtime.add_stream(camera("door"))
    # A camera that has published before keeps its half of the queue.
    outlet.publish([frame_event(0)])
    with runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 10)
        film_parsed = runtime.state().streams["film"].progress.frames_parsed
        sink.gate.set()
        eventually(lambda: runtime.state().streams["film"].status == "ended")
        door.close()

    assert film_parsed < 25
    [report] = outlet.report()
    assert (report.events_undelivered, report.problem) == (0, None)
    seen = {
        name: sum(isinstance(event, FrameObserved) and event.stream_id == name for event in sink.events)
        for name in ("door", "film")
    }
    assert seen == {"door": 11, "film": 60}
