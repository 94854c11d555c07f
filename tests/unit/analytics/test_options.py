"""Options that make no sense."""

from typing import Any

import pytest

from analytics.options import AnalyticsOptions


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"window_lengths_s": (10, 0)}, "window_lengths_s must be different positive numbers, got (10, 0)"),
        ({"window_lengths_s": (10, 10)}, "window_lengths_s must be different positive numbers, got (10, 10)"),
        ({"lost_after_s": -1.0}, "lost_after_s must not be negative, got -1.0"),
        ({"min_person_pixels": 0}, "min_person_pixels must be at least 1, got 0"),
        ({"min_presence": 1.5}, "min_presence must be between 0 and 1, got 1.5"),
    ],
)
def test_wrong_options_are_refused_by_name(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        AnalyticsOptions(**wrong)
    assert str(refused.value) == message
