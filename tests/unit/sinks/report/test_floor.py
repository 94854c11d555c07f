"""The floor picture of the report."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.events import Event, PresenceMapped, WindowClosed, ZoneVisitEnded
from domain.events.presence import PresenceCell, PresenceFlow
from domain.events.window_places import LineCounts, ZoneCounts
from sinks.report.data import ReportData
from sinks.report.floor import WIDTH, FloorView, floor_of
from sinks.report.page import render
from sinks.report.shapes import FloorShapes, LineShape, ZoneShape
from sinks.report.sink import ReportSink
from tests.support.reports import NORTH, example_run

SHAPES = FloorShapes(
    (LineShape("door <1>", (0.2, 0.8), (0.8, 0.8), 1),),
    (ZoneShape("promotion", ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6))),),
)
LINE = LineCounts(
    line="door <1>", came_in=3, went_out=2, staff_in=0, staff_out=0, uncertain_in=1, uncertain_out=0
)
ZONE = ZoneCounts(
    zone="promotion", entries=4, staff_entries=0, ended=4, occupancy_min=0, occupancy_mean=1.5, occupancy_max=3,
    dwell_median_s=7.5, dwell_p90_s=20.0, captured=1,
)  # fmt: skip


def presence(**more: object) -> PresenceMapped:
    told = {**PresenceMapped.example, "stream_id": NORTH, **more}
    return PresenceMapped.model_validate(told)


def stay(seconds: float) -> ZoneVisitEnded:
    told = {
        **ZoneVisitEnded.example,
        "stream_id": NORTH,
        "event_id": str(seconds),
        "dwell_s": seconds,
        "unseen_s": 0.0,
    }
    return ZoneVisitEnded.model_validate(told)


def windows() -> list[WindowClosed]:
    first = next(window for window in example_run().windows if window.stream_id == NORTH)
    later = first.model_copy(update={"window_start": first.window_start + timedelta(hours=2)})
    return [one.model_copy(update={"lines": (LINE,), "zones": (ZONE,)}) for one in (first, later)]


def told(events: Sequence[Event]) -> ReportData:
    sink = ReportSink(60)
    sink.draw(NORTH, lambda *_: SHAPES, (768, 432))
    sink.store(events)
    return replace(
        example_run(),
        windows=windows(),
        listed=sink.listed,
        shapes=sink.shapes,
        heat=sink.heat,
        sizes=sink.sizes,
    )


def view(*events: Event) -> FloorView:
    floor = floor_of(NORTH, told(events), windows())
    assert floor is not None
    return floor


def test_lines_and_zones_are_drawn_with_their_counts() -> None:
    floor = view()
    (line,), (zone,) = floor.lines, floor.zones
    assert (line.counts, zone.counts) == ("6 in, 4 out", "8 entered")
    assert (line.begin, line.end) == ((200.0, 449.6), (800.0, 449.6))
    # Inside is to the right hand of who looks to the right: below.
    assert line.arrow.end[1] > line.begin[1]
    assert floor.height == round(WIDTH * 432 / 768)


@pytest.mark.parametrize("inside", [1, -1])
@pytest.mark.parametrize(("begin", "end"), [((0.2, 0.5), (0.8, 0.5)), ((0.5, 0.2), (0.5, 0.8))])
def test_what_is_written_beside_a_line_does_not_lie_on_it(
    begin: tuple[float, float], end: tuple[float, float], inside: int
) -> None:
    shapes = {NORTH: FloorShapes((LineShape("door <1>", begin, end, inside),))}
    floor = floor_of(NORTH, replace(told([]), shapes=shapes), windows())
    assert floor is not None
    (line,) = floor.lines
    # Its two rows reach from 19 above its point to 29 below, and half the width of 11 letters to each side.
    left, right = line.label[0] - 55, line.label[0] + 55
    top, bottom = line.label[1] - 19, line.label[1] + 29
    assert right < line.begin[0] or line.end[0] < left or bottom < line.begin[1] or line.end[1] < top


def test_crossings_are_told_by_the_hour_with_those_between() -> None:
    bars = view().hours
    assert [(bar.value, bar.other) for bar in bars] == [(3, 2), (0, 0), (3, 2)]
    assert [bar.share for bar in bars] == [1.0, 0.0, 1.0]


def test_stays_are_told_by_their_length() -> None:
    bars = view(stay(1.0), stay(7.0), stay(8.0), stay(700.0)).dwells
    assert [(bar.label, bar.value) for bar in bars if bar.value] == [
        ("below 2 s", 1),
        ("below 10 s", 2),
        ("10 min or more", 1),
    ]


def test_the_hottest_cell_is_the_strongest_and_poor_coverage_fades_everything() -> None:
    cells = view(presence()).heat
    assert [cell.about for cell in cells] == ["84.6 s", "12.2 s"]
    assert cells[0].opacity > cells[1].opacity > 0
    coverage = presence().coverage.model_copy(
        update={"seconds_observed": 1800.0, "seconds_without_signal": 1800.0}
    )
    faint = view(presence(coverage=coverage))
    assert faint.heat[0].opacity == pytest.approx(cells[0].opacity / 2, abs=0.01)
    assert "seen 50 % of the time" in faint.heat_note.replace("\u202f", " ").replace("\xa0", " ")


def test_a_calibrated_camera_is_drawn_by_the_square_metre() -> None:
    near = PresenceCell(across=1, down=2, seconds=10.0, square_metres=0.1)
    far = PresenceCell(across=1, down=1, seconds=20.0, square_metres=1.0)
    floor = view(presence(cells=(near, far)))
    assert [cell.about for cell in floor.heat] == ["20.0 s a square metre", "100.0 s a square metre"]


def test_maps_add_up_and_one_that_is_offered_again_does_not() -> None:
    first = presence()
    later = presence(
        interval_start=first.interval_start + timedelta(hours=1),
        flows=(PresenceFlow(across=3, down=4, toward="up", persons=2),),
    )
    floor = view(first, first, later)
    assert [cell.about for cell in floor.heat] == ["169.2 s", "24.4 s"]
    assert [arrow.about for arrow in floor.flows] == ["7 persons right", "2 persons up"]


def test_a_stream_without_a_floor_has_no_picture_of_it() -> None:
    assert floor_of(NORTH, example_run(), []) is None


def test_names_are_escaped_in_the_page() -> None:
    page = render(told([presence(), stay(7.0)]))
    assert "door &lt;1&gt;" in page
    assert "door <1>" not in page
