"""What a live stream says of itself."""

from datetime import datetime, timedelta

import pytest

from domain.events import StreamHealth, StreamIdentity
from domain.frame import SignalLost, SignalRestored
from pipeline.compositor import Compositor
from pipeline.post_processing import PostProcessor, PostProcessorParts
from pipeline.sources.base import SourceStats
from pipeline.tracking.bytetrack import ByteTracker
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from tests.support.analytics import analytics_of
from tests.support.streams import START, one_person, plain_frame


class Room:
    """A post_processor with a clock that the test sets."""

    def __init__(self, *, live: bool = True) -> None:
        self.now = START
        self.memory = MemorySink()
        self.outlet = FanOut([self.memory])
        parts = PostProcessorParts(
            stream=StreamIdentity("door"),
            tracker=ByteTracker(),
            analytics=analytics_of("door"),
            drawing=Compositor(),
            outlet=self.outlet,
            frame_sinks=(),
            health_interval_s=30.0 if live else None,
        )
        self.post_processor = PostProcessor(parts, clock=lambda: self.now)

    def frame(self, sample_index: int) -> None:
        frame = plain_frame(sample_index)
        self.post_processor.item((frame, one_person(frame.image)))

    def health(self) -> list[StreamHealth]:
        self.outlet.close(10.0)
        return [event for event in self.memory.events if isinstance(event, StreamHealth)]


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_camera_that_never_connects_is_never_running_and_ends_when_it_ends() -> None:
    room = Room()
    room.post_processor.item(SignalLost("door", START, "arrival", "refuses the connection"))
    for seconds in range(1, 100):
        room.now = after(seconds)
        room.post_processor.silence()
    room.now = after(100)
    room.post_processor.end(SourceStats(0, 0, 0.0), None)

    assert [(event.status, event.event_time) for event in room.health()] == [
        ("signal-lost", START),
        ("ended", after(100)),
    ]


def test_started_says_that_nothing_was_dropped() -> None:
    room = Room()
    room.frame(0)
    room.post_processor.end(SourceStats(1, 1, 0.2), None)

    started = room.health()[0]
    assert (started.status, started.frames_parsed, started.frames_dropped) == ("started", 1, 0)


def test_a_camera_that_has_fallen_silent_is_not_running() -> None:
    room = Room()
    for number in range(200):
        room.now = after(number * 0.2)
        room.frame(number)
    for seconds in range(40, 200):
        room.now = after(seconds)
        room.post_processor.silence()
    room.post_processor.end(SourceStats(400, 200, 40.0), None)

    assert [(event.status, event.event_time) for event in room.health()] == [
        ("started", START),
        ("running", after(30)),
        ("ended", after(199)),
    ]


def test_the_end_is_told_by_the_cameras_own_clock() -> None:
    room = Room()
    room.now = after(3600)  # this machine's clock is an hour ahead of the camera's
    room.frame(0)
    room.now = after(3610)
    room.post_processor.item(SignalLost("door", START, "camera", "gone"))
    room.now = after(3620)
    room.post_processor.item(SignalRestored("door", after(20), "camera", gap_s=20.0))
    room.now = after(3625)
    room.post_processor.end(SourceStats(1, 1, 0.2), None)

    assert (room.health()[-1].status, room.health()[-1].event_time) == ("ended", after(25))


@pytest.mark.parametrize(("problem", "status"), [(None, "ended"), ("it broke", "failed")])
def test_a_recording_ends_with_its_last_picture_whenever_it_is_read(problem: str | None, status: str) -> None:
    room = Room(live=False)
    room.frame(0)
    room.frame(1)
    room.now = after(999)
    room.post_processor.end(SourceStats(4, 2, 0.4), problem)

    last = room.health()[-1]
    assert (last.status, last.event_time, last.message) == (status, after(0.2), problem or "")
