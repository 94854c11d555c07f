from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import Coverage, WindowClosed, event_id
from domain.events.window_places import LineCounts, RoomCounts, ZoneCounts
from domain.merging import merged
from sinks.report.windows import KeptWindows, coarsen, kept_for
from tests.support.events import START


def window(number: int, low: int = 0, mean: float = 0.0, high: int = 0, parsed: int = 50) -> WindowClosed:
    """Ten seconds, 50 frames sampled; `parsed` 0 is a window without signal."""
    start = START + timedelta(seconds=10 * number)
    return WindowClosed(
        event_id=event_id("door", "window", str(number)),
        stream_id="door",
        event_time=start + timedelta(seconds=10),
        time_source="file",
        window_start=start,
        window_s=10,
        persons_min=low,
        persons_mean=mean,
        persons_max=high,
        visits_begun=number % 3,
        visits_ended=number % 2,
        garments={"coat": {"red": number % 2, "unknown": 1}},
        coverage=Coverage(
            frames_read=100 if parsed else 0,
            frames_sampled=50 if parsed else 0,
            frames_parsed=parsed,
            frames_dropped=50 - parsed if parsed else 0,
            seconds_observed=10 if parsed else 0,
            seconds_without_signal=0 if parsed else 10,
            share=parsed / 50,
        ),
    )


@st.composite
def streams(draw: st.DrawFn) -> list[WindowClosed]:
    numbers = sorted(draw(st.sets(st.integers(0, 400), min_size=1, max_size=60)))
    windows = []
    for number in numbers:
        low = draw(st.integers(0, 5))
        high = low + draw(st.integers(0, 5))
        parsed = draw(st.sampled_from([0, 20, 50]))
        windows.append(window(number, low, draw(st.floats(low, high)), high, parsed))
    return windows


@given(windows=streams(), limit=st.integers(1, 70))
@settings(deadline=None)
def test_nothing_is_lost_by_merging(windows: list[WindowClosed], limit: int) -> None:
    merged = coarsen(windows, limit)
    assert len(merged) <= limit
    assert _totals(merged) == _totals(windows)
    assert all(one.event_time <= other.window_start for one, other in pairwise(merged))


@given(windows=streams())
def test_few_enough_windows_stay_as_they_are(windows: list[WindowClosed]) -> None:
    assert coarsen(windows, len(windows)) == windows


def test_the_mean_is_weighted_by_frames_and_silence_is_no_zero() -> None:
    merged = coarsen([window(0, 2, 2.0, 2, parsed=50), window(1, parsed=0)], 1)[0]
    assert (merged.persons_min, merged.persons_mean, merged.persons_max) == (2, 2.0, 2)
    assert merged.coverage.share == pytest.approx(0.5)
    merged = coarsen([window(0, 1, 1.0, 1, parsed=30), window(1, 4, 4.0, 4, parsed=10)], 1)[0]
    assert (merged.persons_min, merged.persons_mean, merged.persons_max) == (1, 1.75, 4)


def test_merged_windows_are_aligned_to_the_epoch() -> None:
    for longer in coarsen([window(number) for number in range(1, 40)], 12):
        assert longer.window_s == 40
        assert longer.window_start.timestamp() % 40 == 0


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^limit must be 1 or more, got 0$"):
        coarsen([window(0)], 0)


def _totals(windows: Sequence[WindowClosed]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for one in windows:
        total["begun"] += one.visits_begun
        total["ended"] += one.visits_ended
        for field, value in one.coverage.model_dump(exclude={"share"}).items():
            total[field] += value
        for color, count in one.garments.get("coat", {}).items():
            total[color] += count
    seen = [one for one in windows if one.coverage.frames_parsed]
    total["min"] = min((one.persons_min for one in seen), default=0)
    total["max"] = max((one.persons_max for one in seen), default=0)
    weighted = sum(one.persons_mean * one.coverage.frames_parsed for one in seen)
    return {**total, "weighted": round(weighted, 6)}


def test_one_window_that_is_merged_says_all_that_it_said() -> None:
    """Whatever a window counts is added up: a field that is forgotten would be empty, as if nobody had been there."""
    full: dict[str, Any] = {
        name: number
        for number, name in enumerate(WindowClosed.model_fields, 2)
        if isinstance(window(0).model_dump()[name], int) and name not in {"window_s", "schema_version"}
    }
    parts = {"upper-body": {"red": 2}}
    one = WindowClosed.model_validate(
        {
            **window(1, 1, 1.5, 2).model_dump(),
            **full,
            "tracks_ended": 9,
            "staff_mean": 0.5,
            "staff_garments": {"coat": {"red": 1}},
            "body": parts,
            "staff_body": parts,
            "lines": (dict.fromkeys(LineCounts.model_fields, 3) | {"line": "door"},),
            "zones": (dict.fromkeys(ZoneCounts.model_fields, 4) | {"zone": "hall"},),
            "rooms": (dict.fromkeys(RoomCounts.model_fields, 5) | {"room": "shop"},),
        }
    )
    unset = one.model_fields_set ^ set(WindowClosed.model_fields)
    assert unset <= {"schema_version", "event_type", "analysis_id"}, "give the new field a value here"
    again = merged([one], one.window_start, timedelta(seconds=one.window_s))
    assert again.model_copy(update={"event_id": one.event_id}) == one
    twice = merged([one, one], one.window_start, timedelta(seconds=2 * one.window_s))
    assert (twice.staff_body, twice.lines[0].staff_in, twice.zones[0].entries, twice.groups_ended) == (
        {"upper-body": {"red": 4}},
        6,
        8,
        2 * one.groups_ended,
    )


def test_windows_of_uneven_lengths_are_merged_in_pairs_also_behind_even_ones() -> None:
    kept: KeptWindows | None = None
    even = [window(number) for number in range(3)]
    uneven = [
        window(number).model_copy(update={"min_group": 5, "window_s": 10 * number}) for number in range(3, 8)
    ]
    for one in (*even, *uneven):
        kept = kept_for(one, 4, kept)
        kept.add(one)
    assert kept is not None
    assert len(kept.kept) <= 4
    assert sum(one.visits_ended for one in kept.kept) == sum(one.visits_ended for one in (*even, *uneven))
    assert kept_for(even[0], 4, kept) is kept
