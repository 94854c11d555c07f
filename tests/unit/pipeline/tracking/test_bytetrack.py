"""Who keeps which number, in small drawn scenes."""

from collections.abc import Sequence

import pytest

from analytics.snapshots import as_json
from domain.errors import SnapshotError
from domain.parsing import UNTRACKED
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings
from tests.contracts.tracker import TrackerContract
from tests.support.walkers import BLUE, GREY, RED, Walker, scene


class TestContract(TrackerContract):
    def make(self) -> ByteTracker:
        return ByteTracker(ByteTrackSettings(confirm_frames=2, lost_after_s=2.0))


def follow(
    film: Sequence[Sequence[Walker]], settings: ByteTrackSettings | None = None, step_s: float = 0.2
) -> list[list[int]]:
    """Track ids frame by frame."""
    tracker = ByteTracker(settings)
    return [tracker.update(*scene(number * step_s, people)).tolist() for number, people in enumerate(film)]


def test_two_who_cross_keep_their_numbers() -> None:
    ways = [(10 + 8 * step, 130 - 8 * step) for step in range(16)]
    film = [[Walker(right, color=RED), Walker(left, color=BLUE)] for right, left in ways]
    ids = follow(film)
    assert ids[1] == ids[-1] == [1, 2]


def test_two_who_meet_and_turn_back_keep_their_numbers() -> None:
    """Motion alone would let each walk on through the other."""
    steps = [*range(7), *reversed(range(7))]
    film = [[Walker(20 + 8 * step, color=RED), Walker(124 - 8 * step, color=BLUE)] for step in steps]
    ids = follow(film)
    assert ids[1] == ids[-1] == [1, 2]


def test_somebody_who_walks_behind_another_is_known_again() -> None:
    wall = Walker(60, top=20, size=(40, 60), color=GREY)
    film = [[wall, Walker(10 + 8 * step, top=35, size=(10, 30), color=RED)] for step in range(16)]
    ids = follow(film)
    assert len(ids[8]) == 1, "hidden for a while"
    assert ids[1] == ids[-1] == [1, 2]


def test_where_two_are_seen_as_one_it_is_the_nearer_one() -> None:
    """They wear the same, and the box of what is seen is rather that of the farther one."""
    both = [Walker(60, top=30, size=(14, 44)), Walker(66, top=26, size=(14, 40))]
    film = [both] * 5 + [[Walker(64, top=26, size=(16, 42))]] + [both] * 3
    assert follow(film)[4:7] == [[1, 2], [1], [1, 2]]


def test_colors_of_two_in_one_are_not_learnt() -> None:
    """After some frames in which two are one in dark red, the nearer one is away for a moment and comes back further on, in red."""
    both = [Walker(60, top=30, color=RED, size=(14, 44)), Walker(64, top=26, color=BLUE, size=(14, 40))]
    one = [Walker(60, top=28, color=(40, 40, 160), size=(16, 46))]
    away: list[list[Walker]] = [[]] * 3
    film = [both] * 5 + [one] * 4 + away + [[Walker(95, top=30, color=RED, size=(14, 44))]] * 3
    assert follow(film)[-1] == [1]


def test_clothes_that_others_wear_too_bring_nobody_back() -> None:
    """One of two in grey is hidden for a while; whoever appears further on may be anybody."""
    other = Walker(140, color=GREY)
    film = [[other, Walker(20, color=GREY)]] * 3 + [[other]] * 3 + [[other, Walker(60, color=GREY)]] * 3
    assert follow(film)[-1] == [1, 3]
    unlike = [[Walker(140, color=BLUE), *people[1:]] for people in film]
    assert follow(unlike)[-1] == [1, 2]


def test_who_shows_other_colours_in_the_expected_place_is_the_same() -> None:
    """As somebody of whom more is seen in each frame; but not where a frame is long ago, or the place is another."""
    one, other = Walker(60, color=RED), Walker(60, color=BLUE)
    assert follow([[one]] * 4 + [[other]] * 3)[-1] == [1]
    assert follow([[one]] * 4 + [[other]] * 3, step_s=1.0)[-1] == [2]
    aside = Walker(68, color=BLUE)
    assert follow([[one]] * 4 + [[aside]] * 3)[-1] == [2]


