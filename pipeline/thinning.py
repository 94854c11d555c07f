"""Which frame events are published: a camera says five a second, and most say what the one before has said."""

import json
from typing import Literal, TypeAlias

from domain.events import FrameObserved

Frames: TypeAlias = Literal["all", "changed", "none"]


class FrameThinner:
    """Lets the frame events of one stream through, or not.

    Args:
        which: `all`; `changed`: only where other persons are in view than in the last that was let through, or they wear something
            else; `none`.
    """

    def __init__(self, which: Frames = "all") -> None:
        self._which = which
        self._said: str | None = None

    @property
    def state(self) -> str | None:
        """What the last event that was let through said of the persons; None before the first."""
        return self._said

    def restore(self, state: str | None) -> None:
        """Go on from that state."""
        self._said = state

    def lets_through(self, event: FrameObserved) -> bool:
        """Whether this event, the next of the stream, is published."""
        if self._which != "changed":
            return self._which == "all"
        before, self._said = self._said, _persons(event)
        return self._said != before


def _persons(event: FrameObserved) -> str:
    """Who is in view and what they wear, without where they are."""
    persons = sorted(
        (person.track_id or 0, sorted((garment.part, garment.color) for garment in person.garments))
        for person in event.persons
    )
    return json.dumps(persons)
