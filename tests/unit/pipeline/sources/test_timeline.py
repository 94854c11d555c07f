from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.timeline import LONGEST_STEP_S, MediaClock

STAMPS = st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12)), min_size=1, max_size=60)


def times(stamps: list[float | None], step_s: float = 0.1) -> list[float]:
    clock = MediaClock()
    return [clock.at(stamp, step_s) for stamp in stamps]


@given(STAMPS, st.floats(0, 10))
def test_begins_at_zero_and_never_runs_back_or_far_ahead(stamps: list[float | None], step_s: float) -> None:
    media = times(stamps, step_s)

    assert media[0] == 0.0
    assert all(0 <= after - before <= LONGEST_STEP_S * (1 + 1e-9) for before, after in pairwise(media))


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=50), st.integers(-(10**9), 10**9))
def test_is_the_stamp_less_the_first_one_where_stamps_grow(steps_ms: list[int], start_ms: int) -> None:
    stamps_ms = [start_ms]
    for step in steps_ms:
        stamps_ms.append(stamps_ms[-1] + step)

    media = times([stamp / 1000 for stamp in stamps_ms])

    assert media == pytest.approx([(stamp - start_ms) / 1000 for stamp in stamps_ms], abs=1e-6)


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        pytest.param([None, None, None], [0.0, 0.1, 0.2], id="no stamps at all"),
        pytest.param([5.0, None, 5.2], [0.0, 0.1, 0.2], id="one without"),
        pytest.param([None, 7.0, 7.1], [0.0, 0.1, 0.2], id="the first without"),
        pytest.param([0.0, 0.2, 0.15, 0.3], [0.0, 0.2, 0.2, 0.3], id="a little behind"),
        pytest.param([9.0, 9.1, 0.0, 0.1, 0.2], [0.0, 0.1, 0.2, 0.3, 0.4], id="begins anew"),
        pytest.param([9.0, 9.1, 2.0, 9.3, 9.4], [0.0, 0.1, 0.2, 0.3, 0.4], id="one stray back"),
        pytest.param([0.0, 0.1, 1e9, 0.3, 0.4], [0.0, 0.1, 0.2, 0.3, 0.4], id="one stray ahead"),
        pytest.param([0.0, 0.1, 1e9, 1e9 + 0.1], [0.0, 0.1, 0.2, 0.3], id="a clock that was set"),
        pytest.param([0.0, 0.1, 3600.0, 3600.1], [0.0, 0.1, 3600.0, 3600.1], id="an hour without a picture"),
    ],
)
def test_odd_stamps(stamps: list[float | None], expected: list[float]) -> None:
    assert times(stamps) == pytest.approx(expected, abs=1e-6)


def test_stamps_that_stand_still_do_not_stop_the_time() -> None:
    assert times([3.0] * 200)[-1] > 10.0


def test_a_restart_goes_on_behind_the_gap() -> None:
    clock = MediaClock()
    clock.at(50.0, 0.1)
    clock.at(50.5, 0.1)

    clock.restart(4.0)

    assert clock.at(0.02, 0.0) == pytest.approx(4.5)
    assert clock.at(0.12, 0.1) == pytest.approx(4.6)


def test_peek_does_not_move_on() -> None:
    clock = MediaClock()
    assert clock.peek(1.0) is None
    clock.at(10.0, 0.1)
    assert clock.peek(12.0) == pytest.approx(2.0)
    assert clock.peek(None) is None
    assert clock.peek(1e9) is None
    assert clock.at(10.1, 0.1) == pytest.approx(0.1)


STEP_S = 0.1
_LEAPS = st.one_of(
    st.floats(LONGEST_STEP_S * 2, 1e8), st.floats(-1e8, -60.0), st.just(-(2**33) / 90_000), st.just(86_400.0)
)
_PIECES = st.lists(st.tuples(st.integers(4, 40), _LEAPS), min_size=1, max_size=5)


@given(_PIECES, st.data())
def test_leaps_wraps_and_absent_stamps_do_not_change_the_length(
    pieces: list[tuple[int, float]], data: st.DataObject
) -> None:
    stamps: list[float | None] = []
    leaps: list[float] = []
    offset_s = 0.0
    for frames, leap_s in pieces:
        begin = len(stamps)
        stamps += [offset_s + STEP_S * (begin + number) for number in range(frames)]
        offset_s += leap_s
    for position in data.draw(st.sets(st.integers(0, len(stamps) - 1), max_size=5)):
        stamps[position] = None

    clock = MediaClock(on_leap=lambda _at_s, leap_s: leaps.append(leap_s))
    media = [clock.at(stamp, STEP_S) for stamp in stamps]

    assert media[-1] == pytest.approx(STEP_S * (len(stamps) - 1), abs=STEP_S * 1.01 * len(pieces))
    assert all(before <= after for before, after in pairwise(media))
    assert len(leaps) <= len(pieces) - 1


@given(st.lists(st.integers(0, 4), min_size=2, max_size=60))
def test_repeated_stamps_add_no_time(repeats: list[int]) -> None:
    stamps: list[float | None] = [
        STEP_S * number for number, times_seen in enumerate(repeats) for _ in range(1 + times_seen)
    ]
    assert times(stamps)[-1] == pytest.approx(STEP_S * (len(repeats) - 1))


def test_a_leap_is_told_once_with_its_length() -> None:
    leaps: list[tuple[float, float]] = []
    clock = MediaClock(on_leap=lambda at_s, leap_s: leaps.append((at_s, leap_s)))
    for stamp in (0.0, 0.1, 93_600.2, 93_600.3, 93_600.4):
        clock.at(stamp, 0.1)
    assert np.allclose(leaps, [(0.2, 93_600.0)])


def test_stamps_that_stand_still_do_not_shorten_a_recording() -> None:
    clock = MediaClock()

    times = [clock.at(0.0, 0.1) for _ in range(60)]

    assert times == sorted(times)
    assert times[-1] == pytest.approx(5.9, abs=0.11)
