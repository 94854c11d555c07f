"""Standing and walking.

The angles of hip, knee and ankle over a walking cycle follow the well-known curves of normal gait (D. A. Winter, "The Biomechanics
and Motor Control of Human Gait", 1987), read off at every tenth of the cycle.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from training.scenes.arrays import Matrix, Points, Vector, rotation_x, rotation_y, rotation_z
from training.scenes.rig import Pose, Skeleton, carry

_TENTHS = np.linspace(0, 1, 11)
_HIP_DEG = (31, 28, 21, 12, 2, -8, -10, 4, 21, 31, 31)
_KNEE_DEG = (4, 14, 16, 11, 6, 8, 31, 58, 56, 24, 4)
_ANKLE_DEG = (0, -3, 3, 7, 10, 7, -14, -9, -1, 1, 0)

_SIDES = (("L", 1.0, 0.0), ("R", -1.0, 0.5))
"""Side, direction of its x, and how far its leg is ahead in the cycle."""


@dataclass(frozen=True, slots=True)
class Gait:
    """How somebody walks.

    Attributes:
        stride: Length of the steps; 1 is as in the curves.
        arm_swing: Radians to either side.
        elbow: Bend of the elbows, radians.
        abduction: How far the arms hang from the body, radians.
        lean: Of the trunk, forwards, radians.
    """

    stride: float = 1.0
    arm_swing: float = 0.35
    elbow: float = 0.3
    abduction: float = 0.15
    lean: float = 0.04

    @classmethod
    def random(cls, rng: np.random.Generator) -> "Gait":
        """Somebody's."""
        return cls(
            stride=float(rng.uniform(0.85, 1.05)),
            arm_swing=float(rng.uniform(0.25, 0.5)),
            elbow=float(rng.uniform(0.15, 0.5)),
            abduction=float(rng.uniform(0.12, 0.22)),
            lean=float(rng.uniform(0.02, 0.08)),
        )


USUAL_GAIT = Gait()


def walking(phase: float, gait: Gait, effort: float = 1.0) -> Pose:
    """One moment of a walk.

    Args:
        phase: Position in the cycle of two steps, from one left heel strike (0) to the next (1); any number.
        gait: Whose.
        effort: 1 walks, 0 stands still, between them is somebody who slows down.
    """
    aims: dict[str, Vector] = {}
    turns: dict[str, Matrix] = {}
    for side, outwards, ahead in _SIDES:
        swing = gait.arm_swing * effort * np.cos(2 * np.pi * (phase + ahead + 0.5))
        _leg(aims, turns, side, outwards, _leg_angles(phase + ahead, gait.stride * effort))
        _arm(aims, side, outwards, gait, float(swing))
        turns[f"clavicle.{side}"] = rotation_z(-outwards * 0.08)
        turns[f"shoulder01.{side}"] = rotation_z(-outwards * 0.25)
    twist = 0.07 * effort * float(np.cos(2 * np.pi * phase))
    turns["root"] = rotation_y(-twist)
    turns["spine03"] = rotation_y(2 * twist) @ rotation_x(gait.lean)
    turns["neck01"] = rotation_y(-twist) @ rotation_x(-gait.lean / 2)
    return Pose(aims, turns)


def standing(gait: Gait) -> Pose:
    """Upright with the arms down."""
    return walking(0.0, gait, effort=0.0)


def _leg_angles(phase: float, amount: float) -> tuple[float, float, float]:
    hip, knee, ankle = np.deg2rad(_curves()(phase % 1.0))
    return float(hip * amount), float(knee * amount), float(ankle * amount)


@lru_cache(maxsize=1)
def _curves() -> CubicSpline:
    return CubicSpline(_TENTHS, np.array([_HIP_DEG, _KNEE_DEG, _ANKLE_DEG]).T, bc_type="periodic")


def _leg(
    aims: dict[str, Vector],
    turns: dict[str, Matrix],
    side: str,
    outwards: float,
    angles: tuple[float, float, float],
) -> None:
    hip, knee, ankle = angles
    aims[f"upperleg01.{side}"] = _hanging(outwards * 0.03, hip)
    aims[f"lowerleg01.{side}"] = _hanging(outwards * 0.01, hip - knee)
    turns[f"foot.{side}"] = rotation_x(-ankle)


def _arm(aims: dict[str, Vector], side: str, outwards: float, gait: Gait, swing: float) -> None:
    bend = gait.elbow + 0.4 * max(0.0, swing)
    aims[f"upperarm01.{side}"] = _hanging(outwards * gait.abduction, swing)
    aims[f"lowerarm01.{side}"] = _hanging(outwards * gait.abduction * 0.3, swing + bend)


def _hanging(sideways: float, forwards: float) -> Vector:
    """Unit vector that hangs down, turned sideways (to +x) and forwards by these angles."""
    return np.array(
        [np.sin(sideways), -np.cos(sideways) * np.cos(forwards), np.cos(sideways) * np.sin(forwards)]
    )


@dataclass(frozen=True, slots=True, eq=False)
class Stride:
    """How far a body has come at each phase of its walk, so that the foot on the floor stays where it is.

    Attributes:
        phases: Shape (N,), 0 to 1.
        metres: Shape (N,), from 0 to the length of a whole cycle, strictly rising.
    """

    phases: npt.NDArray[np.float64]
    metres: npt.NDArray[np.float64]

    @property
    def length(self) -> float:
        """Of two steps, metres."""
        return float(self.metres[-1])

    def phase(self, walked: float) -> float:
        """The phase, 0 to 1, after that many metres."""
        return float(np.interp(walked % self.length, self.metres, self.phases))


def measure_stride(skeleton: Skeleton, body: Points, gait: Gait, samples: int = 24) -> Stride:
    """Find a body's stride: while a foot is on the floor, the body moves on as far as the ball of that foot falls back."""
    ball = skeleton.tail(body, "foot.L")
    fitted = skeleton.fitted(body)
    phases = np.linspace(0, 0.5, samples + 1)
    behind = np.array([-carry(ball, fitted.transform(walking(phase, gait), "foot.L"))[2] for phase in phases])
    steps = np.maximum(np.diff(behind), 0.1 * (behind[-1] - behind[0]) / samples)
    half = np.concatenate([[0.0], np.cumsum(steps)])
    return Stride(np.concatenate([phases, phases[1:] + 0.5]), np.concatenate([half, half[1:] + half[-1]]))
