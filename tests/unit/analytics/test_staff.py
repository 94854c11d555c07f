"""Staff: told by what they wear, or by where they start."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from analytics.clothing import Clothing
from analytics.floor import FloorPlan, Zone, floor_at
from analytics.stages.base import RoleKnown, Said, StageContext, TimeStep
from analytics.stages.staff import StaffSeen, StaffSettings, agreement
from analytics.stages.ways import TracksSwapped, WayPoint, WaysBegun, WaysSeen
from domain.events import StreamIdentity
from domain.geometry import Point
from tests.support.analytics import observation
from tests.support.walking import SIZE, after
from tests.support.wardrobe import garment, worn

PLAN = FloorPlan(zones=(Zone("till", ((0.0, 0.0), (100.0, 0.0), (100.0, 360.0), (0.0, 360.0)), None, ()),))
UNIFORM = worn((garment("upper-clothes", "red"), garment("pants", "black", 0.3)), 900)
OTHER = worn((garment("upper-clothes", "blue"), garment("pants", "black", 0.3)), 900)
HALF_HIDDEN = worn((garment("upper-clothes", "red"),), 900)
RED_AND_BLACK = StaffSettings(wears=({"upper-clothes": "red", "pants": "black"},), least_views=3)


class Shop:
    """The stage, with five frames a second."""

    def __init__(self, settings: StaffSettings) -> None:
        self.stage = settings.build(StageContext(StreamIdentity("door"), 3, 2, PLAN))
        self.said: list[Said] = []
        self.frames = 0

    def see(
        self,
        clothing: Clothing,
        times: int = 1,
        *,
        place: Point | None = None,
        track: int = 1,
        way: int = 1,
        notes: tuple[Said, ...] = (),
    ) -> "Shop":
        """One person for so many frames; what else is heard in each."""
        for _ in range(times):
            moment = after(self.frames)
            points = () if place is None else (_point(way, track, place),)
            heard = (*notes, WaysSeen(moment, "file", points))
            seen = replace(observation(moment, {track: clothing}, heard), floor=floor_at(PLAN, *SIZE))
            self.said += self.stage.observe(seen)
            self.said += self.stage.advance(TimeStep(moment, "file"))
            self.frames += 1
        return self

    @property
    def roles(self) -> list[tuple[int | None, int, str]]:
        return [(one.way, one.track_id, one.role) for one in self.said if isinstance(one, RoleKnown)]

    @property
    def staff_seen(self) -> list[int]:
        return [one.persons for one in self.said if isinstance(one, StaffSeen)]


def _point(way: int, track: int, place: Point) -> WayPoint:
    return WayPoint(
        way=way, track_id=track, x=place[0], y=place[1], height=100.0, foot="seen", confidence=0.9, metres=None,
        speed_m_s=None, unseen_s=0.0, joined=False,
    )  # fmt: skip


def test_whoever_wears_the_uniform_in_enough_views_is_staff_and_it_is_said_once() -> None:
    shop = Shop(RED_AND_BLACK).see(UNIFORM, 6, place=(300.0, 200.0))
    assert shop.roles == [(1, 1, "staff")]
    assert shop.staff_seen == [0, 0, 1, 1, 1, 1]


def test_a_visitor_in_one_garment_of_the_uniform_is_no_staff() -> None:
    assert Shop(RED_AND_BLACK).see(OTHER, 9, place=(300.0, 200.0)).roles == []


def test_whoever_was_in_the_zone_before_the_track_was_confirmed_started_there() -> None:
    shop = Shop(StaffSettings(starts_in=("till",)))
    heard = (
        WaysBegun(after(0), "file", (_point(1, 1, (50.0, 200.0)),)),
        WaysSeen(after(1), "file", (_point(1, 1, (150.0, 200.0)),)),
    )
    seen = replace(observation(after(1), {1: OTHER}, heard), floor=floor_at(PLAN, *SIZE))
    said = shop.stage.observe(seen)
    assert [one.role for one in said if isinstance(one, RoleKnown)] == ["staff"]


def test_views_that_do_not_tell_every_garment_count_neither_way() -> None:
    shop = Shop(RED_AND_BLACK).see(UNIFORM, 2).see(HALF_HIDDEN, 20)
    assert shop.roles == []
    assert shop.see(UNIFORM).roles == [(None, 1, "staff")]


def test_what_turns_out_wrong_is_taken_back() -> None:
    shop = Shop(RED_AND_BLACK).see(UNIFORM, 3, place=(300.0, 200.0)).see(OTHER, 3, place=(300.0, 200.0))
    assert shop.roles == [(1, 1, "staff"), (1, 1, "visitor")]
    # Three of five views are .6, three of six are not.
    assert shop.staff_seen == [0, 0, 1, 1, 1, 0]


def test_whoever_starts_in_the_zone_of_staff_is_staff_at_once_and_stays_it() -> None:
    shop = Shop(StaffSettings(starts_in=("till",))).see(OTHER, place=(50.0, 200.0))
    shop.see(OTHER, 5, place=(300.0, 200.0))
    assert shop.roles == [(1, 1, "staff")]


def test_whoever_walks_into_that_zone_is_a_visitor() -> None:
    shop = Shop(StaffSettings(starts_in=("till",))).see(OTHER, place=(300.0, 200.0))
    assert shop.see(OTHER, 5, place=(50.0, 200.0)).roles == []


def test_a_track_that_goes_on_with_the_way_of_staff_is_staff() -> None:
    shop = Shop(RED_AND_BLACK).see(UNIFORM, 4, place=(300.0, 200.0), track=1)
    shop.see(HALF_HIDDEN, 1, place=(305.0, 200.0), track=2)
    assert shop.roles == [(1, 1, "staff"), (1, 2, "staff")]


def test_where_tracks_are_swapped_each_is_who_was_on_the_way() -> None:
    shop = Shop(RED_AND_BLACK).see(UNIFORM, 3, place=(300.0, 200.0))
    shop.see(OTHER, 3, place=(340.0, 200.0), track=2, way=2)
    shop.see(UNIFORM, 1, place=(300.0, 200.0), track=2, way=1, notes=(TracksSwapped(1, 2),))
    shop.see(OTHER, 1, place=(340.0, 200.0), track=1, way=2)
    assert shop.roles == [(1, 1, "staff"), (1, 2, "staff"), (2, 1, "visitor")]


def test_somebody_without_a_place_on_the_floor_is_staff_by_clothes_and_gets_a_way_later() -> None:
    shop = Shop(RED_AND_BLACK).see(UNIFORM, 3).see(UNIFORM, 1, place=(300.0, 200.0), way=7)
    assert shop.roles == [(None, 1, "staff"), (7, 1, "staff")]


def test_a_group_of_garments_takes_any_of_them() -> None:
    coat = worn((garment("coat", "red"),), 900)
    assert agreement({"upper-body": "red"}, coat) is True
    assert agreement({"upper-clothes": "red"}, coat) is None
    assert agreement({"upper-body": "blue"}, coat) is False


def test_an_unknown_colour_tells_nothing() -> None:
    assert agreement({"coat": "red"}, worn((garment("coat", "unknown"),), 9)) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "says neither what staff wear nor where they start"),
        ({"wears": [{}]}, "match everybody"),
        ({"wears": [{"coat": "reddish"}]}, "'red'"),
        ({"wears": [{"coat": "unknown"}]}, "'brown' or 'beige'"),
        ({"wears": [{"cape": "red"}]}, "'coat'"),
        ({"wears": [{"coat": "red"}], "least_share": 0}, "greater than 0"),
    ],
)
def test_rules_that_match_everybody_or_nobody_are_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        StaffSettings.model_validate(wrong)
