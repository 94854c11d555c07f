"""Pictures wait for what comes next, in order, and none is lost."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.frame import SignalLost, SignalRestored
from domain.parsing import ParsedFrame
from pipeline.looking_ahead import LookAhead, Ready
from pipeline.post_processing import ParsedItem
from tests.support.streams import START, plain_frame

NOBODY = ParsedFrame.empty(48, 64)


def pictures(count: int, step_s: float = 0.2) -> list[ParsedItem]:
    return [(plain_frame(number, step_s=step_s), NOBODY) for number in range(count)]


def told(ready: Iterable[Ready]) -> list[tuple[float | None, list[float]]]:
    """When each was taken that leaves, and when those after it."""
    return [
        (
            round(item[0].media_time_s, 3) if isinstance(item, tuple) else None,
            [round(one.media_time_s, 3) for one in later],
        )
        for item, later in ready
    ]


def after_each(ahead: LookAhead, items: Sequence[ParsedItem]) -> list[list[tuple[float | None, list[float]]]]:
    return [told(ahead.put(item)) for item in items]


def test_a_picture_leaves_as_soon_as_one_is_there_that_is_late_enough() -> None:
    ahead = LookAhead(0.4)
    assert after_each(ahead, pictures(4)) == [[], [], [(0.0, [0.2, 0.4])], [(0.2, [0.4, 0.6])]]
    assert told(ahead.flush()) == [(0.4, [0.6]), (0.6, [])]
    assert told(ahead.flush()) == []


def test_one_later_picture_is_enough_where_they_are_far_apart() -> None:
    assert after_each(LookAhead(0.4), pictures(3, 1.0)) == [[], [(0.0, [1.0])], [(1.0, [2.0])]]


def test_nothing_waits_with_0() -> None:
    assert after_each(LookAhead(0.0), pictures(3)) == [[(0.0, [])], [(0.2, [])], [(0.4, [])]]


@pytest.mark.parametrize("lost", [True, False])
def test_nothing_waits_for_a_camera_that_is_away(*, lost: bool) -> None:
    ahead = LookAhead(0.4)
    after_each(ahead, pictures(2))
    signal = (
        SignalLost("door", START, "camera", "gone") if lost else SignalRestored("door", START, "camera", 1.0)
    )
    assert told(ahead.put(signal)) == [(0.0, [0.2]), (0.2, []), (None, [])]


@given(st.lists(st.one_of(st.integers(1, 12), st.none()), max_size=40), st.sampled_from((0.0, 0.4, 1.0, 5.0)))
def test_every_item_leaves_once_and_in_order(steps: list[int | None], seconds: float) -> None:
    ahead = LookAhead(seconds)
    items: list[ParsedItem] = []
    moment = 0
    for step in steps:
        moment += step or 0
        signal = SignalLost("door", START, "camera", "gone")
        items.append(signal if step is None else (plain_frame(moment, step_s=0.1), NOBODY))
    left, most = list[Ready](), 0
    for number, item in enumerate(items):
        left += ahead.put(item)
        most = max(most, number + 1 - len(left))
    left += ahead.flush()
    assert [item for item, _ in left] == items
    assert most <= 8


def test_one_that_is_hardly_later_at_all_lets_those_before_it_go() -> None:
    assert after_each(LookAhead(1e-7), pictures(3)) == [[], [(0.0, [0.2])], [(0.2, [0.4])]]


def test_the_next_picture_may_take_as_long_as_the_camera_takes() -> None:
    ahead = LookAhead(0.4)
    after_each(ahead, pictures(1, 4.0))
    assert ahead.patience_s == 0.0, "nothing is known of its pace yet"
    after_each(ahead, pictures(2, 4.0)[1:])
    assert ahead.patience_s == 8.0
    list(ahead.flush())
    assert ahead.patience_s == 0.0, "nothing waits"
    after_each(ahead, [SignalLost("door", START, "camera", "gone"), *pictures(9, 4.0)[8:]])
    assert ahead.patience_s == 0.0, "how long it was away says nothing"
    after_each(ahead, pictures(4, 60.0)[3:])
    assert ahead.patience_s == 10.0
