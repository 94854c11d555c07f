"""What people do besides walking, and the thing that they do it with."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from training.scenes.people import Person
from training.scenes.poses import standing, walking
from training.scenes.rig import Pose

PropName = Literal["trolley", "seat", "box"]


@dataclass(frozen=True, slots=True)
class Prop:
    """A thing that somebody pushes, sits on or holds, in the person's own axes: x to the left, y up, z ahead, metres.

    The origin lies on the floor below the person's hips, where `PlacedPerson` puts the person; the prop has the person's heading.

    Attributes:
        name: What it is.
        at: A trolley's: the middle of the bar in the hands. A seat's: the middle of its top. A box's: its middle.
        size: Along x, y, z. A trolley's: width of the bar, height of the bar, length from the bar ahead. A seat's: width, height of
            its top above the floor, depth. A box's: its edges.
    """

    name: PropName
    at: tuple[float, float, float]
    size: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Posture:
    """Somebody's pose.

    Attributes:
        kind: What the person does.
        pose: What the bones do; for this person only, for limbs differ in length.
        prop: What belongs to it, or None.
    """

    kind: str
    pose: Pose
    prop: Prop | None = None


def random_posture(rng: np.random.Generator, person: Person) -> Posture:
    """What this person may be seen doing in a shop; the same generator in the same state gives the same."""
    if rng.random() < 0.5:
        return Posture("walking", walking(float(rng.random()), person.look.gait))
    return Posture("standing", standing(person.look.gait))
