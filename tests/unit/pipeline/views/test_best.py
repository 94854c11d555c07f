"""Everybody is found in every frame, and each visit's best views alone are parsed."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.frame import BgrImage, Frame
from domain.labels import BodyPart
from domain.parsing import UNTRACKED
from pipeline.cutouts import Cutout
from pipeline.finders.base import Found
from pipeline.views.best import BestViewsState, ViewLimits, _framed
from tests.support.views import HEIGHT, NOBODY, SOMEBODY, WIDTH, Watched, picture, shown


def standing(level: int = SOMEBODY) -> BgrImage:
    return picture((100, 100, 140, 220), level=level)


def test_somebody_is_there_in_every_frame_and_parsed_in_few() -> None:
    watched = Watched()
    answers = watched.film([standing()] * 50)
    assert [len(parsed) for parsed, _ in answers] == [1] * 50
    assert {int(track) for _, ids in answers[1:] for track in ids} == {1}
    assert 2 <= watched.parser.parses <= 8


def test_pixels_are_told_of_whoever_was_parsed_and_the_box_of_everybody() -> None:
    answers = Watched().film([standing()] * 4)
    first, last = answers[0][0].persons()[0], answers[3][0].persons()[0]
    assert first.parsed
    assert first.mask.sum() == 40 * 120
    assert not last.parsed
    assert not last.mask.any()
    for person in (first, last):
        assert (person.left, person.top, person.right, person.bottom) == (100, 100, 140, 220)


def test_what_shows_nobody_is_nobody_and_is_looked_at_ever_more_rarely() -> None:
    watched = Watched()
    answers = watched.film([standing(NOBODY)] * 80)
    assert all(len(parsed) == 0 and len(ids) == 0 for parsed, ids in answers)
    assert 3 <= watched.parser.parses <= 9


def test_somebody_who_comes_where_nobody_was_is_looked_at_at_once() -> None:
    watched = Watched()
    watched.film([standing(NOBODY)] * 20)
    walks = [picture((100 + 15 * step, 100, 140 + 15 * step, 220)) for step in range(6)]
    seen = [len(watched.see(image, 4.0 + 0.2 * step)[0]) for step, image in enumerate(walks)]
    assert seen[-1] == 1
    assert 0 in seen[:3]


def test_a_larger_view_is_parsed_and_a_smaller_one_is_not() -> None:
    coming = [picture((280, 40, 300 + 6 * step, 100 + 16 * step)) for step in range(14)]
    nearer = Watched()
    nearer.film(coming, step_s=0.1)
    farther = Watched()
    farther.film(coming[::-1], step_s=0.1)
    heights = [float(box[3] - box[1]) for boxes in nearer.parser.asked for box in boxes]
    assert heights == sorted(heights)
    assert len(heights) > 3
    assert nearer.parser.parses > farther.parser.parses


def test_no_visit_is_parsed_more_often_than_allowed() -> None:
    watched = Watched(ViewLimits(per_visit=3))
    watched.film([standing()] * 300)
    # Once more before its track is confirmed.
    assert watched.parser.parses <= 3 + 1


def test_many_who_stay_are_parsed_as_fast_as_the_share_allows() -> None:
    crowd = picture(*((20 + 50 * number, 100, 50 + 50 * number, 220) for number in range(10)))
    watched = Watched(ViewLimits(share=0.2))
    watched.film([crowd] * 120)
    assert len(watched.parser.asked[0]) == 10
    assert watched.parser.parses <= 0.2 * 120 + 4
    assert watched.parser.parses >= 0.2 * 120


def test_no_crowd_takes_more_than_the_share_and_what_may_be_borrowed() -> None:
    """New people in every frame: all of them are to be looked at, and not all of them are."""
    watched = Watched(ViewLimits(share=0.5))
    for number in range(60):
        places = [
            (20 + 50 * at, 10 + 30 * (number % 8), 50 + 50 * at, 130 + 30 * (number % 8)) for at in range(10)
        ]
        watched.see(picture(*places), 3.0 * number)
        assert watched.parser.parses <= 0.5 * (number + 1) + 4 + 16
    assert watched.parser.parses >= 0.5 * 60


def test_whoever_waits_is_looked_at_before_those_who_came_later() -> None:
    crowd = [(10 + 24 * at, 100, 30 + 24 * at, 160) for at in range(24)]
    watched = Watched(ViewLimits(share=1.0))
    counts = [len(parsed) for parsed, _ in watched.film([picture(*crowd)] * 40)]
    assert counts[0] == 20
    assert counts == sorted(counts)
    assert counts[-1] == 24


def test_everybody_gets_a_view_however_much_flickers_beside() -> None:
    """What begins no track is new in every frame, and would take all parses there are."""
    crowd = [(20 + 50 * at, 250, 50 + 50 * at, 370) for at in range(10)]
    watched = Watched(ViewLimits(share=0.5))
    for number in range(40):
        left = 40 + 290 * (number % 2)
        flickers = [(left + 60 * at, 20 + number % 7, left + 30 + 60 * at, 140) for at in range(4)]
        watched.see(picture(*crowd, *flickers), 0.2 * number)
    stay = [track for track in watched.views.snapshot().tracks if track.box[1] == 250]
    assert len(stay) == 10
    assert all(track.views for track in stay)


def test_who_comes_into_the_picture_and_grows_is_not_parsed_in_every_frame() -> None:
    coming = [picture((200, 400 - round(30 * 1.4**step), 300, 400)) for step in range(8)]
    watched = Watched()
    for step, image in enumerate(coming):
        watched.see(image, 0.1 * step)
    # Once before its track is confirmed, a view at once, and one half a second later.
    assert watched.parser.parses == 3


def test_views_that_are_no_better_wait_longer_for_one_another_and_not_for_worse_ones_before() -> None:
    comes = [picture((100, 100, 140, 160)), picture((100, 90, 140, 160)), *[standing()] * 60]
    watched, straight = Watched(), Watched()
    watched.film(comes)
    straight.film([standing()] * 60)
    (track,) = watched.views.snapshot().tracks
    (other,) = straight.views.snapshot().tracks
    assert track.views == other.views + 1
    assert track.alike == other.alike


def test_an_outline_goes_along_until_somebody_is_parsed_again() -> None:
    walks = [picture((100 + 6 * step, 100, 140 + 6 * step, 220)) for step in range(4)]
    answers = Watched().film(walks)
    first, last = answers[0][0].persons()[0], answers[3][0].persons()[0]
    assert first.outline is None
    assert not last.parsed
    assert last.outline is not None
    low, high = last.outline.min(axis=0), last.outline.max(axis=0)
    assert np.allclose([*low, *high], (118, 100, 158, 220), atol=2.5)


def test_whoever_is_half_hidden_has_no_outline_of_before() -> None:
    watched = Watched()
    image = standing()
    boxes = np.array([[100, 100, 140, 220], [100, 160, 140, 240]], np.float32)
    both = Found(boxes, np.array([0.9, 0.3], np.float32))
    watched.film([image] * 3)
    parsed, _ = watched.views.follow(_frame(image, 3), both)
    assert [person.outline for person in parsed.persons()] == [None]


def test_one_person_found_twice_is_one() -> None:
    watched = Watched()
    image = picture((100, 100, 140, 220))
    twice = watched.parser.find(image)
    boxes = np.array([[100, 100, 140, 220], [100, 150, 140, 220]], np.float32)
    found = type(twice)(boxes, np.array([0.9, 0.8], np.float32))
    frames = [watched.views.follow(_frame(image, number), found) for number in range(5)]
    assert [len(parsed) for parsed, _ in frames] == [1] * 5


def test_what_was_seen_before_the_track_was_confirmed_is_not_asked_again() -> None:
    """Whoever was seen is counted without another parse, where none is left; and what showed nobody is left alone."""
    crowd = [(20 + 24 * at, 100, 40 + 24 * at, 160) for at in range(20)]
    watched = Watched(ViewLimits(share=0.0))
    counts = [len(parsed) for parsed, _ in watched.film([picture(*crowd)] * 4)]
    assert counts == [20] * 4
    assert watched.parser.parses == 20
    shelf = Watched()
    shelf.film([standing(NOBODY)] * 2)
    assert shelf.parser.parses == 1


def test_doubtful_boxes_without_a_track_are_nobody() -> None:
    watched = Watched()
    image = standing()
    found = watched.parser.find(image)
    doubtful = type(found)(found.boxes, np.array([0.3], np.float32))
    assert len(watched.views.follow(_frame(image, 0), doubtful)[0]) == 0
    assert watched.parser.parses == 0


def _frame(image: BgrImage, number: int) -> Frame:
    return shown(image, 0.2 * number)


RECTANGLES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 8), st.integers(1, 3), st.integers(2, 7), st.booleans()),
    max_size=4,
)


def _drawn(rectangles: list[tuple[int, int, int, int, bool]]) -> BgrImage:
    image = picture()
    for left, top, wide, tall, real in rectangles:
        level = SOMEBODY if real else NOBODY
        image[top * 40 : (top + tall) * 40, left * 40 : (left + wide) * 40] = level
    return image


@given(film=st.lists(RECTANGLES, min_size=2, max_size=12), stop=st.integers(0, 12))
@settings(max_examples=40, deadline=None)
def test_going_on_from_a_snapshot_gives_the_same_answers(
    film: list[list[tuple[int, int, int, int, bool]]], stop: int
) -> None:
    whole, resumed = Watched(), Watched()
    for number, rectangles in enumerate(film):
        if number == stop:
            saved = resumed.views.snapshot().model_dump_json()
            tracked = resumed.tracker.snapshot()
            resumed = Watched()
            resumed.tracker.restore(tracked)
            resumed.views.restore(BestViewsState.model_validate_json(saved))
        image = _drawn(rectangles)
        (one, ids), (other, others) = whole.see(image, 0.2 * number), resumed.see(image, 0.2 * number)
        assert ids.tolist() == others.tolist()
        assert np.array_equal(one.boxes, other.boxes)
        assert np.array_equal(one.person_ids, other.person_ids)
        assert str(one.outlines) == str(other.outlines)
    assert resumed.views.snapshot() == whole.views.snapshot()


@given(film=st.lists(RECTANGLES, min_size=2, max_size=12))
@settings(max_examples=40, deadline=None)
def test_boxes_lie_in_the_picture_and_tracks_are_not_doubled(
    film: list[list[tuple[int, int, int, int, bool]]],
) -> None:
    watched = Watched()
    for number, rectangles in enumerate(film):
        parsed, ids = watched.see(_drawn(rectangles), 0.2 * number)
        tracked = ids[ids != UNTRACKED]
        assert len(set(tracked.tolist())) == len(tracked)
        for person in parsed.persons():
            assert person.right > person.left
            assert person.bottom > person.top
            assert person.parsed == bool(person.mask.any())


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_tracks_that_are_over_are_forgotten(share: float) -> None:
    watched = Watched(ViewLimits(share=share, lost_after_s=1.0))
    watched.film([standing()] * 3)
    watched.see(picture(), 5.0)
    assert watched.views.snapshot().tracks == ()


def test_saved_up_parses_never_run_out_of_bounds() -> None:
    watched = Watched()
    left = []
    for number in range(20):
        crowd = picture(*((20 + 50 * place, 100, 50 + 50 * place, 220) for place in range(number % 10)))
        watched.see(crowd, 3.0 * number)
        left.append(watched.views.snapshot().allowance)
    assert all(-16.0 <= one <= 4.0 for one in left)
    assert any(one != other for one, other in pairwise(left))


def test_whose_pixels_are_all_behind_others_counts_as_not_parsed() -> None:
    """Two nearer people cover half of them each."""
    spans = [(0, 20), (-10, 10), (10, 30)]
    found = Found(
        np.array(
            [[left + 50, 50, right + 50, 90 + number] for number, (left, right) in enumerate(spans)],
            np.float32,
        ),
        np.full(3, 0.9, np.float32),
    )
    shown = {
        number: Cutout(
            slice(50, 90),
            slice(50 + left, 50 + right),
            np.full((40, 20), BodyPart.UPPER_CLOTHES, np.uint8),
            np.ones((40, 20), np.bool_),
            0.8,
        )
        for number, (left, right) in enumerate(spans)
    }
    framed = _framed(found, [0, 1, 2], shown, (HEIGHT, WIDTH))
    assert framed.parsed is not None
    assert framed.parsed.tolist() == [False, True, True]
