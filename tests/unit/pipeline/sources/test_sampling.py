import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.sampling import TimeSampler

RATES = st.floats(0.05, 60)
STEPS = st.lists(st.floats(0, 3), min_size=1, max_size=200)


def taken(times: list[float], sample_fps: float) -> list[float]:
    sampler = TimeSampler(sample_fps)
    return [time for time in times if sampler.take(time)]


def running(steps: list[float]) -> list[float]:
    times = [0.0]
    for step in steps:
        times.append(times[-1] + step)
    return times


@given(STEPS, RATES)
def test_never_more_than_the_rate_on_average(steps: list[float], sample_fps: float) -> None:
    times = running(steps)
    picked = taken(times, sample_fps)

    for first in range(len(picked)):
        length = picked[-1] - picked[first]
        assert len(picked) - first <= length * sample_fps + 2.0 + 1e-6


@given(STEPS, RATES)
def test_the_first_frame_is_taken_and_no_slot_is_left_out(steps: list[float], sample_fps: float) -> None:
    times = running(steps)
    picked = taken(times, sample_fps)

    assert picked[0] == 0.0
    longest_gap = max(after - before for before, after in pairwise(times))
    assert all(after - before <= 1.4 / sample_fps + longest_gap + 1e-6 for before, after in pairwise(picked))


@given(st.integers(1, 60), st.integers(1, 60))
def test_constant_rates_are_thinned_evenly(fps: int, sample_fps: int) -> None:
    times = [number / fps for number in range(300)]
    picked = [round(time * fps) for time in taken(times, float(sample_fps))]

    gaps = {after - before for before, after in pairwise(picked)}
    assert len(gaps) <= 2
    assert max(gaps) - min(gaps) <= 1
    assert min(gaps) >= math.floor(fps / sample_fps) or fps <= sample_fps


@given(st.integers(1, 30), st.integers(0, 1000))
def test_rounding_to_milliseconds_makes_no_difference(sample_fps: int, start_ms: int) -> None:
    exact = [number / 30 for number in range(200)]
    rounded = [round(start_ms + 1000 * time) / 1000 for time in exact]
    one, other = TimeSampler(sample_fps), TimeSampler(sample_fps)

    assert [one.take(time) for time in exact] == [other.take(time - rounded[0]) for time in rounded]


def test_a_slower_stream_is_taken_whole_in_spite_of_jitter() -> None:
    times = [0.0, 0.19, 0.41, 0.58, 0.83, 1.0, 1.19]
    assert taken(times, 5.0) == times


@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=100), RATES)
def test_jumps_back_count_as_no_time(times: list[float], sample_fps: float) -> None:
    forward = sum(max(0.0, after - before) for before, after in pairwise(times))
    assert 1 <= len(taken(times, sample_fps)) <= forward * sample_fps * (1 + 1e-9) + 2


def test_goes_on_behind_a_jump_back() -> None:
    times = [0.0, 0.1, 0.2, 0.3, 0.4, 0.0, 0.1, 0.2, 0.3, 0.4]
    assert taken(times, 5.0) == [0.0, 0.2, 0.4, 0.2, 0.4]


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, math.inf])
def test_refuses_a_rate_that_is_none(rate: float) -> None:
    with pytest.raises(ValueError, match="sample_fps must be a positive number"):
        TimeSampler(rate)
