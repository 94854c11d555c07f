"""Nobody works out a number of fewer than k people from all that leaves: by hypothesis, with linear programming."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stages.totals import StreamTotals
from domain.events import Event, LineCounts, RoomCounts, WindowClosed, ZoneCounts, added, event_classes
from domain.summary import SiteCounts
from pipeline.privacy import cells, places
from pipeline.privacy.gate import EventGate, GateOptions
from tests.support.moments import DOOR, MOMENTS, ROOM, ZONE, Moment, possible, scenes, window_of
from tests.support.reconstructing import breaches

OTHERS = [kind.model_validate(kind.example) for kind in event_classes() if kind is not WindowClosed]
"""What else there is, in every moment: one of each kind."""


def published(
    moments: Sequence[Moment], least: int, gate: type[EventGate] = EventGate
) -> tuple[list[Event], EventGate]:
    """All that leaves, with the windows of twice the length and events of single people on their way to the gate, too."""
    door = gate(GateOptions("windows", least, 10, {ROOM: (DOOR,)}))
    left: list[Event] = []
    inside = 0
    for number, moment in enumerate(moments):
        inside += moment.came_in - moment.went_out
        left += door.let([*OTHERS, window_of(number, [moment], 1, inside)])
        if number % 2:
            left += door.let([window_of(number // 2, moments[number - 1 : number + 1], 2, inside)])
    left += door.end()
    return left, door


def windows_of(events: Iterable[Event]) -> list[WindowClosed]:
    return [event for event in events if isinstance(event, WindowClosed)]


def found_out(moments: Sequence[Moment], least: int) -> list[str]:
    """See `breaches`: of all that the gate let leave."""
    left, _ = published(moments, least)
    return breaches(moments, windows_of(left), least)


@settings(max_examples=40, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=7).map(possible), st.integers(2, 5))
def test_no_small_number_can_be_worked_out(moments: list[Moment], least: int) -> None:
    assert found_out(moments, least) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=20).map(possible), st.integers(2, 6))
def test_no_number_that_leaves_is_small(moments: list[Moment], least: int) -> None:
    windows, door = published(moments, least)
    people = [
        count
        for event in windows
        if isinstance(event, WindowClosed)
        for counts in (event.garments, event.staff_garments, event.body, event.staff_body)
        for colors in counts.values()
        for count in colors.values()
    ]
    assert all(count >= least for count in people)
    assert all(
        number == 0 or number >= least
        for event in windows
        if isinstance(event, WindowClosed)
        for number in (event.visits_ended, event.visits_begun, event.staff_ended, event.persons_max, event.rooms[0].inside,
                       event.lines[0].came_in, event.lines[0].went_out, event.zones[0].entries, event.visitors_first)
    )  # fmt: skip
    assert {event.kind() for event in windows} <= {"window", "health"}
    assert door.visits == sum(event.visits_ended for event in windows if isinstance(event, WindowClosed))


class Unmerged(EventGate):
    """Lets every window leave by itself that is about enough people, whatever its length."""

    def let(self, events: Iterable[Event]) -> list[Event]:
        """Each by itself."""
        places = {
            "lines": (LineCounts(line=DOOR, came_in=0, went_out=0),),
            "rooms": (RoomCounts(room=ROOM, inside=0, inside_max=0, drift=0),),
        }
        zone = ZoneCounts(zone=ZONE, entries=0, ended=0, occupancy_min=0, occupancy_mean=0.0, occupancy_max=0)
        told = [cells.told(window, self._options.min_group) for window in windows_of(events)]
        return [
            window.model_copy(update={**places, "zones": (zone,)}) for window in told if window.visits_ended
        ]


def _colors_without_others(colors: dict[str, int], _people: int, least: int) -> dict[str, int]:
    return {color: count for color, count in colors.items() if count >= least}


MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "no complementary suppression": (cells, "_told_colors", _colors_without_others),
    "staff without the rest": (cells, "part_told", lambda part, _whole, least: part >= least),
    "doors told one by one": (places.PlaceGate, "_all_safe", lambda *_: True),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_rule_less_is_found_out(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    where, what, instead = MUTANTS[name]
    assert not any(found_out(moments, 3) for moments in scenes(5))
    monkeypatch.setattr(where, what, instead)
    assert any(found_out(moments, 3) for moments in scenes(40))


def test_windows_of_two_lengths_are_found_out() -> None:
    assert any(
        breaches(moments, windows_of(published(moments, 3, Unmerged)[0]), 3, merged=False)
        for moments in scenes(40)
    )


def test_totals_are_sums_of_what_left() -> None:
    for moments in scenes(5):
        left, door = published(moments, 3)
        windows = windows_of(left)
        site = {"mall": SiteCounts(tracks=2, visits=1, visitors=1)}
        totals = door.totals(StreamTotals(visits=99, tracks=99, visitors=99, sites=site))
        assert totals.sites == {}, "of a site no window tells"
        assert totals.visits == door.visits == sum(window.visits_ended for window in windows)
        assert totals.clothing == added(window.garments for window in windows)
        assert totals.body == added(window.body for window in windows)
        assert totals.staff_visits == sum(window.staff_ended for window in windows)
        assert totals.visitors == sum(window.visitors_first for window in windows)


def test_a_gate_that_is_restored_goes_on_as_if_nothing_had_been() -> None:
    for moments in scenes(5):
        whole, _ = published(moments, 4)
        door = EventGate(GateOptions("windows", 4, 10, {ROOM: (DOOR,)}))
        left: list[Event] = []
        inside = 0
        for number, moment in enumerate(moments):
            inside += moment.came_in - moment.went_out
            state = door.snapshot().model_validate_json(door.snapshot().model_dump_json())
            door = EventGate.of(state)
            left += door.let([*OTHERS, window_of(number, [moment], 1, inside)])
        left += door.end()
        assert windows_of(left) == windows_of(whole)
