"""What happens before a camera, window by window, and the windows that count it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from domain.events import LineCounts, RoomCounts, WindowClosed, ZoneCounts
from tests.support.events import window_event

COLORS = ("red", "blue", "grey")
DOOR, ZONE, ROOM = "door", "promotion", "shop"
PARTS = ("upper-clothes", "shoe")


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
