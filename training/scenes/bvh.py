"""Poses stored as Biovision motion files (`.bvh`) for the default rig, one frame each."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from domain.errors import SourceError
from training.scenes.arrays import Matrix, rotation_x, rotation_y, rotation_z
from training.scenes.rig import Pose

_TURN = {"Xrotation": rotation_x, "Yrotation": rotation_y, "Zrotation": rotation_z}
_FROM_Z_UP = rotation_x(-np.pi / 2)  # the files stand along z and face -y


@lru_cache(maxsize=16)
def read_bvh(path: Path) -> Pose:
    """The first frame. Positions are not read: they are the rig's own.

    Raises:
        SourceError: The file is not there or has no frame.
    """
    try:
        head, _, motion = path.read_text(encoding="utf-8").partition("MOTION")
    except OSError as error:
        raise SourceError(
            f"{path}: cannot be read ({error.strerror}); FOOTFALL_SHARED names the data folder"
        ) from error
    channels = _channels(head)
    frames = motion.strip().splitlines()[2:]
    values = [float(word) for word in frames[0].split()] if frames else []
    if len(values) != len(channels):
        raise SourceError(f"{path}: its frame has {len(values)} numbers for {len(channels)} channels")
    turns: dict[str, Matrix] = {}
    for (joint, channel), value in zip(channels, values, strict=True):
        if channel in _TURN:
            turns[joint] = turns.get(joint, np.eye(3)) @ _TURN[channel](np.deg2rad(value))
    return Pose(turns={joint: _FROM_Z_UP @ turn @ _FROM_Z_UP.T for joint, turn in turns.items()})


def _channels(head: str) -> list[tuple[str, str]]:
    """Joint and channel of each number of a frame."""
    found: list[tuple[str, str]] = []
    joint = ""
    for line in head.splitlines():
        match line.split():
            case ["ROOT" | "JOINT", name]:
                joint = name
            case ["CHANNELS", _, *channels]:
                found += [(joint, channel) for channel in channels]
    return found
