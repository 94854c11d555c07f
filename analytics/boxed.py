"""Where somebody stands of whom a box is all that is known, because only the best views of a visit are parsed (ADR 21).

The lower side of a box is below the feet by as much as shoes reach below the ankles; how much that is, is learnt from those who are
parsed. Where a box is lower than its track was a moment ago, and wider for its height, legs are hidden: the feet are as far below
the head as they were. Perspective alone does not tell that: where a camera looks down little, heads are in about the same row
however far away people are, so who is hidden to the knees looks like somebody a little further away.
"""

from collections.abc import Collection
from dataclasses import astuple, dataclass, replace

from analytics.foot import Foot
from analytics.perspective import BoxedState, Perspective
from domain.parsing import UNTRACKED, PersonView

# Of the height: where nothing has been learnt, feet are so far above the lower side of a box.
_ABOVE, _DOUBT, _MOST = 0.04, 12.0, 200.0
# Of what was seen of somebody before: who is lower and, for the height, wider is hidden from the legs down.
_LOWER, _WIDER = 0.85, 1.1
# Of the height that is missing: by so much the lower side has risen where legs become hidden.
_ROSE = 0.5
# Width by height of a box from which legs are hidden, or somebody is bent, where nothing is known of before.
_WIDE = 0.5
# Of the height: how far from the lower border of the picture a box may end that the border cuts.
_NEAR_BORDER = 0.02
# How much of what was known stays with each frame.
_STAYS = 0.7
# Tracks that are remembered of whom the newest frame does not show.
_MISSING = 32


@dataclass(frozen=True, slots=True)
class _Whole:
    """What is known of all of somebody; lengths in pixels.

    Attributes:
        tall, slim: Height, and width by that.
        seen: How much of the height was seen.
        bottom: Lower side of the box in which that was.
        legless: Whether legs are hidden now.
    """

    tall: float
    slim: float
    seen: float
    bottom: float
    legless: bool = False

    def then(self, tall: float, slim: float, bottom: float) -> "_Whole":
        """After another look at all of it."""
        tall = tall + _STAYS * (self.tall - tall)
        return _Whole(tall, slim + _STAYS * (self.slim - slim), tall, bottom)

    def hides(self, tall: float, slim: float, bottom: float) -> bool:
        """Whether a box as high and, for its height, as wide as that shows less than there is."""
        more = self.seen < _LOWER * self.tall and tall > self.seen / _LOWER
        if more or tall >= _LOWER * self.tall or slim <= _WIDER * self.slim:
            return False
        # Who sits down or bends is lower and wider, too, and the feet stay.
        return self.legless or self.bottom - bottom >= _ROSE * (self.tall - tall)


class Boxed:
    """Foot points of boxes. One thread, frames in order.

    Args:
        perspective: Of the camera, as it is learnt.
        state: What was known before.
    """

    def __init__(self, perspective: Perspective, state: BoxedState) -> None:
        self._perspective = perspective
        self._count, self._above = state.above
        self._known = {known[0]: _Whole(*known[1:]) for known in state.tracks}

    def learn(self, person: PersonView, track_id: int, foot: Foot, rows: int) -> None:
        """A parse has shown where somebody stands.

        Args:
            person: Of the frame.
            track_id: UNTRACKED where there is none.
            foot: The place.
            rows: Height of the picture, pixels.
        """
        if not foot.known or person.top <= 0 or _is_cut(person, rows):
            return
        tall, wide = float(max(1, person.bottom - person.top)), float(person.right - person.left)
        seen = tall
        if foot.state == "seen":
            self._count = min(self._count + 1, _MOST)
            self._above += ((person.bottom - foot.y) / tall - self._above) / self._count
        else:
            tall = max(tall, (foot.y - person.top) / (1 - self._drop))
        if track_id != UNTRACKED:
            self._known[track_id] = _Whole(
                tall, wide / tall, seen, float(person.bottom), foot.state == "estimated"
            )

    def foot(self, person: PersonView, track_id: int, rows: int) -> Foot:
        """Where somebody stands.

        Args:
            person: Of the frame, not parsed.
            track_id: UNTRACKED where there is none.
            rows: Height of the picture, pixels.
        """
        middle, tall = (person.left + person.right) / 2, float(max(1, person.bottom - person.top))
        slim, known = (person.right - person.left) / tall, self._known.get(track_id)
        if _is_cut(person, rows):
            return self._below_picture(person, known, rows)
        if known is not None and known.hides(tall, slim, person.bottom):
            self._known[track_id] = replace(known, legless=True)
            y = person.top + (1 - self._drop) * known.tall
            return Foot("estimated", middle, y, round(0.25 + 0.3 * tall / known.tall, 3), known.tall)
        y = person.bottom - self._drop * tall
        if known is None and slim > _WIDE:
            return Foot("estimated", middle, y, 0.3, tall)
        if track_id != UNTRACKED and person.top > 0:
            now = _Whole(tall, slim, tall, float(person.bottom))
            is_same = known is not None and known.seen >= _LOWER * known.tall and tall >= _LOWER * known.tall
            self._known[track_id] = known.then(tall, slim, now.bottom) if known and is_same else now
        return Foot("seen", middle, y, 0.6, tall)

    def _below_picture(self, person: PersonView, known: _Whole | None, rows: int) -> Foot:
        middle, tall = (person.left + person.right) / 2, float(max(1, person.bottom - person.top))
        below = self._perspective.feet_below(person.top / rows) if person.top > 0 else None
        if below is not None:
            whole = below * rows - person.top
        elif known is not None and person.top > 0:
            whole = (1 - self._drop) * known.tall
        else:
            return Foot("estimated", middle, float(person.bottom), 0.3, tall)
        seen = round(0.25 + 0.3 * min(1.0, tall / max(whole, 1.0)), 3)
        return Foot(
            "estimated", middle, max(person.top + whole, float(person.bottom)), seen, max(whole, tall)
        )

    @property
    def _drop(self) -> float:
        """How far feet are above the lower side of a box, as a part of its height."""
        return _ABOVE + self._count / (self._count + _DOUBT) * (self._above - _ABOVE)

    def forget(self, track_ids: Collection[int]) -> None:
        """Those of the frame stay; of the others the newest."""
        here = {track_id: self._known.pop(track_id) for track_id in track_ids if track_id in self._known}
        for track_id in list(self._known)[: max(0, len(self._known) - _MISSING)]:
            del self._known[track_id]
        self._known |= here

    def snapshot(self) -> BoxedState:
        """What is known."""
        tracks = tuple((track_id, *astuple(one)) for track_id, one in self._known.items())
        return BoxedState(above=(self._count, self._above), tracks=tracks)


def _is_cut(person: PersonView, rows: int) -> bool:
    """Whether the lower border of the picture hides the feet."""
    return person.bottom >= rows - 1 - _NEAR_BORDER * (person.bottom - person.top)
