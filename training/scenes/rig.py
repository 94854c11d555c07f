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

    def transforms(self, body: Points, pose: Pose) -> Transforms:
        """Where the pose takes each bone of that body."""
        world = np.zeros((len(self.bones), 3, 4))
        for number, bone in enumerate(self.bones):
            parent = self.parents[number]
            base = world[parent] if parent >= 0 else np.eye(3, 4)
            turned = base[:, :3] @ pose.turns.get(bone, np.eye(3))
            if bone in pose.aims:
                turned = rotation_between(turned @ self._direction(body, bone), pose.aims[bone]) @ turned
            head = np.asarray(body[self.heads[number]].mean(0), np.float64)
            world[number, :, :3] = turned
            world[number, :, 3] = base[:, :3] @ head + base[:, 3] - turned @ head
        return world.astype(np.float32)

    def _direction(self, body: Points, bone: str) -> Vector:
        name, _, side = bone.partition(".")
        along = self.head(body, f"{_LIMB_ENDS[name]}.{side}") - self.head(body, bone)
        return np.asarray(along / np.linalg.norm(along), np.float64)


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
