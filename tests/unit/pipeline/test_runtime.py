"""Streams side by side, with real analytics, tracking and delivery, and scripted sources and parsers."""

import logging
import re
import threading
import traceback
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event, active_count

import pytest

from domain.errors import MediaBroken, OutputError, SinkBusy, SourceError, UsageError
from domain.events import Event as StreamEvent
from domain.events import FrameObserved, StreamHealth, VisitEnded, WindowClosed
from domain.frame import BgrImage, Frame, SignalLost, SignalRestored, SourceItem
from domain.parsing import ParsedFrame, ParserInfo, TrackIds
from domain.rendering import RenderedFrame
from pipeline.runtime import Runtime
from pipeline.runtime_parts import RuntimeParts
from pipeline.stream import StreamProgress
from pipeline.supervision import RestartPolicy
from pipeline.tracking.bytetrack import ByteTracker
from sinks.delivery import DeliveryOptions
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from tests.support.events import frame_event
from tests.support.runtimes import Harness, camera
from tests.support.streams import START, ListSource, ScriptedParser, one_person, plain_frame
from tests.support.waiting import eventually

SECOND = timedelta(seconds=1)
TEN_FRAMES = [plain_frame(index) for index in range(10)]
LIVE_FRAMES = [replace(frame, may_wait=True) for frame in TEN_FRAMES]


@pytest.fixture
def harness() -> Harness:
    return Harness()


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


def fail_at(position: int) -> ListSource:
    """A recording whose reader has a fault."""

    def fail(reached: int) -> None:
        if reached == position:
            raise ZeroDivisionError

    return ListSource(TEN_FRAMES, before_each=fail)


def broken_camera(position: int = 5) -> ListSource:
    def fail(reached: int) -> None:
        if reached == position:
            raise ZeroDivisionError

    frames = [replace(frame, may_wait=True) for frame in TEN_FRAMES]
    return ListSource(frames, live=True, before_each=fail)


def later_camera(count: int = 10) -> ListSource:
    """The same camera a minute later."""
    frames = [
        replace(frame, event_time=frame.event_time + timedelta(minutes=1), may_wait=True)
        for frame in TEN_FRAMES[:count]
    ]
    return ListSource(frames, live=True)


def tracebacks(caplog: pytest.LogCaptureFixture) -> list[tuple[str, bool]]:
    return [(record.getMessage(), record.exc_info is not None) for record in caplog.records]


ENDED_BY_FAULT = "a fault of Footfall's own ended it (ZeroDivisionError); the log says where"


@pytest.mark.parametrize("stage", ["source", "parser"])
def test_a_fault_ends_one_recording_with_what_it_counted_and_no_other(
    stage: str, caplog: pytest.LogCaptureFixture
) -> None:
    parsed = iter(range(100))

    def parse(image: BgrImage) -> ParsedFrame:
        if image[0, 0, 0] == 90 and next(parsed) == 5 and stage == "parser":
            raise ZeroDivisionError
        return one_person(image)

    harness = Harness(ScriptedParser(parse))
    source = fail_at(5) if stage == "source" else ListSource(TEN_FRAMES)
    yard = ListSource(
        [plain_frame(index, stream_id="yard", value=10) for index in range(8)], stream_id="yard"
    )

    door, other = harness.run(source, yard).streams

    assert (door.problem, door.faults, door.frames_parsed, door.visits) == (ENDED_BY_FAULT, 1, 5, 1)
    assert (other.problem, other.faults, other.frames_parsed, other.visits) == (None, 0, 8, 1)
    assert harness.health("door") == ["started", "failed"]
    assert harness.health("yard") == ["started", "ended"]
    assert tracebacks(caplog) == [("door: a fault of Footfall's own: it has ended", True)]


class BrokenTracker(ByteTracker):
    """Fails at its sixth frame, having seen it already."""

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        ids = super().update(frame, parsed)
        if frame.sample_index == 5:
            raise ZeroDivisionError
        return ids


