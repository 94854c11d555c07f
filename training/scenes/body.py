"""The body: its shape, and which of its faces are face, arms, legs and torso."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from domain.labels import BodyPart
from training.scenes.arrays import Faces, Flags, Parts, Points
from training.scenes.rig import Skeleton

Sex = Literal["female", "male"]
Age = Literal["young", "old", "child"]
Ancestry = Literal["african", "asian", "caucasian"]
Side = Literal["L", "R"]

_HEAD_BONES = (
    "head",
    "jaw",
    "oris",
    "levator",
    "oculi",
    "special",
    "risorius",
    "temporalis",
    "tongue",
    "eye",
    "orbicularis",
)
_ARM_BONES = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal", "shoulder")
_HAND_BONES = ("wrist", "finger", "metacarpal")
_LEG_BONES = ("upperleg", "lowerleg", "foot", "toe")


@dataclass(frozen=True, slots=True)
class Build:
    """The shape of a body.

    Attributes:
        sex, age, ancestry: MakeHuman's macro targets.
        weight: -1 thin to 1 heavy.
        muscle: -1 weak to 1 strong.
        tan: Brightness of the skin; 1 is the usual one of the ancestry.
        height: -1 short to 1 tall, by MakeHuman's targets.
    """

    sex: Sex = "female"
    age: Age = "young"
    ancestry: Ancestry = "caucasian"
    weight: float = 0.0
    muscle: float = 0.0
    tan: float = 1.0
    height: float = 0.0

    def targets(self) -> dict[str, float]:
        """Shape targets and their amounts; muscle and weight are mixed bilinearly between the extremes."""
        mixed = {f"macrodetails/{self.ancestry}-{self.sex}-{self.age}": 1.0}
        for muscle, strong in _mix(self.muscle, "muscle").items():
            for weight, heavy in _mix(self.weight, "weight").items():
                mixed[f"macrodetails/universal-{self.sex}-{self.age}-{muscle}-{weight}"] = strong * heavy
        if self.height:
            extreme = "max" if self.height > 0 else "min"
            usual = "averagemuscle-averageweight"
            mixed[f"macrodetails/height/{self.sex}-{self.age}-{usual}-{extreme}height"] = abs(self.height)
        return mixed


def _mix(amount: float, what: str) -> dict[str, float]:
    extreme = "max" if amount > 0 else "min"
    return {f"{extreme}{what}": abs(amount), f"average{what}": 1 - abs(amount)}


def body_parts(skeleton: Skeleton, faces: Faces) -> Parts:
    """What each face of the bare body is, shape (M,): told by the bone that its first corner follows most.

    Left and right are the person's own. The neck belongs to the torso.
    """
    by_bone = np.array([_part_of(bone) for bone in skeleton.bones], np.uint8)
    return np.asarray(by_bone[skeleton.weights.argmax(1)][faces[:, 0]], np.uint8)


def _part_of(bone: str) -> BodyPart:
    left = bone.endswith(".L")
    if bone.startswith(_ARM_BONES):
        return BodyPart.LEFT_ARM if left else BodyPart.RIGHT_ARM
    if bone.startswith(_LEG_BONES):
        return BodyPart.LEFT_LEG if left else BodyPart.RIGHT_LEG
    if bone.startswith(_HEAD_BONES):
        return BodyPart.FACE
    return BodyPart.TORSO_SKIN


def hands(skeleton: Skeleton, faces: Faces) -> Flags:
    """Which faces of the base body are hands, shape (M,)."""
    by_bone = np.array([bone.startswith(_HAND_BONES) for bone in skeleton.bones])
    return np.asarray(by_bone[skeleton.weights.argmax(1)][faces[:, 0]])


def shoe_parts(faces: Faces, points: Points) -> Parts:
    """Left or right for each face of a pair of shoes on a body at rest, shape (M,)."""
    left = points[faces].mean(1)[:, 0] > 0
    return np.where(left, BodyPart.LEFT_SHOE, BodyPart.RIGHT_SHOE).astype(np.uint8)


def scalp(rest: Points, faces: Faces) -> Flags:
    """Which faces of the base body carry hair, shape (M,): what lies above and behind the hairline."""
    x, y, z = rest[faces].mean(1).T
    hairline = 0.715 + 0.75 * np.maximum(z - 0.01, -0.03)
    return np.asarray((y > hairline) & (np.abs(x) < 0.1))
