"""Nobody works out a number of fewer than k people from all that leaves: by hypothesis, with linear programming."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stages.totals import StreamTotals
from domain.events import Event, LineCounts, RoomCounts, WindowClosed, ZoneCounts, added
from pipeline.privacy import cells, places
from pipeline.privacy.gate import EventGate, GateOptions
from tests.support.attacking import Attacker, Form
from tests.support.events import one_of_each, window_event

COLORS = ("red", "blue", "grey")
DOOR, ZONE, ROOM = "door", "promotion", "shop"
PARTS = ("upper-clothes", "shoe")
ROLES = ("staff", "visitor")
OTHERS = [event for event in one_of_each() if not isinstance(event, WindowClosed)]
"""What else there is, in every moment."""


@dataclass(frozen=True, slots=True)
class Person:
    """One whose visit ends: role, clothes by part (None where there are none), and whether it is a first visit (None: not told)."""

    staff: bool
    worn: tuple[str | None, ...]
    first: bool | None
    grouped: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """What happens in one window of the shortest length."""

    people: tuple[Person, ...] = ()
    seen_shortly: int = 0
    came_in: int = 0
    went_out: int = 0
    entries: int = 0
    ended: int = 0
    staff_in: int = 0


PEOPLE = st.builds(
    Person,
    st.booleans(),
    st.tuples(*(st.sampled_from((*COLORS, None)) for _ in PARTS)),
    st.sampled_from((True, False, None)),
    st.booleans(),
)
MOMENTS = st.builds(
    Moment,
    st.lists(PEOPLE, max_size=7).map(tuple),
    *(st.integers(0, 4) for _ in range(6)),
)


def possible(moments: Iterable[Moment]) -> list[Moment]:
    """The same, where nobody leaves who is not there, and staff are among those who come in."""
    inside = in_zone = 0
    found = []
    for moment in moments:
        out = min(moment.went_out, inside + moment.came_in)
        ended = min(moment.ended, in_zone + moment.entries)
        inside += moment.came_in - out
        in_zone += moment.entries - ended
        staff = min(moment.staff_in, moment.came_in)
        found.append(
            Moment(moment.people, moment.seen_shortly, moment.came_in, out, moment.entries, ended, staff)
        )
    return found


def window_of(number: int, moments: Sequence[Moment], base: int, inside: int) -> WindowClosed:
    """The window that counts these, as long as so many of the shortest."""
    people = [person for moment in moments for person in moment.people]

    def worn(some: Sequence[Person]) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        for person in some:
            for part, color in zip(PARTS, person.worn, strict=True):
                if color is not None:
                    colors = counts.setdefault(part, {})
                    colors[color] = colors.get(color, 0) + 1
        return counts

    staff = [person for person in people if person.staff]
    visitors = [person for person in people if not person.staff]
    grouped = sum(person.grouped for person in people)
    entries, ended = sum(one.entries for one in moments), sum(one.ended for one in moments)
    changes: dict[str, Any] = {
        "visits_begun": len(people),
        "visits_ended": len(people),
        "garments": worn(people),
        "body": {"upper-body": worn(people).get("upper-clothes", {})},
        "staff_ended": len(staff),
        "staff_garments": worn(staff),
        "staff_body": {"upper-body": worn(staff).get("upper-clothes", {})},
        "tracks_ended": len(people) + sum(one.seen_shortly for one in moments),
        "visitors_first": sum(person.first is True for person in visitors),
        "visitors_again": sum(person.first is False for person in visitors),
        "groups_ended": grouped // 2,
        "grouped_ended": grouped,
        "lines": (
            LineCounts(
                line=DOOR,
                came_in=sum(one.came_in for one in moments),
                went_out=sum(one.went_out for one in moments),
                staff_in=sum(one.staff_in for one in moments),
            ),
        ),
        "zones": (
            ZoneCounts(
                zone=ZONE, entries=entries, ended=ended, occupancy_min=0, occupancy_mean=1.0, occupancy_max=9
            ),
        ),
        "rooms": (RoomCounts(room=ROOM, inside=inside, inside_max=inside + 1, drift=0),),
    }
    event = window_event(number, window_s=10 * base).model_copy(update=changes)
    return WindowClosed.model_validate(event.model_dump())


def published(moments: Sequence[Moment], least: int) -> tuple[list[Event], EventGate]:
    """All that leaves, with the windows of twice the length and events of single people on their way to the gate, too."""
    door = EventGate(GateOptions("windows", least, 10, {ROOM: (DOOR,)}))
    left: list[Event] = []
    inside = 0
    for number, moment in enumerate(moments):
        inside += moment.came_in - moment.went_out
        left += door.let([*OTHERS, window_of(number, [moment], 1, inside)])
        if number % 2:
            left += door.let([window_of(number // 2, moments[number - 1 : number + 1], 2, inside)])
    left += door.end()
    return left, door


def breaches(moments: Sequence[Moment], least: int, *, merged: bool = True) -> list[str]:
    """Cells of 1 to k - 1 people that all that left narrows down to fewer than k numbers.

    Args:
        moments: What happened.
        least: k.
        merged: Whether the attacker may conclude from a longer window that there were fewer than k people before its end.
    """
    left, _ = published(moments, least)
    windows = [event for event in left if isinstance(event, WindowClosed)]
    return [*_of_visits(moments, windows, least, merged), *_of_places(moments, windows, least)]


def _of_visits(
    moments: Sequence[Moment], windows: Sequence[WindowClosed], least: int, merged: bool
) -> list[str]:
    attacker, spans = Attacker(), [_span(window) for window in windows]
    for n in range(len(moments)):
        for part in PARTS:
            for role in ROLES:
                # Whoever is of that role wears one of the colours there, or nothing.
                form: dict[Any, float] = {(n, part, color, role): 1.0 for color in (*COLORS, None)}
                form[n, role] = -1.0
                attacker.learn_form(form, 0.0)
        visitors: dict[Any, float] = {(n, "first"): 1.0, (n, "again"): 1.0, (n, "untold"): 1.0}
        attacker.learn_form({**visitors, (n, "visitor"): -1.0}, 0.0)
        everybody: dict[Any, float] = {(n, role): -1.0 for role in ROLES}
        attacker.learn_form({(n, "grouped"): 1.0, (n, "alone"): 1.0, **everybody}, 0.0)
    for window, span in zip(windows, spans, strict=True):
        _learn(attacker, window, span, least if merged else None)
    return [
        name
        for name, form, count in _cells(moments, spans)
        if 0 < count < least and attacker.possible(form) < least
    ]


def _learn(attacker: Attacker, window: WindowClosed, span: Sequence[int], least: int | None) -> None:
    people = [(n, role) for n in span for role in ROLES]
    if not window.visits_ended:
        if least is not None:
            attacker.at_most.append((dict.fromkeys(people, 1.0), least - 1))
        return
    attacker.learn(people, window.visits_ended)
    if least is not None and len(span) > 1:
        # It would have left before, had there been enough.
        attacker.at_most.append((dict.fromkeys(people[:-2], 1.0), least - 1))
    for word, number in (
        ("staff", window.staff_ended),
        ("first", window.visitors_first),
        ("again", window.visitors_again),
        ("grouped", window.grouped_ended),
    ):
        if number:
            attacker.learn([(n, word) for n in span], number)
    if window.tracks_ended is not None:
        attacker.learn([*people, *((n, "short") for n in span)], window.tracks_ended)
    _learn_clothes(attacker, window, span)


def _learn_clothes(attacker: Attacker, window: WindowClosed, span: Sequence[int]) -> None:
    upper = window.body.get("upper-body", {}), window.staff_body.get("upper-body", {})
    tables = [
        ("upper-clothes", *upper),
        *((part, colors, window.staff_garments.get(part, {})) for part, colors in window.garments.items()),
    ]
    for part, colors, staff in tables:
        for color, count in colors.items():
            of_staff = staff.get(color, 0)
            if not window.staff_ended:
                attacker.learn([(n, part, color, role) for n in span for role in ROLES], count)
                continue
            # Sums of what is told of the two.
            for role, number in (("staff", of_staff), ("visitor", count - of_staff)):
                if number:
                    attacker.learn([(n, part, color, role) for n in span], number)


def _cells(moments: Sequence[Moment], spans: Sequence[Sequence[int]]) -> Iterable[tuple[str, Form, int]]:
    """Every cell of every window that was, and of every window that left."""
    every = [[n] for n in range(len(moments))] + [list(span) for span in spans if len(span) > 1]
    for span in every:
        people = [person for n in span for person in moments[n].people]
        roles = {
            "staff": [one for one in people if one.staff],
            "visitor": [one for one in people if not one.staff],
        }
        yield f"visits {span}", {(n, role): 1.0 for n in span for role in roles}, len(people)
        if len(span) == 1 and len(every) > 1:
            continue
        for role, some in roles.items():
            yield f"{role} {span}", {(n, role): 1.0 for n in span}, len(some)
        for place, part in enumerate(PARTS):
            for color in (*COLORS, None):
                number = sum(one.worn[place] == color for one in people)
                form: dict[Any, float] = {(n, part, color, role): 1.0 for n in span for role in roles}
                yield f"{part} {color} {span}", form, number
                for role, some in roles.items():
                    number = sum(one.worn[place] == color for one in some)
                    yield f"{role} {part} {color} {span}", {(n, part, color, role): 1.0 for n in span}, number
        yield f"short {span}", {(n, "short"): 1.0 for n in span}, sum(moments[n].seen_shortly for n in span)
        visitors = roles["visitor"]
        for word, what in (("first", True), ("again", False), ("untold", None)):
            yield f"{word} {span}", {(n, word): 1.0 for n in span}, sum(one.first is what for one in visitors)
        grouped = sum(one.grouped for one in people)
        yield f"grouped {span}", {(n, "grouped"): 1.0 for n in span}, grouped
        yield f"alone {span}", {(n, "alone"): 1.0 for n in span}, len(people) - grouped


def _of_places(moments: Sequence[Moment], windows: Sequence[WindowClosed], least: int) -> list[str]:
    attacker = Attacker()
    line_since = zone_since = 0
    for window in windows:
        until = _span(window)[-1]
        if _learn_line(attacker, window, range(line_since, until + 1)):
            line_since = until + 1
        if _learn_zone(attacker, window, range(zone_since, until + 1)):
            zone_since = until + 1
    for n in range(len(moments)):
        for begun, ended in (("in", "out"), ("entered", "left")):
            # Nobody leaves who is not there.
            fewer = {name: -factor for name, factor in _balance(n, begun, ended).items()}
            attacker.at_most.append((fewer, 0.0))
        attacker.learn_form({(n, "staff in"): 1.0, (n, "others in"): 1.0, (n, "in"): -1.0}, 0.0)
    return [
        name
        for name, form, count in _cells_of_places(moments)
        if 0 < count < least and attacker.possible(form) < least
    ]


def _learn_line(attacker: Attacker, window: WindowClosed, span: Iterable[int]) -> bool:
    """Whether it tells of the line; then it does of all windows since the last one that did."""
    line, room, numbers = window.lines[0], window.rooms[0], list(span)
    if room.inside:
        attacker.learn_form(_balance(numbers[-1], "in", "out"), room.inside)
    if not (line.came_in or line.went_out):
        return False
    attacker.learn([(n, "in") for n in numbers], line.came_in)
    attacker.learn([(n, "out") for n in numbers], line.went_out)
    if line.staff_in:
        attacker.learn([(n, "staff in") for n in numbers], line.staff_in)
    return True


def _learn_zone(attacker: Attacker, window: WindowClosed, span: Iterable[int]) -> bool:
    """As `_learn_line`."""
    zone, numbers = window.zones[0], list(span)
    if not (zone.entries or zone.ended):
        return False
    attacker.learn([(n, "entered") for n in numbers], zone.entries)
    attacker.learn([(n, "left") for n in numbers], zone.ended)
    return True


def _cells_of_places(moments: Sequence[Moment]) -> Iterable[tuple[str, Form, int]]:
    inside = in_zone = 0
    for n, moment in enumerate(moments):
        inside, in_zone = inside + moment.came_in - moment.went_out, in_zone + moment.entries - moment.ended
        yield f"inside {n}", _balance(n, "in", "out"), inside
        yield f"in the zone {n}", _balance(n, "entered", "left"), in_zone
        yield f"in {n}", {(n, "in"): 1.0}, moment.came_in
        yield f"staff in {n}", {(n, "staff in"): 1.0}, moment.staff_in


def _balance(until: int, begun: str, ended: str) -> dict[Any, float]:
    return {(n, word): sign for n in range(until + 1) for word, sign in ((begun, 1.0), (ended, -1.0))}


def _span(window: WindowClosed) -> list[int]:
    """Numbers of the shortest windows that one is made of."""
    first = round((window.window_start - window_event(0).window_start).total_seconds() / 10)
    return list(range(first, first + window.window_s // 10))


@settings(max_examples=40, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=7).map(possible), st.integers(2, 5))
def test_no_small_number_can_be_worked_out(moments: list[Moment], least: int) -> None:
    assert breaches(moments, least) == []


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


def scenes(count: int) -> Iterable[list[Moment]]:
    """So many, always the same."""
    random = Random(20)  # noqa: S311 - no secret
    for _ in range(count):
        yield possible(
            Moment(
                tuple(
                    Person(
                        random.random() < 0.3,
                        tuple(random.choice((*COLORS, None)) for _ in PARTS),
                        random.choice((True, False, None)),
                        random.random() < 0.3,
                    )
                    for _ in range(random.randint(0, 8))
                ),
                *(random.randint(0, 3) for _ in range(6)),
            )
            for _ in range(5)
        )


class Unmerged(EventGate):
    """Lets every window leave by itself that is about enough people, whatever its length."""

    def let(self, events: Iterable[Event]) -> list[Event]:
        """Each by itself."""
        windows = [event for event in events if isinstance(event, WindowClosed)]
        places = {
            "lines": (LineCounts(line=DOOR, came_in=0, went_out=0),),
            "rooms": (RoomCounts(room=ROOM, inside=0, inside_max=0, drift=0),),
        }
        zone = ZoneCounts(zone=ZONE, entries=0, ended=0, occupancy_min=0, occupancy_mean=0.0, occupancy_max=0)
        told = [cells.told(window, self._options.min_group) for window in windows]
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
    assert not any(breaches(moments, 3) for moments in scenes(5))
    monkeypatch.setattr(where, what, instead)
    assert any(breaches(moments, 3) for moments in scenes(40))


def test_windows_of_two_lengths_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "EventGate", Unmerged)
    assert any(breaches(moments, 3, merged=False) for moments in scenes(40))


def test_totals_are_sums_of_what_left() -> None:
    for moments in scenes(5):
        left, door = published(moments, 3)
        windows = [event for event in left if isinstance(event, WindowClosed)]
        totals = door.totals(StreamTotals(visits=99, tracks=99, visitors=99))
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
        of_windows = [event for event in whole if isinstance(event, WindowClosed)]
        assert [event for event in left if isinstance(event, WindowClosed)] == of_windows