def test_what_counting_itself_has_broken_is_not_counted(harness: Harness) -> None:
    harness.factory.tracker = BrokenTracker

    [summary] = harness.run(ListSource(TEN_FRAMES)).streams

    assert (summary.problem, summary.visits) == (ENDED_BY_FAULT, 0)
    events = harness.memory.events
    assert [event.frame_index for event in events if isinstance(event, FrameObserved)] == [0, 2, 4, 6, 8]
    assert not [event for event in events if isinstance(event, VisitEnded)]
    last = events[-1]
    assert isinstance(last, StreamHealth)
    assert (last.status, last.message) == ("failed", ENDED_BY_FAULT)


def test_a_camera_begins_again_after_a_fault_and_its_parts_add_up(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    def stop_at_the_end(streams: Sequence[StreamProgress]) -> None:
        if streams[0].frames_parsed == 15:
            harness.stop.set()

    harness.add(broken_camera(), later_camera())
    result = harness.runtime.run(harness.stop, stop_at_the_end)

    [summary] = result.streams
    assert (summary.frames_parsed, summary.frames_sampled, summary.frames_read) == (15, 15, 28)
    assert (summary.faults, summary.problem, summary.persons_mean, summary.persons_max) == (1, None, 1.0, 1)
    assert harness.health() == ["started", "failed", "started", "ended"]
    assert harness.pauses.seconds == [1.0]
    assert [order.part for order in harness.factory.orders] == [1, 2]
    assert tracebacks(caplog) == [("door: a fault of Footfall's own: it begins again in 1 s", True)]


def test_a_camera_that_fails_again_and_again_is_given_up(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.add(*(broken_camera() for _ in range(5)))

    [summary] = harness.runtime.run(harness.stop).streams

    assert (summary.faults, summary.problem) == (3, ENDED_BY_FAULT)
    assert harness.pauses.seconds == [1.0, 2.0]
    again = "door: the same fault as before (ZeroDivisionError): "
    assert tracebacks(caplog) == [
        ("door: a fault of Footfall's own: it begins again in 1 s", True),
        (f"{again}it begins again in 2 s", False),
        (f"{again}it has ended", False),
    ]


def test_a_camera_that_cannot_be_reached_after_a_fault_is_tried_on(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    tried = iter(range(100))

    def pause(event: Event, seconds: float) -> bool:
        if next(tried) == 3:
            harness.factory.sources["door"].append(later_camera(3))
        return harness.pauses(event, seconds)

    harness.runtime._options = replace(harness.runtime._options, pause=pause)
    harness.add(broken_camera())
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 8)

    assert harness.pauses.seconds == [1.0, 2.0, 4.0, 8.0]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "door: it cannot begin again yet: door cannot be reached"
    ] * 3


def test_a_camera_that_waits_to_begin_again_ends_at_once(harness: Harness) -> None:
    waiting = Event()

    def pause(event: Event, seconds: float) -> bool:
        assert seconds == 1.0
        waiting.set()
        return event.wait(60)

    harness.runtime._options = replace(harness.runtime._options, pause=pause)
    harness.add(broken_camera(), later_camera())
    with harness.runtime as runtime:
        assert waiting.wait(30)
        state = runtime.state().streams["door"]
        assert (state.status, state.faults, state.problem) == ("restarting", 1, ENDED_BY_FAULT)
        assert not state.progress.connected

    [summary] = runtime.result().streams
    assert (summary.frames_parsed, summary.faults, summary.problem) == (5, 1, ENDED_BY_FAULT)
    assert runtime.state().streams["door"].status == "failed"


def test_a_camera_says_how_it_fares(harness: Harness) -> None:
    steps = [Event() for _ in range(4)]
    away = SignalLost("door", START, "arrival", "the camera refuses the connection")
    lost = SignalLost("door", START, "arrival", "no data for 5 s")
    source = ListSource(
        [away, TEN_FRAMES[0], lost, SignalRestored("door", START + SECOND, "camera", gap_s=1.0)],
        live=True,
        before_each=lambda position: assert_set(steps[position]),
    )
    harness.add(source)
    with harness.runtime as runtime:

        def fares(status: str, no_signal: str | None) -> bool:
            state = runtime.state().streams["door"]
            return (state.status, state.no_signal) == (status, no_signal)

        eventually(lambda: fares("connecting", None))
        steps[0].set()
        eventually(lambda: fares("connecting", "the camera refuses the connection"))
        steps[1].set()
        eventually(lambda: fares("live", None))
        steps[2].set()
        eventually(lambda: fares("lost", "no data for 5 s"))
        steps[3].set()
        eventually(lambda: fares("live", None))
    assert runtime.state().streams["door"].status == "ended"


def test_a_camera_whose_pictures_are_overdue_is_stalled(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.stream._STALLED_AFTER_S", 0.2)
    gate = Event()
    source = ListSource(
        LIVE_FRAMES, live=True, before_each=lambda position: None if position < 5 else assert_set(gate)
    )
    source.picture_step_s = 0.01
    harness.add(source)
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].status == "stalled")
        assert runtime.state().streams["door"].progress.connected
        gate.set()
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 10)
    assert harness.health() == ["started", "ended"]


