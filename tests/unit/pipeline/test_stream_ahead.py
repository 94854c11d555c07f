"""Streams that look ahead: what waits when one is slow, suspended, or told to end."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event

import pytest

from analytics.building import build_analytics
from domain.events import StreamIdentity
from domain.frame import BgrImage, Frame
from domain.parsing import ParsedFrame
from pipeline.compositor import Compositor
from pipeline.post_processing import ParsedItem, PostProcessor, PostProcessorParts
from pipeline.privacy import Upcoming
from pipeline.stream import StreamParts, StreamRun
from pipeline.tracking.bytetrack import ByteTracker
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from tests.support.streams import ListSource, ScriptedParser, one_person, plain_frame
from tests.support.waiting import eventually


class Noting(PostProcessor):
    """Notes which pictures it got, and how many later ones were known then."""

    def __init__(self, parts: PostProcessorParts) -> None:
        super().__init__(parts)
        self.taken: list[tuple[int, int]] = []

    def item(self, item: ParsedItem, later: Sequence[Upcoming] = ()) -> None:
        """As of a `PostProcessor`."""
        super().item(item, later)
        if isinstance(item, tuple):
            self.taken.append((item[0].sample_index, len(later)))


def stream(source: ListSource, parser: ScriptedParser | None = None) -> tuple[StreamRun, Noting]:
    analytics = build_analytics(source.stream_id, lost_after_s=3.0)
    noting = Noting(
        PostProcessorParts(
            stream=StreamIdentity(source.stream_id),
            tracker=ByteTracker(),
            analytics=analytics,
            drawing=Compositor(),
            outlet=FanOut([MemorySink()]),
            frame_sinks=(),
            health_interval_s=1.0 if source.live else None,
        )
    )
    parts = StreamParts(source, parser or ScriptedParser(), analytics, noting, look_ahead_s=0.4)
    return StreamRun(parts, 4), noting


def frames(count: int, step_s: float = 0.2) -> list[Frame]:
    return [replace(plain_frame(number, step_s=step_s), may_wait=True) for number in range(count)]


@pytest.mark.parametrize("live", [False, True])
def test_what_waits_where_a_recording_is_suspended_is_left_for_whoever_goes_on(*, live: bool) -> None:
    began = list[StreamRun]()
    source = ListSource(
        frames(10), live=live, before_each=lambda number: began[0].suspend() if number == 5 else None
    )
    run, noting = stream(source)
    began.append(run)
    run.start()
    assert run.join(30)
    assert run.suspended
    # Pictures of a camera never come again.
    left = [(3, 1), (4, 0)] if live else []
    assert noting.taken == [(0, 2), (1, 2), (2, 2), *left]
    assert noting.snapshot().position.items == len(noting.taken)


def test_who_takes_long_for_a_picture_still_looks_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stream._SILENCE_S", 0.02)
    never = Event()

    def parse(image: BgrImage) -> ParsedFrame:
        never.wait(0.3)
        return one_person(image)

    run, noting = stream(ListSource(frames(4, step_s=4.0), live=True), ScriptedParser(parse))
    run.start()
    eventually(lambda: len(noting.taken) == 3)
    run.stop()
    assert run.join(30)
    assert [number for number, _ in noting.taken] == [0, 1, 2, 3]
    assert [later for _, later in noting.taken[1:]] == [1, 1, 0]
