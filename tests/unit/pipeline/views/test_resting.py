"""A finder that rests: when it looks again, whom it may miss and for how long, and how it goes on after a kill."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.frame import BgrImage, SignalLost
from pipeline.finders.base import Found
from pipeline.views.resting import Resting, Sight, SightState, cells_of, has_moved
from tests.support.streams import START
from tests.support.views import shown

REST_S = 1.0
LARGE = (720, 1280)
GROUND = 60
LEAST = 12
"""Levels by which somebody in dark clothes differs from dark ground: 8 % of what lies between black and mid grey."""


class DarkFinder:
    """Finds whatever is darker than the ground by a level or more; counts its looks, and may be told what to find next."""

    def __init__(self) -> None:
        self.looks = 0
        self.told: list[int] = []

    def find(self, image: BgrImage) -> Found:
        self.looks += 1
        rows, columns = np.nonzero(image[..., 0] < GROUND)
        count = self.told.pop(0) if self.told else int(len(rows) > 0)
        sides = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else (0, 0, 9, 9)
        boxes = np.array([sides] * count, np.float32).reshape(-1, 4)
        return Found(boxes, np.full(count, 0.1, np.float32), np.full(count, 1 / 3, np.float32))


def place(size: tuple[int, int] = (90, 160)) -> BgrImage:
    """An empty one."""
    return np.full((*size, 3), GROUND, np.uint8)


def with_somebody(
    left: int,
    top: int,
    width: int = 8,
    height: int = 20,
    less: int = LEAST,
    size: tuple[int, int] = (90, 160),
) -> BgrImage:
    image = place(size)
    image[top : top + height, max(0, left) : max(0, left + width)] = GROUND - less
    return image


def film(images: Sequence[BgrImage], step_s: float = 0.2, resting: Resting | None = None) -> list[Sight]:
    resting = resting or Resting(DarkFinder().find, REST_S)
    return [resting.find(shown(image, number * step_s)) for number, image in enumerate(images)]


def test_in_an_unmoving_place_it_looks_once_in_the_limit() -> None:
    finder = DarkFinder()
    sights = film([place()] * 26, resting=Resting(finder.find, REST_S))
    # Twice at first, as one look is not to be relied on, then after 1.2, 2.2, ... 4.2 s.
    assert finder.looks == 6
    assert [sight.rested for sight in sights[:8]] == [0, 0, 1, 2, 3, 4, 4, 5]
    assert sights[-1].rested == 20
    assert not any(map(len, sights))


def test_somebody_who_stands_still_is_there_while_it_rests() -> None:
    finder = DarkFinder()
    sights = film([with_somebody(40, 30)] * 11, resting=Resting(finder.find, REST_S))
    assert finder.looks < len(sights) / 2
    for sight in sights:
        assert sight.boxes.tolist() == [[40, 30, 48, 50]]
        assert sight.scores.tolist() == [np.float32(0.1)]
        assert sight.odds is not None
        assert sight.odds.tolist() == [np.float32(1 / 3)]


@lru_cache(maxsize=2)
def noise(number: int) -> npt.NDArray[np.float64]:
    """Of a camera in poor light, at each pixel and in each colour by itself."""
    return np.random.default_rng(number).normal(0, 4, (*LARGE, 3))


def noisy(image: BgrImage, number: int) -> BgrImage:
    return (image + noise(number)).clip(0, 255).astype(np.uint8)


@given(left=st.integers(0, 1272), top=st.integers(0, 700), brighter=st.booleans())
@settings(max_examples=40, deadline=None)
def test_who_is_20_pixels_tall_and_dark_on_dark_ground_is_seen_to_come_in_at_once(
    left: int, top: int, *, brighter: bool
) -> None:
    somebody = with_somebody(left, top, less=-LEAST if brighter else LEAST, size=LARGE)
    assert has_moved(cells_of(noisy(place(LARGE), 0)), cells_of(noisy(somebody, 1)))


def test_noise_alone_does_not_wake_it() -> None:
    assert not has_moved(*(cells_of(noisy(place(LARGE), number)) for number in (0, 1)))


@given(
    steps=st.lists(st.integers(0, 12), min_size=2, max_size=30),
    step_s=st.sampled_from([0.04, 0.1, 0.2, 0.7, 1.5]),
    less=st.integers(1, 40),
)
@settings(max_examples=80, deadline=None)
def test_nobody_is_unnoticed_for_longer_than_the_limit(steps: list[int], step_s: float, less: int) -> None:
    """However slowly somebody enters and however little they stand out: what holds was seen less than the limit ago."""
    images = [with_somebody(place_ - 8, 30, less=less) for place_ in np.cumsum(steps)]
    found, looked = [len(DarkFinder().find(image)) for image in images], 0
    for number, sight in enumerate(film(images, step_s)):
        looked = looked if sight.held else number
        assert (number - looked) * step_s < REST_S
        assert len(sight) == found[looked]
        assert not has_moved(cells_of(images[number]), cells_of(images[looked]))


def test_who_enters_too_slowly_to_be_seen_moving_is_found_a_limit_later_at_most() -> None:
    """Three levels darker than the ground, and a pixel a second further into the picture."""
    images = [with_somebody(number // 5 - 8, 30, less=3) for number in range(60)]
    wide_awake, resting = film(images, resting=Resting(DarkFinder().find, 0.0)), film(images)
    first, later = (
        next(n for n, sight in enumerate(sights) if len(sight)) for sights in (wide_awake, resting)
    )
    assert resting[-1].rested > 30
    assert 0 <= later - first <= REST_S / 0.2
    assert all(map(len, resting[later:]))


def test_slow_changes_of_light_do_not_wake_it_and_a_lamp_does() -> None:
    finder = DarkFinder()
    resting = Resting(finder.find, REST_S)
    dusk = [place() + np.uint8(number // 4) for number in range(40)]
    film(dusk, resting=resting)
    assert finder.looks == 9
    resting.find(shown(dusk[-1] + np.uint8(20), 7.9))
    assert finder.looks == 10


@pytest.mark.parametrize("flicker", [[0, 0, 2, 0, 0, 0], [1, 1, 0, 1, 1, 1]])
def test_what_was_seen_or_missed_once_is_not_held(flicker: list[int]) -> None:
    finder = DarkFinder()
    finder.told = list(flicker)
    usual = flicker[0]
    counts = [len(sight) for sight in film([place()] * 14, resting=Resting(finder.find, REST_S))]
    assert counts == [usual] * 6 + [flicker[2]] + [usual] * 7


def test_another_size_or_a_clock_that_begins_again_makes_it_look() -> None:
    finder = DarkFinder()
    resting = Resting(finder.find, REST_S)
    for number, (size, time_s) in enumerate(
        [((90, 160), 9.0), ((90, 160), 9.2), ((180, 320), 9.4), ((180, 320), 0.0)], start=1
    ):
        resting.find(shown(place(size), time_s))
        assert finder.looks == number


@given(
    steps=st.lists(st.sampled_from([0, 0, 0, 1, 9]), min_size=2, max_size=25),
    data=st.data(),
    less=st.integers(2, 9),
)
@settings(max_examples=60, deadline=None)
def test_going_on_from_its_state_is_never_having_stopped(
    steps: list[int], less: int, data: st.DataObject
) -> None:
    frames = [
        shown(with_somebody(place_ - 8, 30, less=less), number * 0.2)
        for number, place_ in enumerate(np.cumsum(steps))
    ]
    cut = data.draw(st.integers(1, len(frames) - 1))
    first, finder = Resting(DarkFinder().find, REST_S), DarkFinder()
    whole = [first.find(frame) for frame in frames]
    looked = max(number for number in range(cut) if not whole[number].held)
    saved = SightState.model_validate_json(whole[cut - 1].state(looked + 1).model_dump_json())
    second = Resting(finder.find, REST_S, saved, cut - looked)
    again = [second.find(frame) for frame in frames[looked:] if not second.knows(frame)]
    assert [sight.state(1) for sight in again] == [sight.state(1) for sight in whole[cut:]]
    assert [sight.held for sight in again] == [sight.held for sight in whole[cut:]]
    assert finder.looks == sum(not sight.held for sight in again)


def test_a_signal_that_was_lost_since_the_finder_looked_is_passed_by_as_well() -> None:
    resting = Resting(DarkFinder().find, REST_S, film([place()] * 3)[-1].state(2), 3)
    lost = SignalLost("door", START, "file", "paused")
    assert [resting.knows(item) for item in (shown(place(), 0.2), lost, shown(place(), 0.4))] == [True] * 3
    assert not resting.knows(lost)
    assert resting.find(shown(place(), 0.6)).held


@pytest.mark.parametrize("change", [{"scores": [1.0, 1.0]}, {"odds": []}, {"boxes": []}, {"items": 0}])
def test_a_state_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    saved = film([with_somebody(40, 30)])[0].state(1)
    with pytest.raises(ValidationError):
        SightState.model_validate({**saved.model_dump(), **change})