def test_somebody_else_who_comes_out_there_is_somebody_else() -> None:
    film = [[Walker(60, color=RED)]] * 4 + [[]] * 3 + [[Walker(60, color=BLUE)]] * 4
    ids = follow(film)
    assert ids[3] == [1]
    assert ids[-1] == [2]


def test_one_who_is_away_for_longer_than_allowed_comes_anew() -> None:
    away: list[list[Walker]] = [[]] * 6
    film = [[Walker(60, color=RED)]] * 3 + away + [[Walker(60, color=RED)]] * 3
    assert follow(film)[-1] == [1]
    assert follow(film, ByteTrackSettings(lost_after_s=1.0))[-1] == [2]


def test_a_doubtful_person_begins_no_track_but_goes_on_with_one() -> None:
    doubtful = [[Walker(60, score=0.2)]] * 5
    assert follow(doubtful) == [[UNTRACKED]] * 5
    assert follow([[Walker(60)]] * 2 + doubtful)[-1] == [1]


@pytest.mark.parametrize(("confirm", "untracked"), [(1, 0), (2, 1), (4, 3)])
def test_a_number_comes_with_the_frame_that_confirms(confirm: int, untracked: int) -> None:
    ids = follow([[Walker(60)]] * 5, ByteTrackSettings(confirm_frames=confirm))
    assert ids == [[UNTRACKED]] * untracked + [[1]] * (5 - untracked)


def test_one_who_is_missed_before_being_confirmed_begins_again() -> None:
    film = [[Walker(60)], [], [Walker(60)], [Walker(60)]]
    assert follow(film) == [[UNTRACKED], [], [UNTRACKED], [1]]


def test_the_distance_of_frames_may_change() -> None:
    """Somebody walks on at the same speed while every second and then every fourth frame is missing."""
    tracker = ByteTracker()
    times = [0.0, 0.2, 0.4, 0.6, 1.0, 1.4, 2.2, 2.6]
    ids = [tracker.update(*scene(time_s, [Walker(round(10 + 40 * time_s))])).tolist() for time_s in times]
    assert ids[1:] == [[1]] * 7


def test_who_walks_far_between_two_frames_is_known_by_the_clothes() -> None:
    """A frame every three seconds, as of a recording of which only key frames are read."""
    film = [
        [Walker(5 + 35 * step, color=RED), Walker(120 - 30 * step, top=20, color=BLUE)] for step in range(4)
    ]
    patient = ByteTrackSettings(lost_after_s=6.0)
    assert follow(film, patient, step_s=3.0) == [[UNTRACKED, UNTRACKED], [1, 2], [1, 2], [1, 2]]


def test_a_clock_that_goes_back_is_taken_for_one_that_stands() -> None:
    tracker = ByteTracker()
    for time_s in (10.0, 10.2, 3.0, 3.2):
        ids = tracker.update(*scene(time_s, [Walker(60)]))
    assert ids.tolist() == [1]


def test_a_box_without_pixels_and_without_size_is_somebody_too() -> None:
    frame, parsed = scene(0.0, [Walker(60)])
    empty = type(parsed)(parsed.labels, parsed.person_ids * 0, parsed.scores, parsed.boxes * 0)
    tracker = ByteTracker()
    tracker.update(frame, empty)
    assert tracker.update(frame, empty).shape == (1,)


_CURE = "begin this stream anew, or go on with the Footfall and the settings that saved it"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "sort"}, "the state of the tracker was saved with kind sort, now it is bytetrack"),
        (
            {"settings": {**as_json(ByteTrackSettings()), "growth": 0.5}},
            "the state of the tracker was saved with growth 0.5, now it is 0.3",
        ),
        ({"state": {"version": 2}}, "the saved state of the tracker has version 2, this Footfall reads 1"),
        (
            {"state": {"version": 1, "next_id": 0, "time_s": None, "tracks": []}},
            "the saved state of the tracker cannot be read: next_id: Input should be greater than or equal to 1",
        ),
        (
            {"state": {"version": 1, "next_id": 2, "time_s": 1.0, "tracks": [{"track_id": 1}]}},
            "the saved state of the tracker cannot be read: tracks.0.frames: Field required",
        ),
    ],
)
def test_a_state_that_does_not_fit_is_refused_in_one_line(change: dict[str, object], message: str) -> None:
    tracker = ByteTracker()
    with pytest.raises(SnapshotError) as refused:
        tracker.restore(tracker.snapshot().model_copy(update=change))
    assert str(refused.value) == f"{message}; {_CURE}"
