"""Overlays against stored pictures. After a change that is meant: `pytest tests/golden --update-golden`, and look at them."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from domain.frame import BgrImage
from domain.rendering import OverlayStyle
from pipeline.compositor import Compositor, CompositorOptions
from tests.support.figures import BAG, COAT, PANTS, SHIRT, Figure, Scene, scene

STORED = Path(__file__).parent / "overlays"
# Fonts and antialiasing may differ by a shade between builds of OpenCV; a missing label or a shifted box is far beyond this.
SHADES, PIXELS = 24, 0.002


def one_person() -> Scene:
    return scene(320, 240, [Figure((120, 40, 190, 220), 7, (COAT, PANTS, BAG))])


def crowd() -> Scene:
    figures = [
        Figure((70, 60, 190, 420), 1, (SHIRT, PANTS)),
        Figure((150, 90, 280, 470), 2, (COAT, PANTS)),
        Figure((300, 20, 430, 400), None, (SHIRT,)),
        Figure((560, 120, 640, 480), 11, (COAT, BAG)),
    ]
    return scene(640, 480, figures, "entrance north", 3671.25)


def hd() -> Scene:
    figures = [
        Figure((400, 0, 760, 1080), 12, (COAT, PANTS, BAG)),
        Figure((1300, 300, 1500, 900), 24, (SHIRT,)),
    ]
    return scene(1920, 1080, figures, "Büro 店")


def nobody() -> Scene:
    return scene(480, 270, [])


SCENES: dict[str, Callable[[], Scene]] = {
    "one-person-320x240": one_person,
    "crowd-640x480": crowd,
    "two-1920x1080": hd,
    "nobody-480x270": nobody,
}


@pytest.mark.parametrize("name", SCENES)
def test_overlay_looks_as_stored(name: str, update_golden: bool) -> None:
    _compare(SCENES[name](), Compositor(), STORED / f"{name}.png", update_golden)


@pytest.mark.parametrize("style", ["solid", "outline", "colors"])
def test_every_style_looks_as_stored(style: OverlayStyle, update_golden: bool) -> None:
    compositor = Compositor(CompositorOptions(style))
    _compare(crowd(), compositor, STORED / f"crowd-640x480-{style}.png", update_golden)


def _compare(drawn: Scene, compositor: Compositor, path: Path, update_golden: bool) -> None:
    overlay = compositor.draw(drawn.frame, drawn.parsed, drawn.observed)
    if update_golden:
        STORED.mkdir(exist_ok=True)
        cv2.imwrite(str(path), overlay)
    assert _differing(overlay, _stored(path)) <= PIXELS


def test_the_comparison_sees_a_missing_label() -> None:
    drawn = one_person()
    overlay = Compositor().draw(drawn.frame, drawn.parsed, drawn.observed)
    bare = drawn.observed.persons[0].model_copy(update={"garments": ()})
    without = drawn.observed.model_copy(update={"persons": (bare,)})
    assert _differing(Compositor().draw(drawn.frame, drawn.parsed, without), overlay) > PIXELS


def _stored(path: Path) -> BgrImage:
    image = cv2.imread(str(path))
    assert image is not None, f"{path} is missing: run pytest tests/golden --update-golden"
    return image.astype(np.uint8, copy=False)


def _differing(one: BgrImage, other: BgrImage) -> float:
    """Part of the pixels that differ visibly; 1 where the sizes differ."""
    if one.shape != other.shape:
        return 1.0
    return float((cv2.absdiff(one, other).max(axis=2) > SHADES).mean())
