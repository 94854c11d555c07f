from pathlib import Path

import numpy as np
import pytest

from domain.errors import SourceError
from tests.unit.training.scenes.cast import assets
from training.scenes.arrays import rotation_y
from training.scenes.bvh import read_bvh

_HEAD = """HIERARCHY
ROOT root
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Xrotation Yrotation Zrotation
  JOINT arm
  {
    OFFSET 0 0 1
    CHANNELS 3 Xrotation Yrotation Zrotation
    End Site
    {
      OFFSET 0 0 1
    }
  }
}
MOTION
Frames: 1
Frame Time: 0.04
"""


def test_angles_become_turns_with_y_up(tmp_path: Path) -> None:
    path = tmp_path / "pose.bvh"
    path.write_text(_HEAD + "1 2 3 0 0 0 0 0 90\n", encoding="utf-8")

    pose = read_bvh(path)

    assert pose.turns["root"] == pytest.approx(np.eye(3))
    assert pose.turns["arm"] == pytest.approx(rotation_y(np.pi / 2), abs=1e-9)
    assert not pose.aims


def test_a_frame_of_another_length_is_told(tmp_path: Path) -> None:
    path = tmp_path / "pose.bvh"
    path.write_text(_HEAD + "1 2 3\n", encoding="utf-8")

    with pytest.raises(SourceError, match=r"pose\.bvh: its frame has 3 numbers for 9 channels"):
        read_bvh(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.bvh: cannot be read .*FOOTFALL_SHARED"):
        read_bvh(tmp_path / "none.bvh")


@pytest.mark.shared_data
def test_the_standing_poses_are_for_the_rig() -> None:
    bones = set(assets().skeleton.bones)

    assert len(assets().standing_poses) == 5
    for pose in assets().standing_poses:
        assert set(pose.turns) == bones
        for turn in pose.turns.values():
            assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-6)
