"""What people do in a shop besides walking, and the thing that they do it with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from training.scenes.body import Side
from training.scenes.figure import OUTWARDS, Figure, hanging
from training.scenes.people import Person
from training.scenes.poses import standing, walking
from training.scenes.rig import Pose

PropName = Literal["trolley", "seat", "box"]

_PALM = 0.07  # from the wrist to what the hand holds, metres


@dataclass(frozen=True, slots=True)
class Prop:
    """A thing that somebody pushes, sits on or holds, in the person's own axes: x to the left, y up, z ahead, metres.

    The origin is the place on the floor where `PlacedPerson` puts the person, and the prop has the person's heading.

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
        kind: What the person does, a key of `KINDS`.
        pose: What the bones do; for this person only, for limbs differ in length.
        prop: What belongs to it, or None.
    """

    kind: str
    pose: Pose
    prop: Prop | None = None


def random_posture(rng: np.random.Generator, person: Person) -> Posture:
    """What this person may be seen doing; the same generator in the same state gives the same."""
    names = list(KINDS)
    shares = np.array([_SHARES[name] for name in names])
    return posture(names[int(rng.choice(len(names), p=shares / shares.sum()))], rng, person)


def posture(kind: str, rng: np.random.Generator, person: Person) -> Posture:
    """A random pose of one kind. A child that would push a trolley walks instead.

    Raises:
        KeyError: No such kind.
    """
    if kind == "pushing" and person.look.build.age == "child":
        kind = "walking"
    figure, prop = KINDS[kind](rng, person)
    return Posture(kind, figure.pose, prop)


_Made = tuple[Figure, Prop | None]


def _walking(rng: np.random.Generator, person: Person) -> _Made:
    figure = Figure(person, walking(float(rng.random()), person.look.gait))
    _glance(figure, rng)
    return figure, None


def _standing(rng: np.random.Generator, person: Person) -> _Made:
    if rng.random() < 0.4:
        figure = Figure(person, person.idle[int(rng.integers(len(person.idle)))])
        _glance(figure, rng)
        return figure, None
    figure = _upright(rng, person, walks=0.0)
    habits = (_hang_arms, _clasp_hands, _cross_arms, _hand_on_hip)
    habits[int(rng.choice(len(habits), p=(0.5, 0.2, 0.15, 0.15)))](figure, rng, person)
    return figure, None


def _hang_arms(figure: Figure, rng: np.random.Generator, person: Person) -> None:  # noqa: ARG001 - one signature for all habits
    for side in OUTWARDS:
        bend = float(rng.uniform(0.05, 0.9))
        away = OUTWARDS[side] * float(rng.uniform(0.1, 0.25))
        figure.arm(side, hanging(away, float(rng.normal(0, 0.12))), hanging(away * 0.3, bend))


def _clasp_hands(figure: Figure, rng: np.random.Generator, person: Person) -> None:
    height = float(rng.uniform(0.5, 0.62)) * person.height
    for side, outwards in OUTWARDS.items():
        place = np.array([outwards * 0.03, height, figure.front(height) + 0.06])
        figure.hand_to(side, place, np.array([outwards, -0.2, -0.4]))


def _cross_arms(figure: Figure, rng: np.random.Generator, person: Person) -> None:
    height = float(rng.uniform(0.66, 0.7)) * person.height
    for side, outwards in OUTWARDS.items():
        ahead = figure.front(height) + (0.09 if side == "L" else 0.05)
        figure.hand_to(side, np.array([-outwards * 0.12, height, ahead]), np.array([outwards, -0.8, 0.2]))


def _hand_on_hip(figure: Figure, rng: np.random.Generator, person: Person) -> None:
    _hang_arms(figure, rng, person)
    hip = figure.joint("spine05")
    for side in _some_hands(rng):
        outwards = OUTWARDS[side]
        figure.hand_to(side, hip + np.array([outwards * 0.2, 0.06, 0.02]), np.array([outwards, 0.0, -0.5]))


def _reaching(rng: np.random.Generator, person: Person) -> _Made:
    figure = _upright(rng, person, walks=0.0)
    side = _a_hand(rng)
    up = float(rng.uniform(-0.35, 0.75))
    figure.lean(float(rng.uniform(0, 0.35)) * (1 - max(0.0, up)), twist=OUTWARDS[side] * -0.2)
    figure.look(-0.5 * up, OUTWARDS[side] * float(rng.uniform(0, 0.3)))
    for hand in OUTWARDS if rng.random() < 0.25 else (side,):
        if up > 0:
            figure.raise_shoulder(hand, 0.5 * up)
        aim = np.array([OUTWARDS[hand] * float(rng.uniform(-0.1, 0.4)), up, float(rng.uniform(0.5, 0.9))])
        length = float(rng.uniform(0.75, 1.0)) * _arm_length(person)
        shoulder = figure.joint(f"upperarm01.{hand}")
        figure.hand_to(hand, shoulder + aim / np.linalg.norm(aim) * length, np.array([OUTWARDS[hand], -1, 0]))
        figure.grip(hand, float(rng.uniform(0.1, 0.5)))
    return figure, None


def _sitting(rng: np.random.Generator, person: Person) -> _Made:
    figure = Figure(person, standing(person.look.gait))
    for side in OUTWARDS:
        hip = float(rng.uniform(1.4, 1.6))
        figure.leg(side, hip, float(rng.uniform(hip - 0.3, hip + 0.25)), float(rng.uniform(0.03, 0.22)))
    figure.lean(
        float(rng.uniform(-0.15, 0.4)), float(rng.normal(0, 0.05)), float(rng.normal(0, 0.1)), hips=0.2
    )
    _glance(figure, rng)
    for side, outwards in OUTWARDS.items():
        knee = figure.joint(f"lowerleg01.{side}")
        on_thigh = knee + np.array([-outwards * 0.02, 0.13, -float(rng.uniform(0.02, 0.22))])
        figure.hand_to(side, on_thigh, np.array([outwards, -0.2, -0.6]))
    height = person.seat(figure.pose) - figure.floor
    return figure, Prop("seat", (0.0, height, 0.1), (0.46, height, 0.44))


def _bending(rng: np.random.Generator, person: Person) -> _Made:
    figure = _upright(rng, person, walks=0.0)
    deep = float(rng.uniform(0.5, 1.35))
    for side in OUTWARDS:
        knee = float(rng.uniform(0.0, 0.5)) * deep
        figure.leg(side, knee * 0.45, knee, float(rng.uniform(0.03, 0.14)))
    figure.lean(
        deep, float(rng.normal(0, 0.06)), float(rng.normal(0, 0.15)), hips=float(rng.uniform(0.45, 0.65))
    )
    figure.look(-0.3 * deep + float(rng.normal(0, 0.15)), float(rng.normal(0, 0.2)))
    _hang_arms(figure, rng, person)
    for side in _some_hands(rng):
        _reach_down(figure, rng, side)
    return figure, None


def _crouching(rng: np.random.Generator, person: Person) -> _Made:
    figure = Figure(person, standing(person.look.gait))
    hip = float(rng.uniform(1.7, 2.0))
    for side in OUTWARDS:
        bent = hip + float(rng.uniform(-0.12, 0.12))
        figure.leg(side, bent, bent + float(rng.uniform(0.35, 0.5)), float(rng.uniform(0.05, 0.3)))
    figure.lean(float(rng.uniform(0.4, 0.75)), twist=float(rng.normal(0, 0.15)), hips=0.5)
    figure.look(float(rng.uniform(-0.5, 0.1)), float(rng.normal(0, 0.3)))
    _hang_arms(figure, rng, person)
    for side in _some_hands(rng):
        _reach_down(figure, rng, side)
    return figure, None


def _reach_down(figure: Figure, rng: np.random.Generator, side: Side) -> None:
    shoulder = figure.joint(f"upperarm01.{side}")
    place = np.array(
        [
            shoulder[0] * float(rng.uniform(0.4, 1.2)),
            float(rng.uniform(0.15, 0.6)) * float(shoulder[1]),
            shoulder[2] + float(rng.uniform(0.1, 0.45)),
        ]
    )
    figure.hand_to(side, place, np.array([OUTWARDS[side], 0.2, -0.5]))
    figure.grip(side, 0.3)


def _pushing(rng: np.random.Generator, person: Person) -> _Made:
    figure = _upright(rng, person, walks=0.65)
    figure.lean(float(rng.uniform(0.03, 0.2)))
    bar = min(float(rng.uniform(0.94, 1.06)), 0.64 * person.height)
    ahead = figure.front(bar) + float(rng.uniform(0.22, 0.34))
    apart = float(rng.uniform(0.16, 0.22))
    for side, outwards in OUTWARDS.items():
        wrist = np.array([outwards * apart, bar + 0.03, ahead - _PALM])
        figure.hand_to(side, wrist, np.array([outwards * 0.6, -0.6, -0.5]))
        figure.grip(side, 0.6)
    return figure, Prop("trolley", (0.0, bar, ahead), (0.5, bar, 0.9))


def _carrying(rng: np.random.Generator, person: Person) -> _Made:
    figure = _upright(rng, person, walks=0.6)
    figure.lean(-0.05)
    scale = person.height / 1.7
    size = rng.uniform((0.26, 0.14, 0.2), (0.46, 0.36, 0.34)) * scale
    height = float(rng.uniform(0.56, 0.66)) * person.height
    ahead = figure.front(height) + float(size[2]) / 2 + 0.05
    for side, outwards in OUTWARDS.items():
        wrist = np.array([outwards * (size[0] / 2 + 0.02), height - size[1] / 4, ahead - 0.06])
        figure.hand_to(side, wrist, np.array([outwards * 0.7, -0.7, -0.4]))
    return figure, Prop("box", (0.0, height, ahead), (float(size[0]), float(size[1]), float(size[2])))


def _phoning(rng: np.random.Generator, person: Person) -> _Made:
    figure = _upright(rng, person, walks=0.5)
    side = _a_hand(rng)
    head = figure.joint("head")
    below_ear = head + np.array([OUTWARDS[side] * 0.11, -0.07, 0.07]) * (person.height / 1.7)
    figure.hand_to(side, below_ear, np.array([OUTWARDS[side] * 0.4, -1.0, 0.8]))
    figure.grip(side, 0.4)
    return figure, None


def _reading(rng: np.random.Generator, person: Person) -> _Made:
    """Looks down at a phone or a label, held in one hand or in both."""
    figure = _upright(rng, person, walks=0.4)
    figure.look(float(rng.uniform(0.3, 0.6)), 0.0)
    height = float(rng.uniform(0.62, 0.72)) * person.height
    ahead = figure.front(height) + float(rng.uniform(0.14, 0.22))
    for side in _some_hands(rng):
        wrist = np.array([OUTWARDS[side] * 0.06, height, ahead])
        figure.hand_to(side, wrist, np.array([OUTWARDS[side], -1.0, -0.3]))
        figure.grip(side, 0.4)
    return figure, None


KINDS: Mapping[str, Callable[[np.random.Generator, Person], _Made]] = MappingProxyType(
    {
        "walking": _walking,
        "standing": _standing,
        "reaching": _reaching,
        "sitting": _sitting,
        "bending": _bending,
        "crouching": _crouching,
        "pushing": _pushing,
        "carrying": _carrying,
        "phoning": _phoning,
        "reading": _reading,
    }
)
"""Every kind of posture, and how one of it is made."""

_SHARES = {
    "walking": 0.32,
    "standing": 0.22,
    "reaching": 0.1,
    "sitting": 0.06,
    "bending": 0.05,
    "crouching": 0.04,
    "pushing": 0.08,
    "carrying": 0.05,
    "phoning": 0.03,
    "reading": 0.05,
}


def _upright(rng: np.random.Generator, person: Person, walks: float) -> Figure:
    """On both feet: walking with that probability, or standing with the weight somewhere between them."""
    gait = person.look.gait
    if rng.random() < walks:
        figure = Figure(person, walking(float(rng.random()), gait))
    else:
        figure = Figure(person, standing(gait))
        for side in OUTWARDS:
            knee = float(rng.choice((0.0, rng.uniform(0, 0.4))))
            forwards = knee * 0.5 + float(rng.normal(0, 0.08))
            figure.leg(side, forwards, knee, float(rng.uniform(0.0, 0.13)))
    _glance(figure, rng)
    return figure


def _glance(figure: Figure, rng: np.random.Generator) -> None:
    figure.look(
        float(np.clip(rng.normal(0.1, 0.2), -0.4, 0.6)), float(np.clip(rng.normal(0, 0.35), -1.0, 1.0))
    )


def _a_hand(rng: np.random.Generator) -> Side:
    return "L" if rng.random() < 0.4 else "R"


def _some_hands(rng: np.random.Generator) -> tuple[Side, ...]:
    return ("L", "R") if rng.random() < 0.4 else (_a_hand(rng),)


def _arm_length(person: Person) -> float:
    return person.rig.length("upperarm01.L") + person.rig.length("lowerarm01.L")
