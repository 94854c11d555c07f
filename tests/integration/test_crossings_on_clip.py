"""The one-by-one clip: six persons, each across a line through the middle of the picture as often as was seen by eye."""

from pathlib import Path

import pytest

from benchmarks.places.clip import Golden, crossings
from pipeline.parsers.lite.parser import LiteParser
from tests.support.shared_data import shared_file

GOLDEN = Path(__file__).parents[1] / "golden" / "one_by_one_crossings.json"


@pytest.mark.shared_data
def test_everybody_in_the_clip_crosses_the_line_as_seen_by_eye() -> None:
    golden = Golden.read(GOLDEN)
    told = crossings(shared_file(f"data/video/{golden.clip}"), golden, LiteParser(), golden.spans)
    assert [direction for direction, _ in told] == [direction for direction, _, _ in golden.crossings]
    for (_, second), (_, begin, end) in zip(told, golden.crossings, strict=True):
        assert begin - 0.5 <= second <= end + 0.5
