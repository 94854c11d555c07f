from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import BodyWorn, ColorName, CoveredPart, OutfitItem, VisitEnded
from sinks.report.axis import TimeAxis
from sinks.report.charts import Bar, clothing, persons_chart, timeline
from tests.support.events import START, visit_event
from tests.unit.sinks.report.test_windows import window

AXIS = TimeAxis(START, START + timedelta(seconds=100))


def visit(track_id: int, begin: float, end: float, *worn: tuple[str, str, float]) -> VisitEnded:
    outfit = tuple(
        OutfitItem.model_validate(
            {"part": part, "color": color, "share": share, "color_share": 0.5, "confidence": 0.5}
        )
        for part, color, share in worn
    )
    update = {
        "track_id": track_id,
        "started_at": START + timedelta(seconds=begin),
        "event_time": START + timedelta(seconds=end),
        "duration_s": end - begin,
        "outfit": outfit,
    }
    return visit_event().model_copy(update=update)


def unnamed(part: CoveredPart, color: ColorName) -> BodyWorn:
    return BodyWorn(
        part=part,
        garment="unknown",
        garment_confidence=0.6,
        color=color,
        share=1.0,
        color_share=0.9,
        confidence=0.8,
    )


def test_band_and_mean_follow_the_numbers() -> None:
    chart = persons_chart([window(0, 0, 0.5, 1), window(1, 1, 1.5, 2)], AXIS)
    assert chart.mean == "M0.00 75.00 L10.00 75.00 L10.00 25.00 L20.00 25.00"
    assert chart.band == (
        "M0.00 50.00 L10.00 50.00 L10.00 0.00 L20.00 0.00 L20.00 50.00 L10.00 50.00 L10.00 100.00 L0.00 100.00 Z"
    )
    assert [level.label for level in chart.levels] == ["0", "1", "2"]
    assert chart.windows[1].title == "09:30:10\u201309:30:20: 1 to 2 persons, 1.5 on average"


def test_nothing_is_drawn_where_nothing_was_parsed() -> None:
    windows = [window(0, 1, 1, 1), window(1, parsed=0), window(2, 1, 1, 1, parsed=40), window(5, 1, 1, 1)]
    chart = persons_chart(windows, AXIS)
    assert chart.mean.count("M") == 3
    assert [(span.kind, span.left, span.width) for span in chart.signal] == [
        ("full", 0, 10),
        ("none", 10, 10),
        ("partial", 20, 10),
        ("none", 30, 20),
        ("full", 50, 10),
    ]
    assert [span.title.split(": ")[1] for span in chart.signal] == [
        "every sampled frame parsed",
        "10 s without signal",
        "10 frames dropped",
        "nothing is known",
        "every sampled frame parsed",
    ]


@pytest.mark.parametrize("top", [1, 3, 7, 24, 250])
def test_levels_are_whole_persons_and_few(top: int) -> None:
    chart = persons_chart([window(0, 0, 1, top)], AXIS)
    values = [int(level.label) for level in chart.levels]
    assert values[0] == 0
    assert top * 3 / 5 <= values[-1] <= top
    assert len(values) <= 6


def test_an_empty_scene_has_an_axis() -> None:
    chart = persons_chart([window(0), window(1)], AXIS)
    assert [level.label for level in chart.levels] == ["0", "1"]


@given(
    times=st.lists(
        st.tuples(st.floats(0, 90), st.floats(0.1, 40)).map(lambda pair: (pair[0], sum(pair))), max_size=30
    )
)
@settings(deadline=None)
def test_no_two_bars_of_a_lane_overlap(times: list[tuple[float, float]]) -> None:
    drawn = timeline([visit(number, *time) for number, time in enumerate(times)], AXIS)
    assert len(drawn.bars) == len(times)
    assert drawn.lanes == len({bar.lane for bar in drawn.bars})
    for lane in range(drawn.lanes):
        bars = sorted((bar for bar in drawn.bars if bar.lane == lane), key=lambda bar: bar.left)
        assert all(_right(one) <= other.left for one, other in pairwise(bars))


def test_a_bar_has_the_colour_of_the_upper_body_whatever_is_worn_there() -> None:
    upper = visit(7, 10, 24, ("pants", "blue", 1.0)).model_copy(
        update={"body": (unnamed("upper-body", "red"),)}
    )
    bare = visit(8, 50, 60, ("hat", "red", 1.0)).model_copy(update={"body": ()})
    bars = timeline([upper, bare], AXIS).bars
    assert [bar.color for bar in bars] == ["red", "unknown"]
    assert bars[0].title == "#7: 09:30:10, 14 s; upper-body red, pants blue"
    assert (bars[0].left, bars[0].width) == (10, 14)


def test_clothing_adds_up_over_streams_groups_first_and_unknown_last() -> None:
    rows = clothing(
        [{"lower-body": {"blue": 2}}, {"upper-body": {"red": 2, "black": 1}}],
        [
            {"coat": {"unknown": 1, "red": 2}, "hat": {"red": 0}},
            {"coat": {"black": 1}, "pants": {"blue": 2}},
        ],
    )
    assert [(row.garment, row.total) for row in rows] == [
        ("upper-body", 3),
        ("lower-body", 2),
        ("coat", 4),
        ("pants", 2),
    ]
    assert [(part.color, part.count, part.width) for part in rows[2].segments] == [
        ("black", 1, 25),
        ("red", 2, 50),
        ("unknown", 1, 25),
    ]


def _right(bar: Bar) -> float:
    return bar.left + bar.width
