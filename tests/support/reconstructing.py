"""Somebody who works out numbers of few people from the windows that left, with linear programming."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain.events import WindowClosed
from tests.support.attacking import Attacker, Form
from tests.support.events import window_event
from tests.support.moments import COLORS, PARTS, Moment

ROLES = ("staff", "visitor")


def breaches(
    moments: Sequence[Moment], windows: Sequence[WindowClosed], least: int, *, merged: bool = True
) -> list[str]:
    """Cells of 1 to k - 1 people that all that left narrows down to fewer than k numbers.

    Args:
        moments: What happened.
        windows: What left.
        least: k.
        merged: Whether the attacker may conclude from a longer window that there were fewer than k people before its end.
    """
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
