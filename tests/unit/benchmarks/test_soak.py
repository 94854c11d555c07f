"""What a soak complains of."""

import os
from dataclasses import replace

import pytest

from benchmarks.soak import Reading, problems

CALM = Reading(resident_mib=500.0, private_mib=400.0, threads=26, descriptors=13)


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (CALM, []),
        (replace(CALM, resident_mib=524.0), []),
        (replace(CALM, resident_mib=530.0), ["memory grew by 6.0% after minute 5"]),
        (
            replace(CALM, threads=28, descriptors=14),
            ["2 threads more than in minute 5", "1 descriptors more than in minute 5"],
        ),
    ],
)
def test_what_is_left_behind_after_five_minutes_is_told(last: Reading, found: list[str]) -> None:
    start = [replace(CALM, resident_mib=300.0 + 50 * minute) for minute in range(4)]
    assert problems([*start, *[CALM] * 5, *[last] * 5]) == found
    assert problems([*start, *[last] * 3]) == []


def test_a_process_is_read() -> None:
    reading = Reading.of(os.getpid())
    assert reading.resident_mib > reading.private_mib > 10
    assert reading.threads >= 1
    assert reading.descriptors >= 3
