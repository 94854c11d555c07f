"""Streams that meet faults, lose their signal or are stuck: what they say, and how they go on."""

import logging
import re
import threading
import traceback
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from domain.events import FrameObserved, StreamHealth, VisitEnded
from domain.frame import BgrImage, Frame, SignalLost, SignalRestored
from domain.parsing import ParsedFrame, TrackIds
from pipeline.stream import StreamProgress
from pipeline.supervision import RestartPolicy
from pipeline.tracking.bytetrack import ByteTracker
from tests.support.runtimes import LIVE_FRAMES, TEN_FRAMES, Harness, broken_camera, later_camera
from tests.support.streams import START, ListSource, ScriptedParser, one_person, plain_frame
from tests.support.waiting import assert_set, eventually

SECOND = timedelta(seconds=1)


def fail_at(position: int) -> ListSource:
    """A recording whose reader has a fault."""

    def fail(reached: int) -> None:
        if reached == position:
            raise ZeroDivisionError

    return ListSource(TEN_FRAMES, before_each=fail)


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
    monkeypatch.setattr("pipeline.signal_watch._STALLED_AFTER_S", 0.2)
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
    monkeypatch.setattr("pipeline.signal_watch._STALLED_AFTER_S", 0.01)
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
        runtime._streams.get("door").stream.stop()
        gate.set()
        eventually(lambda: runtime.state().streams["door"].status == "interrupted")