def test_pictures_that_are_always_far_apart_are_no_stall(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keyframes alone come seconds apart, whatever was asked for."""
    monkeypatch.setattr("pipeline.stream._STALLED_AFTER_S", 0.01)
    seen: set[str] = set()
    pause = Event()

    def watch(position: int) -> None:
        pause.wait(0.1)
        if position > 1:
            seen.add(harness.runtime.state().streams["door"].status)

    source = ListSource(LIVE_FRAMES, live=True, before_each=watch)
    source.picture_step_s = 0.001
    harness.add(source)
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 10)
    assert seen == {"live"}


class StuckSource(ListSource):
    """A camera whose reader does not come back after some pictures, whatever it is told."""

    def __init__(self, gate: Event) -> None:
        def hang(position: int) -> None:
            if position == 5:
                gate.wait(60)

        super().__init__(LIVE_FRAMES, live=True, before_each=hang)
        self._gate = gate

    @property
    def silent_s(self) -> float:
        return 0.0 if self._gate.is_set() else 100.0


def test_a_reader_that_is_stuck_is_replaced(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    gate = Event()
    policy = RestartPolicy(most=2, stuck_s=0.3)
    harness.runtime._options = replace(harness.runtime._options, restart=policy)
    yard = ListSource(
        [replace(frame, stream_id="yard") for frame in LIVE_FRAMES], stream_id="yard", live=True
    )
    harness.add(StuckSource(gate), later_camera())
    harness.add(yard)
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["yard"].progress.frames_parsed == 10)
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 15)
        state = runtime.state().streams["door"]
        assert (state.status, state.faults) == ("live", 1)
    gate.set()

    door, other = runtime.result().streams
    assert (door.frames_parsed, door.faults, door.problem) == (15, 1, None)
    assert (other.frames_parsed, other.faults) == (10, 0)
    assert harness.health("door") == ["started", "failed", "started", "ended"]
    [failed] = [
        event
        for event in harness.memory.events
        if isinstance(event, StreamHealth) and event.status == "failed"
    ]
    assert re.fullmatch(r"its reader was stuck for \d s and is given up", failed.message)
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info is not None
    # Where it hangs stands in the log.
    assert "gate.wait(60)" in "".join(traceback.format_exception(record.exc_info[1]))


def test_a_program_ends_though_a_reader_is_stuck(harness: Harness) -> None:
    gate = Event()
    harness.runtime._options = replace(harness.runtime._options, restart=RestartPolicy(stuck_s=0.3))
    harness.add(StuckSource(gate))
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 5)
    [door] = runtime.result().streams
    assert (door.frames_parsed, door.visits) == (5, 1)
    left = [thread for thread in threading.enumerate() if thread.name.startswith("door-")]
    assert {(thread.name, thread.daemon) for thread in left} == {("door-read", True)}
    gate.set()


def test_a_recording_that_is_told_to_end_is_interrupted(harness: Harness) -> None:
    gate = Event()
    source = ListSource(TEN_FRAMES, before_each=lambda position: None if position < 5 else assert_set(gate))
    harness.add(source)
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].status == "running")
        runtime._streams["door"].stream.stop()
        gate.set()
        eventually(lambda: runtime.state().streams["door"].status == "interrupted")


def test_streams_come_and_go_while_others_run(harness: Harness) -> None:
    harness.add(ListSource(TEN_FRAMES, live=True))
    with harness.runtime as runtime:
        harness.add(
            ListSource([plain_frame(index, stream_id="yard") for index in range(6)], stream_id="yard")
        )
        eventually(lambda: runtime.state().streams["yard"].status == "ended")
        summary = runtime.remove_stream("yard")
        assert list(runtime.state().streams) == ["door"]
        assert runtime.state().streams["door"].status == "live"
        harness.add(
            ListSource([plain_frame(index, stream_id="yard") for index in range(4)], stream_id="yard")
        )

    assert summary.frames_parsed == 6
    assert [each.stream_id for each in runtime.result().streams] == ["door", "yard"]
    assert [order.part for order in harness.factory.orders] == [1, 1, 2]
    assert harness.health("yard").count("ended") == 2


def test_a_camera_that_is_removed_ends_in_order(harness: Harness) -> None:
    source = ListSource([replace(frame, may_wait=True) for frame in TEN_FRAMES], live=True)
    harness.add(source)
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 10)
        summary = runtime.remove_stream("door")
        assert source.closed.is_set()

    assert (summary.visits, summary.problem) == (1, None)
    assert harness.health() == ["started", "ended"]


def test_what_cannot_be_added_or_removed_is_one_line(harness: Harness) -> None:
    harness.add(ListSource(TEN_FRAMES))
    with pytest.raises(UsageError) as error:
        harness.runtime.add_stream(camera("door"))
    assert str(error.value) == (
        "there is a stream called door already: remove it, or give this one another id"
    )
    with pytest.raises(UsageError, match=r"^yard cannot be reached$"):
        harness.runtime.add_stream(camera("yard"))
    with pytest.raises(UsageError) as error:
        harness.runtime.remove_stream("yard")
    assert str(error.value) == "there is no stream called yard: there are door"
    with pytest.raises(UsageError) as error:
        harness.runtime.add_stream({"id": "yard", "sorce": "synthetic:"})
    assert str(error.value) == (
        "cameras[0].source (add_stream): is needed here\n"
        "cameras[0].sorce = (hidden) (add_stream): no such key; did you mean source?"
    )


def test_nothing_is_taken_after_the_end(harness: Harness) -> None:
    harness.run(ListSource(TEN_FRAMES))
    harness.factory.sources["yard"] = harness.factory.sources["door"]

    with pytest.raises(RuntimeError, match=r"^the runtime is closed$"):
        harness.runtime.add_stream(camera("yard"))
    with pytest.raises(RuntimeError, match=r"^a picture was to be parsed after the parser was closed$"):
        harness.runtime.parse(TEN_FRAMES[0].image)
    harness.runtime.close()


def test_it_closes_in_order() -> None:
    order: list[str] = []

    class Last(MemorySink):
        def close(self) -> None:
            order.append(f"sink, {len(self.events)} events")

    class Pictures(BrokenPictures):
        def write(self, rendered: RenderedFrame) -> None:
            """Nothing goes wrong here."""

        def close(self) -> None:
            order.append("pictures")

    harness = Harness(sinks=[Last("last")])
    harness.factory.frame_sinks = (Pictures(),)
    harness.add(ListSource(TEN_FRAMES, live=True))
    for number in (1, 2):
        harness.runtime.at_end(lambda number=number: order.append(f"at end {number}"))  # type: ignore[misc]
    harness.runtime.after_end(lambda: order.append("after end"))
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed > 0)
        assert not runtime.wait(0.0)

    events = f"sink, {len(harness.memory.events)} events"
    assert order == ["pictures", "at end 2", "at end 1", events, "after end"]
    assert runtime.wait(0.0)


def test_pictures_are_parsed_for_others_between_those_of_cameras(harness: Harness) -> None:
    harness.add(ListSource(TEN_FRAMES, live=True))
    with harness.runtime as runtime, ThreadPoolExecutor(4) as threads:
        parsed = list(threads.map(runtime.parse, [TEN_FRAMES[0].image] * 20))
        again = runtime.parser.parse(TEN_FRAMES[0].image)

    assert [len(each) for each in [*parsed, again]] == [1] * 21
    assert runtime.state().parser.parsed >= 21


class Named(ScriptedParser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.info = ParserInfo(name, "1", "none")


def test_after_a_switch_cameras_begin_again_and_recordings_go_on_as_they_were() -> None:
    harness = Harness(Named("old"))
    harness.factory.parsers = {"new": Named("new")}
    gate = Event()
    recording = ListSource(
        [plain_frame(index, stream_id="film") for index in range(6)],
        stream_id="film",
        before_each=lambda position: None if position < 3 else assert_set(gate),
    )
    harness.add(broken_camera(position=99), later_camera())
    harness.add(recording)
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 10)
        eventually(lambda: runtime.state().streams["film"].progress.frames_parsed == 3)
        runtime.switch_parser("new")
        assert runtime.parser.info.name == "new"
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 20)
        gate.set()
        eventually(lambda: runtime.state().streams["film"].status == "ended")

    door, film = runtime.result().streams
    assert (door.parser.name, door.faults, door.problem) == ("new", 0, None)
    assert (film.parser.name, film.frames_parsed) == ("old", 6)
    assert harness.health("door") == ["started", "ended", "started", "ended"]
    assert harness.pauses.seconds == []


def test_the_newest_picture_is_there_for_whoever_asks(harness: Harness) -> None:
    harness.add(ListSource([replace(frame, may_wait=True) for frame in TEN_FRAMES], live=True))
    with harness.runtime as runtime:
        first = runtime.picture("door", timeout_s=30)
        assert first is not None
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 10)
        picture = runtime.picture("door", newer_than=9, timeout_s=30)
        assert picture is not None
        assert (picture.number, picture.rendered.frame.index) == (10, 18)
        assert picture.overlay().shape == (48, 64, 3)
        assert picture.overlay() is picture.overlay()
        assert runtime.picture("door", newer_than=10) is None
        assert runtime.state().streams["door"].last_picture_at == picture.finished_at
    assert runtime.picture("door", newer_than=10, timeout_s=30) is None


def test_another_parser_can_be_asked_beside_that_of_the_cameras() -> None:
    harness = Harness(Named("old"))
    other = ScriptedParser(lambda image: ParsedFrame.empty(*image.shape[:2]))
    harness.factory.parsers = {"other": other}
    with harness.runtime as runtime:
        loaded = runtime.load_parser("other")
        found = [len(runtime.parse(TEN_FRAMES[0].image, parser=each)) for each in (None, loaded)]
        runtime.switch_parser(loaded)
        after = len(runtime.parse(TEN_FRAMES[0].image))

    assert (found, after) == ([1, 0], 0)
    assert runtime.state().parser.parsed == 3


class GatedSink(MemorySink):
    """Stores nothing until the gate is open."""

    def __init__(self) -> None:
        super().__init__("gated")
        self.gate = Event()

    def store(self, events: Sequence[StreamEvent]) -> None:
        if not self.gate.is_set():
            raise SinkBusy("away", retry_after_s=0.05)
        super().store(events)


def assert_set(gate: Event) -> None:
    assert gate.wait(30)


def test_a_camera_goes_on_and_a_recording_waits_while_a_sink_is_away() -> None:
    sink = GatedSink()
    harness = Harness()
    outlet = FanOut([sink], options=DeliveryOptions(queue_size=40, linger_s=0.0, stall_s=300.0))
    harness.factory.outlet = outlet
    runtime = Runtime(RuntimeParts(harness.executor, outlet, harness.factory))
    door = ListSource([replace(frame, may_wait=True) for frame in TEN_FRAMES], live=True)
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
