from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import PersonObserved
from domain.frame import Frame
from domain.parsing import ParsedFrame
from domain.rendering import RenderedFrame
from pipeline.privacy import covered_alone
from sinks.base import ChoosingFrameSink, FrameSink
from sinks.report.data import Still
from sinks.report.stills import Candidate, StillCollector
from tests.support.events import START, frame_event


def rendered(
    media_time_s: float,
    persons: int,
    *,
    stream_id: str = "door",
    width: int = 64,
    name: str | None = None,
    track: int = 1,
) -> RenderedFrame:
    """A frame with that many persons, its overlay filled with the number."""
    image = np.zeros((48, width, 3), np.uint8)
    frame = Frame(stream_id, 0, 0, image, media_time_s, START, "file", name)
    person = PersonObserved(track_id=track, box=(10, 10, 20, 40), score=0.9, garments=())
    observed = frame_event(0, stream_id).model_copy(update={"persons": (person,) * persons})
    parsed = ParsedFrame.empty(48, width)
    overlay = np.full_like(image, 20 * persons)
    return RenderedFrame(covered_alone(frame, parsed, "none"), parsed, observed, overlay)


def accepts(sink: FrameSink) -> bool:
    """mypy checks here that it is a frame sink."""
    return sink.wants_overlay


def test_it_is_a_frame_sink_that_wants_overlays() -> None:
    assert accepts(StillCollector())


def test_it_asks_for_what_it_keeps_and_changes_nothing_by_asking() -> None:
    collector = StillCollector()
    assert isinstance(collector, ChoosingFrameSink)
    for time, persons, wanted in [
        (0.0, 2, True),
        (0.5, 1, True),
        (1.0, 2, False),
        (1.5, 3, True),
        (2.0, 2, True),
    ]:
        one = rendered(time, persons)
        assert [collector.wants_drawn(one.frame, one.observed) for _ in range(2)] == [wanted] * 2
        collector.write(one)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0.1, 4), st.integers(0, 4)), max_size=40))
def test_what_it_does_not_ask_for_it_does_not_miss(steps: list[tuple[float, int]]) -> None:
    everything, asked = StillCollector(stills_max=2), StillCollector(stills_max=2)
    time_s = 0.0
    for step_s, persons in steps:
        time_s += step_s
        one = rendered(time_s, persons)
        everything.write(one)
        drawn = asked.wants_drawn(one.frame, one.observed)
        asked.write(one if drawn else replace(one, overlay=None))
    assert _told(asked) == _told(everything)


def test_frames_with_more_persons_are_preferred_and_shown_in_order_of_time() -> None:
    collector = StillCollector(stills_max=2)
    for time, persons in [(0, 1), (10, 3), (20, 1), (30, 2), (40, 0)]:
        collector.write(rendered(time, persons))
    assert [still.caption for still in collector.stills] == ["at 10 s, 3 persons", "at 30 s, 2 persons"]
    assert [_shade(still) for still in collector.stills] == [60, 40]


def test_a_long_visit_leaves_room_for_others() -> None:
    collector = StillCollector(stills_max=2)
    for time, track in [(0, 1), (3, 1), (6, 1), (9, 2)]:
        collector.write(rendered(time, 1, track=track))
    assert [still.caption for still in collector.stills] == ["at 0 s, 1 person", "at 9 s, 1 person"]


def test_each_stream_has_its_own() -> None:
    collector = StillCollector(stills_max=1)
    for stream in ("door", "yard"):
        collector.write(rendered(1, 1, stream_id=stream))
    assert [still.stream_id for still in collector.stills] == ["door", "yard"]


def test_an_empty_scene_is_shown_only_where_there_is_nothing_else() -> None:
    collector = StillCollector()
    for time in range(0, 60, 3):
        collector.write(rendered(time, 0))
    assert [still.caption for still in collector.stills] == ["at 0 s, 0 persons"]
    collector.write(rendered(61, 1))
    assert [still.caption for still in collector.stills] == ["at 1 min 01 s, 1 person"]


def test_a_picture_of_a_folder_is_named() -> None:
    collector = StillCollector()
    collector.write(rendered(0, 2, name="IMG_0042"))
    assert collector.stills[0].caption == "IMG_0042, 2 persons"


def test_wide_overlays_are_reduced() -> None:
    collector = StillCollector(width_max=100)
    collector.write(rendered(0, 1, width=400))
    assert _decoded(collector.stills[0]).shape == (12, 100, 3)


def test_later_drawing_does_not_change_what_was_kept() -> None:
    collector, frame = StillCollector(), rendered(0, 1)
    collector.write(frame)
    assert frame.overlay is not None
    frame.overlay[:] = 255
    assert _shade(collector.stills[0]) == 20


def test_a_frame_without_an_overlay_is_passed_over() -> None:
    collector, frame = StillCollector(), rendered(0, 1)
    collector.write(RenderedFrame(frame.frame, frame.parsed, frame.observed, None))
    collector.close()
    assert collector.stills == []


@given(
    seen=st.lists(st.tuples(st.floats(0, 100_000), st.integers(0, 6)), min_size=1, max_size=60),
    stills_max=st.integers(1, 4),
)
@settings(max_examples=30, deadline=None)
def test_the_fullest_frame_is_always_among_them(seen: list[tuple[float, int]], stills_max: int) -> None:
    collector = StillCollector(stills_max=stills_max)
    for time, persons in sorted(seen):
        collector.write(rendered(time, persons))
    stills = collector.stills
    assert 1 <= len(stills) <= stills_max
    fullest = max(persons for _, persons in seen)
    assert max(int(still.caption.split(", ")[1].split()[0]) for still in stills) == fullest


def test_stills_are_spread_over_the_time() -> None:
    collector = StillCollector(stills_max=4)
    for time in range(0, 4000, 5):
        collector.write(rendered(time, 2))
    stretches = next(iter(collector._streams.values()))
    assert 4 <= len(stretches.best) <= 8
    assert len(collector.stills) == 4


def test_the_floor_is_the_emptiest_picture_with_nothing_drawn_over_it() -> None:
    collector = StillCollector()
    for time, persons in ((0, 2), (10, 1), (20, 3), (30, 1)):
        collector.write(rendered(time, persons))
    floor = collector.floors["door"]
    assert floor.caption == "at 10 s, 1 person"
    assert _shade(floor) == 0


def test_only_pictures_are_stills() -> None:
    with pytest.raises(ValueError, match=r"^image must be JPEG or PNG bytes, got b'GIF89a'$"):
        Still("door", "a door", b"GIF89a")


def _decoded(still: Still) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = cv2.imdecode(np.frombuffer(still.image, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8, copy=False)


def _shade(still: Still) -> int:
    """Grey of the picture, to the nearest 20."""
    return round(float(_decoded(still).mean()) / 20) * 20


def _told(collector: StillCollector) -> tuple[object, ...]:
    """All that is kept of the stream, to compare."""
    kept = collector.candidates("door")
    best = {number: _fields(one) for number, one in kept.best.items()}
    return kept.stretch_s, kept.current, best, None if kept.plain is None else _fields(kept.plain)


def _fields(one: Candidate) -> tuple[object, ...]:
    return one.worth, one.tracks, one.media_time_s, one.name, one.picture
