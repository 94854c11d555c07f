"""What windows say of lines, zones and rooms."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TypeAlias

import pytest

from analytics.floor import FloorPlan, Line, Zone
from analytics.places import quantile
from analytics.stages.base import Ending, Said, StageContext, TimeStep
from analytics.stages.ways import TrackJoined, TracksSwapped
from analytics.stages.windows import WindowsSettings
from analytics.stages.zones import ZoneEntered
from analytics.timeline import ElapsedTime
from config.floor import RoomSettings
from domain.events import Certainty, LineCrossed, StreamIdentity, WindowClosed, ZoneVisitEnded
from domain.events.crossing import Direction
from tests.support.events import START

Heard: TypeAlias = tuple[float, Said]

SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
DOOR = Line("door", (0.0, 0.5), (1.0, 0.5), 1)


def plan(**room: object) -> FloorPlan:
    return FloorPlan(
        lines=(DOOR,),
        zones=(Zone("promotion", SQUARE, None, ("door",)),),
        rooms=(("shop", RoomSettings.model_validate({"doors": ("door",), **room})),),
    )


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def crossing(
    seconds: float, direction: Direction, certainty: Certainty = "seen", track: int = 1
) -> LineCrossed:
    return LineCrossed(
        event_id=f"{seconds} {track}", stream_id="door", event_time=at(seconds), time_source="file", line="door",
        direction=direction, certainty=certainty, track_id=track, line_position=0.5, x=1, y=1, foot="seen", foot_confidence=0.9,
    )  # fmt: skip


def entered(seconds: float, track: int = 1) -> ZoneEntered:
    return ZoneEntered("promotion", track, at(seconds), "file", "visitor")


def stay(begin: float, end: float, track: int = 1) -> ZoneVisitEnded:
    return ZoneVisitEnded(
        event_id=f"{begin} {track}", stream_id="door", event_time=at(end), time_source="file", zone="promotion", track_id=track,
        entered_at=at(begin), dwell_s=end - begin, unseen_s=0, began_by="entered", ended_by="left", foot_confidence=0.9,
    )  # fmt: skip


def windows(
    said: Sequence[Heard], until: float, *, dark: Sequence[tuple[int, int]] = (), **room: object
) -> list[WindowClosed]:
    """Windows of ten seconds; each thing is heard in the second after the one that is named."""
    context = StageContext(StreamIdentity("door"), lost_after_s=3, allowed_lateness_s=2, plan=plan(**room))
    stage = WindowsSettings(lengths_s=(10,)).build(context)
    closed: list[Said] = []
    for second in range(int(until)):
        now = at(second + 1)
        signal = not any(begin <= second < end for begin, end in dark)
        heard = [one for moment, one in said if second <= moment < second + 1]
        closed += stage.advance(TimeStep(now, "file", ElapsedTime(at(second), now, signal), heard=heard))
    closed += stage.finish(Ending("stream-end", at(until), "file"))
    return [one for one in closed if isinstance(one, WindowClosed)]


def test_occupancy_is_what_was_weighted_by_time() -> None:
    said: list[Heard] = [(2, entered(2)), (4, entered(4, 2)), (6, stay(4, 6, 2)), (8, stay(2, 8))]
    (first, second) = windows(said, 20)
    (zone,) = first.zones
    assert (zone.occupancy_min, zone.occupancy_max) == (0, 2)
    assert zone.occupancy_mean == pytest.approx((6 + 2) / 10)
    assert (zone.entries, zone.ended, zone.dwell_median_s, zone.dwell_p90_s) == (2, 2, 2.0, 6.0)
    assert (second.zones[0].occupancy_max, second.zones[0].dwell_median_s) == (0, None)


def test_who_is_known_to_have_left_only_later_was_not_there_in_between() -> None:
    (first, _) = windows([(1, entered(1)), (6, stay(1, 3))], 20)
    assert first.zones[0].occupancy_mean == pytest.approx(0.2)


def test_lines_count_what_is_sure_and_put_the_rest_beside_it() -> None:
    said: list[Heard] = [
        (1, crossing(1, "in")),
        (2, crossing(2, "in", "joined", 2)),
        (3, crossing(3, "out", "uncertain", 3)),
    ]
    (only,) = windows(said, 10)
    (line,) = only.lines
    assert (line.came_in, line.went_out, line.uncertain_in, line.uncertain_out) == (2, 0, 0, 1)
    (room,) = only.rooms
    assert (room.inside, room.inside_max, room.uncertain) == (2, 2, 1)


def test_a_room_keeps_who_is_inside_while_there_is_no_signal() -> None:
    said: list[Heard] = [(1, crossing(1, "in")), (2, crossing(2, "in", track=2)), (32, crossing(32, "out"))]
    rooms = [window.rooms[0] for window in windows(said, 40, dark=[(8, 31)])]
    assert [(room.inside, room.inside_max) for room in rooms] == [(2, 2), (2, 2), (2, 2), (1, 2)]


def test_a_room_is_never_emptier_than_empty_and_tells_its_drift() -> None:
    (only,) = windows([(1, crossing(1, "out")), (2, crossing(2, "in"))], 10)
    assert (only.rooms[0].inside, only.rooms[0].drift) == (1, -1)


def test_a_room_begins_at_0_at_its_hour_and_tells_what_was_left() -> None:
    said: list[Heard] = [
        (1, crossing(1, "in")),
        (2, crossing(2, "in", track=2)),
        (15, crossing(15, "in", track=3)),
    ]
    hour = at(10).time()
    rooms = [
        window.rooms[0] for window in windows(said, 20, reset_at=time(hour.hour, hour.minute, hour.second))
    ]
    assert [(room.inside, room.drift) for room in rooms] == [(2, 0), (1, 2)]


def test_who_comes_in_from_a_zone_that_leads_there_is_captured_once() -> None:
    said: list[Heard] = [
        (1, entered(1)),
        (1.5, entered(1.5, 2)),
        (3, stay(1, 3)),
        (4, crossing(4, "in")),
        (5, crossing(5, "out")),
    ]
    (only,) = windows([*said, (6, crossing(6, "in"))], 10)
    assert (only.zones[0].entries, only.zones[0].captured) == (2, 1)


def test_a_zone_that_lies_over_its_own_line_captures_a_stay_once() -> None:
    to_and_fro = [(second, crossing(second, "in" if second % 2 else "out")) for second in (3, 4, 5, 6)]
    (only,) = windows([(1, entered(1)), *to_and_fro, (7, stay(1, 7)), (8, crossing(8, "in"))], 10)
    assert (only.zones[0].entries, only.zones[0].captured) == (1, 1)


def test_who_comes_back_to_the_zone_can_be_captured_again() -> None:
    first: list[Heard] = [(1, entered(1)), (2, stay(1, 2)), (3, crossing(3, "in")), (4, crossing(4, "out"))]
    (only,) = windows([*first, (5, entered(5)), (6, stay(5, 6)), (7, crossing(7, "in"))], 10)
    assert (only.zones[0].entries, only.zones[0].captured) == (2, 2)


def test_who_stands_in_the_zone_for_long_can_still_be_captured() -> None:
    said: list[Heard] = [(1, entered(1)), (90, crossing(90, "in"))]
    assert sum(window.zones[0].captured or 0 for window in windows(said, 100)) == 1


def test_whoever_goes_on_under_another_track_is_captured() -> None:
    said: list[Heard] = [
        (1, entered(1)),
        (2, stay(1, 2)),
        (3, TrackJoined(1, 7)),
        (4, crossing(4, "in", track=7)),
    ]
    (only,) = windows(said, 10)
    assert only.zones[0].captured == 1


def test_where_tracks_are_swapped_it_is_who_passed_by_that_is_captured() -> None:
    passed_by: list[Heard] = [(1, entered(1)), (2, stay(1, 2)), (3, TracksSwapped(1, 2))]
    captured = [
        windows([*passed_by, (4, crossing(4, "in", track=n))], 10)[0].zones[0].captured for n in (1, 2)
    ]
    assert captured == [0, 1]


@pytest.mark.parametrize(("share", "seconds"), [(0.5, 2.0), (0.9, 9.0), (1.0, 9.5)])
def test_quantiles_are_nearest_ranks(share: float, seconds: float) -> None:
    assert quantile({10: 4, 20: 2, 90: 3, 95: 1}, share) == seconds


def test_no_stays_have_no_quantile() -> None:
    assert quantile({}, 0.5) is None
