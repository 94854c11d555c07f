"""Where covering fails no picture leaves, counting goes on, and health says so."""

import logging
from typing import Any

import pytest

from domain.events import FrameObserved, StreamHealth, StreamIdentity
from domain.frame import Frame
from domain.rendering import CoveredFrame, RenderedFrame
from pipeline.compositor import Compositor
from pipeline.post_processing import PostProcessor, PostProcessorParts
from pipeline.privacy import Coverer
from pipeline.sources.base import SourceStats
from pipeline.tracking.bytetrack import ByteTracker
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from tests.support.analytics import analytics_of
from tests.support.streams import one_person, plain_frame


class Failing(Coverer):
    """Fails for some frames."""

    def __init__(self, frames: range) -> None:
        super().__init__()
        self._fails = frames

    def cover(self, frame: Frame, *args: Any, **kwargs: Any) -> CoveredFrame:
        if frame.sample_index in self._fails:
            raise MemoryError
        return super().cover(frame, *args, **kwargs)


class Taken:
    wants_overlay = True

    def __init__(self) -> None:
        self.frames: list[int] = []

    def write(self, rendered: RenderedFrame) -> None:
        self.frames.append(rendered.frame.sample_index)

    def close(self) -> None:
        pass


@pytest.mark.parametrize("live", [False, True])
def test_no_picture_leaves_uncovered(caplog: pytest.LogCaptureFixture, *, live: bool) -> None:
    memory, taken = MemorySink(), Taken()
    outlet = FanOut([memory])
    processor = PostProcessor(
        PostProcessorParts(
            stream=StreamIdentity("door"),
            tracker=ByteTracker(),
            analytics=analytics_of("door"),
            drawing=Compositor(),
            outlet=outlet,
            frame_sinks=(taken,),
            health_interval_s=1.0 if live else None,
            coverer=Failing(range(5, 12)),
        )
    )
    with caplog.at_level(logging.ERROR):
        for number in range(20):
            frame = plain_frame(number)
            processor.item((frame, one_person(frame.image)))
    processor.end(SourceStats(40, 20, 4.0), None)
    outlet.close(10.0)

    assert taken.frames == [*range(5), *range(12, 20)]
    assert sum(isinstance(event, FrameObserved) for event in memory.events) == 20
    why = "pictures are withheld, as they cannot be covered (MemoryError); the log says where"
    told = [event for event in memory.events if isinstance(event, StreamHealth) and event.message]
    again = [why] if live else []
    assert [event.message for event in told] == [why, *again, "pictures are shown again"]
    assert len({event.event_id for event in memory.events}) == len(memory.events)
    assert processor.sink_problems == [f"door: {why}"]
    assert [record.getMessage() for record in caplog.records] == [f"door: {why}"]
