"""Skeleton, poses and linear blend skinning."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from training.scenes.arrays import Matrix, Points, Vector, Weights, rotation_between

Transforms: TypeAlias = npt.NDArray[np.float32]
"""Shape (bones, 3, 4), dtype float32: where each bone takes a point of the rest pose."""

_DECIMETRE = 0.1

_LIMB_ENDS = {
    "upperarm01": "lowerarm01",
    "lowerarm01": "wrist",
    "upperleg01": "lowerleg01",
    "lowerleg01": "foot",
}
"""A limb of two bones turns as one, towards the joint where the next limb begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """What the bones do, for a body of any shape. World directions are those of a person who faces +z.

    Attributes:
        aims: Limb (such as `upperarm01.L`) to the unit vector that it points along.
        turns: Bone to its own rotation, relative to the bone it hangs on.
    """

    aims: Mapping[str, Vector] = field(default_factory=dict)
    turns: Mapping[str, Matrix] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """MakeHuman's default rig.

    Attributes:
        bones: Names; a bone comes after the one it hangs on.
        parents: For each bone the number of that one, -1 for the root.
        heads, tails: For each bone the points of the body whose mean is its joint.
        weights: Shape (N, bones), of the body's points.
    """

    bones: tuple[str, ...]
    parents: tuple[int, ...]
    heads: tuple[npt.NDArray[np.int32], ...]
    tails: tuple[npt.NDArray[np.int32], ...]
    weights: Weights

    def index(self, bone: str) -> int:
        """Its number.

        Raises:
            ValueError: No such bone.
        """
        return self.bones.index(bone)

    def head(self, body: Points, bone: str) -> Vector:
        """Where the bone begins on that body in its rest pose."""
        return np.asarray(body[self.heads[self.index(bone)]].mean(0), np.float64)

    def tail(self, body: Points, bone: str) -> Vector:
        """Where it ends."""
        return np.asarray(body[self.tails[self.index(bone)]].mean(0), np.float64)

    def fitted(self, body: Points) -> "FittedSkeleton":
        """The rig inside that body."""
        heads = np.stack([body[members].mean(0) for members in self.heads]).astype(np.float64)
        return FittedSkeleton(self, heads)

    def transforms(self, body: Points, pose: Pose) -> Transforms:
        """Where the pose takes each bone of that body."""
        return self.fitted(body).transforms(pose)


@dataclass(frozen=True, slots=True, eq=False)
class FittedSkeleton:
    """The rig inside one body.

    Attributes:
        skeleton: The rig.
        heads: Shape (bones, 3) float64: where each bone begins in the rest pose.
    """

    skeleton: Skeleton
    heads: npt.NDArray[np.float64]

    def transforms(self, pose: Pose) -> Transforms:
        """Where the pose takes each bone."""
        world = np.zeros((len(self.heads), 3, 4))
        for number, parent in enumerate(self.skeleton.parents):
            world[number] = self._moved(number, world[parent] if parent >= 0 else np.eye(3, 4), pose)
        return world.astype(np.float32)

    def transform(self, pose: Pose, bone: str) -> npt.NDArray[np.float32]:
        """Where the pose takes one bone, shape (3, 4): the same as in `transforms`, without the others."""
        chain = [self.skeleton.index(bone)]
        while (parent := self.skeleton.parents[chain[-1]]) >= 0:
            chain.append(parent)
        base = np.eye(3, 4)
        for number in reversed(chain):
            base = self._moved(number, base, pose)
        return base.astype(np.float32)

    def length(self, limb: str) -> float:
        """Of a limb, metres, from its joint to the next."""
        return float(np.linalg.norm(self._limb(limb)))

    def _moved(self, number: int, base: npt.NDArray[np.float64], pose: Pose) -> npt.NDArray[np.float64]:
        bone, head = self.skeleton.bones[number], self.heads[number]
        turned = base[:, :3]
        if bone in pose.turns:
            turned = turned @ pose.turns[bone]
        if bone in pose.aims:
            along = self._limb(bone)
            along = along / np.linalg.norm(along)
            turned = rotation_between(turned @ along, pose.aims[bone]) @ turned
        moved = np.empty((3, 4))
        moved[:, :3] = turned
        moved[:, 3] = base[:, :3] @ head + base[:, 3] - turned @ head
        return moved

    def _limb(self, bone: str) -> Vector:
        name, _, side = bone.partition(".")
        end = self.skeleton.index(f"{_LIMB_ENDS[name]}.{side}")
        return np.asarray(self.heads[end] - self.heads[self.skeleton.index(bone)], np.float64)


def skin(points: Points, weights: Weights, transforms: Transforms) -> Points:
    """Points of the rest pose, shape (N, 3), moved along with the bones."""
    blended = (weights @ transforms.reshape(len(transforms), 12)).reshape(-1, 3, 4)
    return np.asarray(np.einsum("nij,nj->ni", blended[:, :, :3], points) + blended[:, :, 3], np.float32)


def carry(point: Vector, transform: npt.NDArray[np.float32]) -> Vector:
    """One point of the rest pose, moved along with one bone."""
    return np.asarray(transform[:, :3] @ point + transform[:, 3], np.float64)


def read_skeleton(rig: Path, weights: Path, points: int) -> Skeleton:
    """Read a `.mhskel` and a `.mhw` file for a body of that many points."""
    described = json.loads(rig.read_text(encoding="utf-8"))
    bones = _in_order({name: bone["parent"] for name, bone in described["bones"].items()})
    joints = {name: np.array(members, np.int32) for name, members in described["joints"].items()}
    return Skeleton(
        bones=bones,
        parents=tuple(
            bones.index(parent) if (parent := described["bones"][bone]["parent"]) else -1 for bone in bones
        ),
        heads=tuple(joints[described["bones"][bone]["head"]] for bone in bones),
        tails=tuple(joints[described["bones"][bone]["tail"]] for bone in bones),
        weights=_read_weights(weights, bones, points),
    )


def _in_order(parents: Mapping[str, str | None]) -> tuple[str, ...]:
    ordered: list[str] = [bone for bone, parent in parents.items() if parent is None]
    for bone in ordered:
        ordered += [child for child, parent in parents.items() if parent == bone]
    return tuple(ordered)


def _read_weights(path: Path, bones: tuple[str, ...], points: int) -> Weights:
    weights = np.zeros((points, len(bones)), np.float32)
    for bone, entries in json.loads(path.read_text(encoding="utf-8"))["weights"].items():
        table = np.array(entries).reshape(-1, 2)
        weights[table[:, 0].astype(np.int32), bones.index(bone)] = table[:, 1]
    weights[weights.sum(1) == 0, bones.index("root")] = 1
    return np.asarray(weights / weights.sum(1, keepdims=True), np.float32)
