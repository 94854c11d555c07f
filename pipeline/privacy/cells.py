"""Which cells of one window are told, so that none is about fewer than k people, nor is any that follows from others.

A window holds several tables over the people whose visits have ended in it. Each is a partition: its cells and those who are
in none of them are all of them. In such a table a cell is hidden where it is about fewer than k; and where all hidden ones
together are fewer than k, the smallest of the others is hidden, too (complementary suppression), so that each may hold
nobody, or k. Nobody can tell a hidden cell from an empty one. Whatever is about part of the people (staff) is told where both
the part and the rest are k or more, and its tables are those of two groups, of which the tables of all are the sums.

Garments that cover upper and lower body are told as `body` alone: beside it, a table of each would tell of what it leaves
out.
"""

from collections.abc import Mapping
from typing import TypeVar

from domain.events import ClothingCounts, WindowClosed, added
from domain.events.clothing import ColorName
from domain.labels import LOWER_GARMENTS, UPPER_GARMENTS

_Part = TypeVar("_Part", bound=str)

_COVERING = frozenset(part.label for part in (*UPPER_GARMENTS, *LOWER_GARMENTS))


def told(window: WindowClosed, least: int) -> WindowClosed:
    """The window with what may be told of it; lines, zones and rooms are not told.

    Args:
        window: All of it; without `least` visits nothing is told but what it rests on.
        least: Fewest people that a number may be about.
    """
    people = window.visits_ended
    if people < least:
        return _silent(window, least)
    staff = window.staff_ended if part_told(window.staff_ended, people, least) else 0
    garments, of_staff = _beside_body(window.garments), _beside_body(window.staff_garments)
    staff_garments = told_of(of_staff, staff, least) if staff else {}
    others = _without(garments, of_staff) if staff else garments
    staff_body = told_of(window.staff_body, staff, least) if staff else {}
    covered = _without(window.body, window.staff_body) if staff else window.body
    first, again = _visitors(window, least)
    grouped = window.grouped_ended if part_told(window.grouped_ended, people, least) else 0
    seen_shortly = (window.tracks_ended or 0) - people
    return window.model_copy(
        update={
            "persons_min": at_least(window.persons_min, least),
            "persons_max": at_least(window.persons_max, least),
            # Who begins and who ends would tell who is there in between.
            "visits_begun": people,
            "garments": added([staff_garments, told_of(others, people - staff, least)]),
            "body": added([staff_body, told_of(covered, people - staff, least)]),
            "staff_ended": staff,
            "staff_mean": window.staff_mean if staff else 0.0,
            "staff_garments": staff_garments,
            "staff_body": staff_body,
            "tracks_ended": window.tracks_ended if seen_shortly >= least else None,
            "visitors_first": first,
            "visitors_again": again,
            "groups_ended": window.groups_ended if grouped else 0,
            "grouped_ended": grouped,
            "lines": (),
            "zones": (),
            "rooms": (),
            "min_group": least,
        }
    )


def at_least(count: int, least: int) -> int:
    """The count, and 0 where it is about too few."""
    return count if count >= least else 0


def part_told(part: int, whole: int, least: int) -> bool:
    """Whether a part may be told beside the whole: neither it nor the rest is about too few."""
    return part >= least and whole - part >= least


def told_of(
    counts: Mapping[_Part, Mapping[ColorName, int]], people: int, least: int
) -> dict[_Part, dict[ColorName, int]]:
    """Of each table by colour what may be told.

    Args:
        counts: By part and colour, each of the people in one colour of a part at most.
        people: How many there are.
        least: Fewest people that a cell may be about.
    """
    found = {part: _told_colors(colors, people, least) for part, colors in counts.items()}
    return {part: colors for part, colors in found.items() if colors}


def _told_colors(colors: Mapping[ColorName, int], people: int, least: int) -> dict[ColorName, int]:
    shown = {color: count for color, count in colors.items() if count >= least}
    while shown and 0 < people - sum(shown.values()) < least:
        # Of equal ones the last by name, so that the same counts give the same events.
        del shown[min(sorted(shown, reverse=True), key=lambda color: shown[color])]
    return shown


def _visitors(window: WindowClosed, least: int) -> tuple[int, int]:
    """How many visits were first ones, and how many not: told where nobody follows from that, staff among them."""
    first, again = window.visitors_first, window.visitors_again
    rest = window.visits_ended - first - again
    return (first, again) if min(first, again) >= least and (rest == 0 or rest >= least) else (0, 0)


def _beside_body(counts: ClothingCounts) -> ClothingCounts:
    return {part: colors for part, colors in counts.items() if part not in _COVERING}


def _without(
    counts: Mapping[_Part, Mapping[ColorName, int]], fewer: Mapping[_Part, Mapping[ColorName, int]]
) -> dict[_Part, dict[ColorName, int]]:
    return {
        part: {color: count - fewer.get(part, {}).get(color, 0) for color, count in colors.items()}
        for part, colors in counts.items()
    }


def _silent(window: WindowClosed, least: int) -> WindowClosed:
    """What it rests on, and nothing of people."""
    numbers = WindowClosed.model_fields.keys() - _KEPT
    emptied = {name: _NOTHING.get(name, 0) for name in numbers}
    return window.model_copy(update={**emptied, "min_group": least})


_KEPT = frozenset(
    {
        "event_id",
        "schema_version",
        "stream_id",
        "event_time",
        "time_source",
        "event_type",
        "analysis_id",
        "window_start",
        "window_s",
        "coverage",
    }
)
"""What is not about people. A field that is added is, until it stands here."""

_NOTHING: dict[str, object] = {
    "garments": {},
    "staff_garments": {},
    "body": {},
    "staff_body": {},
    "tracks_ended": None,
    "lines": (),
    "zones": (),
    "rooms": (),
    "persons_mean": 0.0,
    "staff_mean": 0.0,
}
