"""Exposure of garments, colours and brands."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from analytics.brands import Brand, BrandSettings
from analytics.building import build_analytics
from analytics.clothing import GarmentMinima, clothes_of
from analytics.floor import FloorPlan, Zone
from analytics.illuminant import NEUTRAL, Light
from analytics.stages.exposure import ExposureSettings
from config.component import Component
from domain.events import Event, ExposureItem, ExposureMeasured
from tests.support.wardrobe import BLACK, BLUE, HEIGHT, RED, WIDTH, Person, drawn, walker

LEFT_HALF = FloorPlan(zones=(Zone("left", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)), None, ()),))
# RED of the wardrobe, as a palette writes it.
ACME = BrandSettings(name="acme", colors=("#b91e23",))
SHIRT, PICTURE = 32 * 50, WIDTH * HEIGHT


def run(frames: Sequence[Sequence[Person]], settings: ExposureSettings) -> list[ExposureMeasured]:
    """Five frames a second, each person a track of its own place."""
    stages: dict[str, Component] = {"exposure": settings}
    analytics = build_analytics("door", 3.0, stages, LEFT_HALF)
    said: list[Event] = []
    for index, persons in enumerate(frames):
        frame, parsed = drawn(persons, index)
        said += analytics.observe(frame, parsed, np.arange(1, len(persons) + 1, dtype=np.int64))
    said += analytics.finish(len(frames), len(frames))
    return [one for one in said if isinstance(one, ExposureMeasured)]


def item(event: ExposureMeasured, **wanted: Any) -> ExposureItem:
    wanted = {"zone": None, "part": None, "color": None, "brand": None, **wanted}
    (found,) = [
        one for one in event.items if all(getattr(one, key) == value for key, value in wanted.items())
    ]
    return found


def test_a_garment_is_shown_for_as_long_as_somebody_wears_it() -> None:
    frames = [[walker(20)]] * 11 + [[walker(20), walker(200)]] * 10 + [[]] * 10
    (event,) = run(frames, ExposureSettings())
    shirt = item(event, part="upper-clothes", color="red")
    assert [shirt.screen_s, shirt.person_s] == pytest.approx([4.0, 6.0])
    assert shirt.picture_share == pytest.approx(1.5 * SHIRT / PICTURE, rel=0.02)
    assert event.seconds_observed == pytest.approx(6.0)


def test_what_is_worn_within_a_zone_is_told_apart() -> None:
    (event,) = run([[walker(20), walker(200, upper=BLUE)]] * 11, ExposureSettings())
    assert item(event, zone="left", part="upper-clothes", color="red").screen_s == pytest.approx(2.0)
    assert not [one for one in event.items if one.zone == "left" and one.color == "blue"]


def test_a_brand_is_counted_by_its_palette() -> None:
    frames = [[walker(20), walker(200, upper=BLUE)]] * 11
    (event,) = run(frames, ExposureSettings(brands=(ACME,)))
    brand = item(event, brand="acme")
    assert [brand.screen_s, brand.person_s] == pytest.approx([2.0, 2.0])
    assert brand.picture_share == pytest.approx(SHIRT / PICTURE, rel=0.02)
    assert item(event, brand="acme", zone="left").screen_s == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("upper", "settings", "light", "wears"),
    [
        (RED, {}, NEUTRAL, True),
        ((150, 25, 28), {}, NEUTRAL, True),
        (BLUE, {}, NEUTRAL, False),
        ((205, 120, 35), {}, NEUTRAL, False),
        (RED, {"garment": "pants"}, NEUTRAL, False),
        (BLACK, {"garment": "upper-body", "colors": ("#141416", "#b91e23")}, NEUTRAL, True),
        (RED, {}, Light(monochrome=True), False),
    ],
)
def test_whether_somebody_wears_a_brand(
    upper: tuple[int, int, int], settings: dict[str, Any], light: Light, wears: bool
) -> None:
    frame, parsed = drawn([walker(20, upper=upper, lower=BLUE)])
    brand = Brand(ACME.model_copy(update=settings))
    clothes = clothes_of(parsed.persons(), frame.image, light, GarmentMinima())
    assert [bool(area) for area in brand.areas([one.patches for one in clothes], light)] == [wears]


def test_nothing_is_said_of_a_window_in_which_nothing_was_worn() -> None:
    assert run([[]] * 20, ExposureSettings()) == []


def test_windows_follow_each_other_and_time_is_counted_once() -> None:
    events = run([[walker(20)]] * 41, ExposureSettings(window_s=2))
    shirts = [item(event, part="upper-clothes", color="red").screen_s for event in events]
    assert sum(shirts) == pytest.approx(8.0)
    assert max(shirts) <= 2.0 + 1e-9
    assert len({event.event_id for event in events}) == len(events) >= 4


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"brands": [{"name": "acme", "colors": []}]}, "at least 1 item"),
        ({"brands": [{"name": "acme", "colors": ["c8102e"]}]}, "must be a colour as in"),
        ({"brands": [{"name": "acme", "colors": ["#c8102e"], "garment": "cape"}]}, "'upper-clothes'"),
        ({"brands": [{"name": "a b", "colors": ["#c8102e"]}]}, "is no name"),
        ({"brands": [{"name": "acme", "colors": ["#c8102e"], "tolerance": float("nan")}]}, "finite number"),
        (
            {"brands": [{"name": "acme", "colors": ["#c8102e"]}, {"name": "Acme", "colors": ["#ffffff"]}]},
            "twice",
        ),
    ],
)
def test_palettes_that_cannot_be_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ExposureSettings.model_validate(wrong)
