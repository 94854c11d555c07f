"""Lines and zones in overlays."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from analytics.floor import FloorPlan, Line, Zone
from config.cameras import CameraSettings
from domain.events import Event, LineCrossed, ZoneVisitEnded
from domain.frame import BgrImage
from pipeline.captions import Rect
from pipeline.compositor import Compositor
from pipeline.drawing import drawing_of, floor_of
from pipeline.floor_counts import FloorCountsState
from pipeline.floor_painter import FloorPainter
from tests.support.figures import COAT, PANTS, Figure, scene

PLAN = FloorPlan(
    lines=(Line("door", (0.2, 0.8), (0.8, 0.8), 1),),
    zones=(Zone("hall", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.5)), None, ()),),
)
CAMERA = {
    "source": "synthetic:",
    "id": "door",
    "lines": {"door": {"from": [0.2, 0.8], "to": [0.8, 0.8], "in": "left"}},
}


def painted(painter: FloorPainter) -> BgrImage:
    canvas = np.full((360, 640, 3), 128, np.uint8)
    paint(painter, canvas, 14)
    return canvas


def paint(painter: FloorPainter, canvas: BgrImage, size: int, around: Sequence[Rect] = ()) -> None:
    font, extent = cv2.FontFace("sans"), (canvas.shape[1], canvas.shape[0])
    painter.paint(canvas, font, size, painter.names(extent, font, size, around))


def crossing(direction: str, certainty: str = "seen") -> Event:
    told = {**LineCrossed.example, "line": "door", "direction": direction, "certainty": certainty}
    return LineCrossed.model_validate(told)


def test_a_line_is_drawn_with_an_arrow_inwards_and_a_zone_is_tinted() -> None:
    done = painted(FloorPainter(PLAN, counts=False))
    assert tuple(done[288, 200]) == (96, 214, 88)
    assert (done[300, 320] != 128).any()
    assert (done[270, 320] == 128).all()
    assert (done[60, 100] != 128).any()
    assert (done[20, 600] == 128).all()


def test_what_is_counted_stands_beside_the_names() -> None:
    painter = FloorPainter(PLAN, counts=True)
    before = painted(painter)
    painter.hear([crossing("in"), crossing("in", "uncertain")])
    once = painted(painter)
    assert (before != once).any()
    painter.hear([ZoneVisitEnded.model_validate({**ZoneVisitEnded.example, "zone": "hall"})])
    assert (painted(painter) != once).any()
    quiet = FloorPainter(PLAN, counts=False)
    names = painted(quiet)
    quiet.hear([crossing("in")])
    assert (painted(quiet) == names).all()


@pytest.mark.parametrize("legend", [Rect(6, 330, 640, 354), Rect(100, 300, 500, 360)])
def test_the_name_of_a_line_at_the_lower_border_keeps_clear_of_the_legend(legend: Rect) -> None:
    plan = FloorPlan(
        lines=(Line("door", (0.5, 0.4), (0.5, 0.99), 1), Line("gate", (0.5, 0.4), (0.5, 0.99), 1)), zones=()
    )
    canvas = np.full((360, 640, 3), 128, np.uint8)
    paint(FloorPainter(plan, counts=True), canvas, 14, [legend])
    beside = canvas.copy()
    beside[:, 310:330] = 128
    assert (beside[legend.top : legend.bottom, legend.left : legend.right] == 128).all()
    # Both names stand above it, one above the other.
    assert (beside[legend.top - 2 * 20 : legend.top - 20] != 128).any()
    assert (beside[legend.top - 20 : legend.top] != 128).any()


@pytest.mark.parametrize("left", range(40, 560, 40))
def test_no_tag_of_a_person_covers_the_name_of_a_line(left: int) -> None:
    plan = FloorPlan(lines=(Line("door", (0.1, 0.25), (0.5, 0.25), 1),))
    painter = FloorPainter(plan, counts=True)
    drawn = scene(640, 360, [Figure((left, 110, left + 50, 300), 7, (COAT, PANTS))])
    compositor = Compositor(floor=painter)
    (tag,) = [
        plate.area
        for plate in compositor.plates(drawn.frame, drawn.parsed, drawn.observed)
        if any(text.words == "#7" for text in plate.texts)
    ]
    (name,) = painter.names((640, 360), cv2.FontFace("sans"), 11, [])
    area = name.area
    apart = (
        tag.right <= area.left or area.right <= tag.left or tag.bottom <= area.top or area.bottom <= tag.top
    )
    assert apart


@pytest.mark.parametrize("size", [(48, 64), (90, 160), (1080, 1920)])
def test_it_fits_into_small_and_large_pictures(size: tuple[int, int]) -> None:
    canvas = np.zeros((*size, 3), np.uint8)
    paint(FloorPainter(PLAN, counts=True), canvas, 12)
    assert canvas.any()


def test_it_can_be_switched_off_and_is_nothing_where_nothing_is_drawn() -> None:
    assert floor_of(CameraSettings.model_validate(CAMERA), counts=True) is not None
    off = {**CAMERA, "overlay": {"floor": False}}
    assert floor_of(CameraSettings.model_validate(off), counts=True) is None
    bare = {key: CAMERA[key] for key in ("source", "id")}
    assert floor_of(CameraSettings.model_validate(bare), counts=True) is None
    assert drawing_of(CameraSettings.model_validate(CAMERA)) is not None


def test_numbers_go_on_in_another_process() -> None:
    plan = FloorPlan(PLAN.lines, PLAN.zones, ())
    stay = ZoneVisitEnded.model_validate({**ZoneVisitEnded.example, "zone": "hall"})
    before, after = FloorPainter(plan, counts=True), FloorPainter(plan, counts=True)
    before.hear([crossing("in"), crossing("in"), crossing("out"), stay])
    after.restore(FloorCountsState.model_validate_json(before.snapshot().model_dump_json()))
    assert (painted(after) == painted(before)).all()
    for one in (before, after):
        one.hear([crossing("out"), stay])
    assert (painted(after) == painted(before)).all()
