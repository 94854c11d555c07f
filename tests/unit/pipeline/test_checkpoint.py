"""What a stream remembers behind the parser: nothing is left out, and going on from it is never having stopped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.floor import FloorPlan
from analytics.stream import StreamAnalytics
from domain.errors import SnapshotError
from domain.events import Event, StreamIdentity, VisitEnded
from domain.frame import SignalLost, SignalRestored
from domain.summary import SinkSummary
from pipeline.checkpoint import Position, StreamCheckpoint
from pipeline.compositor import Compositor
from pipeline.floor_counts import FloorCountsState
from pipeline.floor_painter import FloorPainter
from pipeline.post_processing import PostProcessor, PostProcessorParts
from pipeline.sources.base import SourceStats
from pipeline.thinning import Frames
from pipeline.tracking.bytetrack import ByteTracker
from sinks.backlog import Backlog
from sinks.outlet import Checkpoint
from tests.support.analytics import analytics_of
from tests.support.anatomy import anatomy, attributes
from tests.support.streams import START, one_person, plain_frame
from tests.support.views import BrightFinder, Watched, picture, shown


class KeepingOutlet:
    """Keeps what is published, and the state that came with it."""

    def __init__(self) -> None:
        self.published: list[tuple[tuple[Event, ...], bytes]] = []

    def publish(
        self, events: Sequence[Event], checkpoint: Checkpoint | None = None, *, may_wait: bool = False
    ) -> None:
        assert checkpoint is not None
        assert not may_wait
        self.published.append((tuple(events), checkpoint.state()))

    def hasten(self) -> None:
        """Nobody waits."""

    def close(self, deadline_s: float) -> None:
        """Nothing to let go."""

    def conclude(self) -> None:
        """Nothing is kept."""

    def problem(self) -> str | None:
        return None

    def report(self) -> tuple[SinkSummary, ...]:
        return ()

    def backlog(self) -> Backlog:
        return Backlog()

    def lines(self) -> list[str]:
        return [event.model_dump_json() for events, _ in self.published for event in events]


class Room:
    """A live post_processor with a clock that follows the steps of a history."""

    def __init__(self, frames: Frames = "all", analytics: StreamAnalytics | None = None) -> None:
        self.outlet = KeepingOutlet()
        self.now = START
        self.post_processor = PostProcessor(
            PostProcessorParts(
                stream=StreamIdentity("door"),
                tracker=ByteTracker(),
                analytics=analytics or analytics_of("door"),
                drawing=Compositor(),
                outlet=self.outlet,
                frame_sinks=(),
                health_interval_s=2.0,
                frames=frames,
            ),
            clock=lambda: self.now,
        )

    def play(self, steps: Sequence[str], begin: int = 0) -> None:
        """Take these steps of a history from a position on, each a second after the one before."""
        for number, step in enumerate(steps):
            if number >= begin:
                self.now = _at(number)
                self._step(step, number)

    def _step(self, step: str, number: int) -> None:
        frame = plain_frame(number, step_s=1.0)
        if step == "silence":
            self.post_processor.silence()
        elif step == "lost":
            self.post_processor.item(SignalLost("door", _at(number), "camera", "gone"))
        elif step == "restored":
            self.post_processor.item(SignalRestored("door", _at(number), "camera", gap_s=1.0))
        elif step == "end":
            self.post_processor.end(SourceStats(2 * number, number, float(number), 1), None)
        else:
            self.post_processor.item((frame, one_person(frame.image, left=int(step))))


def _at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


STEPS = st.lists(
    st.sampled_from(("10", "12", "40", "10", "silence", "lost", "restored", "end")), min_size=1, max_size=15
)


def remembered(post_processor: PostProcessor) -> list[tuple[str, object]]:
    """All that a post_processor holds, except what it was given and what became of pictures, which belongs to the process."""
    given_to_it = {"_parts", "_machine", "_pictures", "_stream", "_interval"}
    parts, clock, health = post_processor._parts, post_processor._clock, post_processor._health
    held = [
        (f"{type(one).__name__}.{name}", anatomy(getattr(one, name)))
        for one in (post_processor, clock, health)
        for name in attributes(one)
        if name not in given_to_it | {"_clock", "_health"}
    ]
    return [
        *held,
        ("withheld", post_processor._pictures.withheld),
        ("tracker", parts.tracker.snapshot()),
        ("analytics", parts.analytics.snapshot()),
    ]


@given(steps=STEPS, frames=st.sampled_from(("all", "changed", "none")), data=st.data())
@settings(max_examples=60, deadline=None)
def test_going_on_from_a_checkpoint_is_never_having_stopped(
    steps: list[str], frames: Frames, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(steps)))
    whole, first, second = Room(frames), Room(frames), Room(frames)
    whole.play(steps)
    first.play(steps[:cut])
    saved = first.post_processor.snapshot().model_dump_json()
    second.post_processor.restore(StreamCheckpoint.from_json(saved))
    assert remembered(second.post_processor) == remembered(first.post_processor)
    second.play(steps, begin=cut)
    assert first.outlet.lines() + second.outlet.lines() == whole.outlet.lines()


def with_views(outlet: KeepingOutlet | None = None) -> PostProcessor:
    """A post-processor that parses best views alone."""
    watched = Watched()
    return PostProcessor(
        PostProcessorParts(
            stream=StreamIdentity("door"),
            tracker=watched.tracker,
            views=watched.views,
            analytics=analytics_of("door"),
            drawing=Compositor(),
            outlet=outlet or KeepingOutlet(),
            frame_sinks=(),
            health_interval_s=2.0,
        ),
        clock=lambda: START,
    )


@pytest.mark.parametrize("cut", [1, 2, 7, 15])
def test_best_views_are_gone_on_with(cut: int) -> None:
    pictures = [picture((20 + 8 * step, 100, 60 + 8 * step, 220 + 4 * step)) for step in range(20)]
    outlets = KeepingOutlet(), KeepingOutlet(), KeepingOutlet()
    whole, first, second = (with_views(outlet) for outlet in outlets)
    for number, image in enumerate(pictures):
        if number == cut:
            second.restore(StreamCheckpoint.from_json(first.snapshot().model_dump_json()))
        for each in (whole, first if number < cut else second):
            each.item((shown(image, 0.2 * number), BrightFinder().find(image)))
    for each in (whole, second):
        each.end(SourceStats(20, 20, 4.0, 1), None)
    assert second.snapshot() == whole.snapshot()
    assert whole.persons == 1
    told = [outlet.lines() for outlet in outlets]
    assert told[1] + told[2] == told[0]
    ended = [event for events, _ in outlets[0].published for event in events if isinstance(event, VisitEnded)]
    assert [0 < (visit.views or 0) < visit.frames for visit in ended] == [True]


def test_a_state_of_other_views_is_refused_in_one_line() -> None:
    with pytest.raises(SnapshotError, match=r"parser\.views") as refused:
        with_views().restore(Room().post_processor.snapshot())
    assert "\n" not in str(refused.value)


@given(steps=STEPS)
@settings(max_examples=30, deadline=None)
def test_everything_that_an_item_comes_to_is_published_once_with_the_state_after_it(steps: list[str]) -> None:
    room = Room()
    for number, step in enumerate(steps):
        before = len(room.outlet.published)
        room.play(steps[: number + 1], begin=number)
        fresh = room.outlet.published[before:]
        assert len(fresh) <= 1
        for events, state in fresh:
            assert events or step == "silence"
            assert StreamCheckpoint.from_json(state) == room.post_processor.snapshot()
        assert step in {"silence", "end"} or len(fresh) == 1


def test_a_checkpoint_says_where_the_stream_is() -> None:
    room = Room()
    room.play(["10", "10", "10", "lost"])
    saved = room.post_processor.snapshot()
    assert saved.position == Position(items=4, media_time_s=2.0)
    assert saved.live
    assert not saved.ended
    room.play(["10", "10", "10", "lost", "end"], begin=4)
    assert room.post_processor.snapshot().ended


def test_the_state_of_another_stream_is_refused() -> None:
    room = Room()
    other = room.post_processor.snapshot().model_copy(update={"stream_id": "yard"})
    with pytest.raises(SnapshotError) as caught:
        room.post_processor.restore(other)
    assert str(caught.value) == (
        "the state of a stream was saved with the name yard, now it is door; begin this stream anew, or go on with the "
        "Footfall and the settings that saved it"
    )


@pytest.mark.parametrize("text", [b"", b"[]", b'{"version": 2}', b'{"stream_id": 7}'])
def test_what_is_no_checkpoint_is_refused_in_one_line(text: bytes) -> None:
    with pytest.raises(
        SnapshotError, match=r"^the saved state of a stream cannot be read: .* is wrong; begin"
    ):
        StreamCheckpoint.from_json(text)


def test_numbers_that_are_drawn_are_part_of_the_state() -> None:
    counts = FloorCountsState(came={"door": 3}, went={"door": 1}, stays={})
    first, second = (with_counting(FloorPainter(FloorPlan((), (), ()), counts=True)) for _ in range(2))
    assert first._parts.counting is not None
    first._parts.counting.restore(counts)
    second.restore(StreamCheckpoint.from_json(first.snapshot().model_dump_json()))
    assert second.snapshot().drawn == counts


def with_counting(painter: FloorPainter) -> PostProcessor:
    """A post-processor whose pictures have numbers."""
    parts = Room().post_processor._parts
    return PostProcessor(
        replace(parts, analytics=analytics_of("door"), tracker=ByteTracker(), counting=painter)
    )
