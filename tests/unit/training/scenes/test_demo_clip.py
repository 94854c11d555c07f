"""The clip in the repository is the one that the code describes."""

import json
from typing import Any

import av
import numpy as np
import pytest

from tests.support.shared_data import ROOT
from training.scenes.demo_clip import FPS, FRAMES, RECORDED_AT, ROLES
from training.scenes.film import visits
from training.scenes.walks import Walk

CLIP = ROOT / "cli/demo/demo.mp4"


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((ROOT / "cli/demo/demo.json").read_text(encoding="utf-8"))
    return truth


def test_the_clip_plays_in_a_browser_and_says_when_it_began(known: dict[str, Any]) -> None:
    with av.open(str(CLIP)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (known["width"], known["height"]) == (768, 432)
        assert stream.average_rate == known["fps"] == FPS
        assert container.metadata["creation_time"] == RECORDED_AT.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        assert sum(1 for _ in container.decode(stream)) == known["frames"] == FRAMES
    data = CLIP.read_bytes()
    assert len(data) < 3_000_000
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_truth_is_what_the_roles_wear(known: dict[str, Any]) -> None:
    assert sorted(visit["person"] for visit in known["visits"]) == list(range(1, len(ROLES) + 1))
    for visit in known["visits"]:
        look = ROLES[visit["person"] - 1].look
        worn = [{"part": garment.name, "color": garment.fabric.color.name} for garment in look.garments]
        assert visit["garments"] == [*worn, {"part": "shoe", "color": look.shoe_color.name}]


def test_everybody_is_seen_whole_and_large_for_three_seconds_and_gone_at_the_end(
    known: dict[str, Any],
) -> None:
    for visit in known["visits"]:
        role = ROLES[visit["person"] - 1]
        walk = Walk(role.places, start_s=role.start_s, speed=role.speed)
        assert walk.start_s <= visit["enter_s"] < visit["leave_s"] <= walk.end_s < FRAMES / FPS
        boxes = np.array(list(visit["boxes"].values()))
        whole = (boxes[:, 0] > 0) & (boxes[:, 2] < known["width"]) & (boxes[:, 3] < known["height"])
        large = boxes[:, 3] - boxes[:, 1] > 90
        assert np.count_nonzero(whole & large) / FPS >= 3


def test_times_are_those_of_the_boxes(known: dict[str, Any]) -> None:
    frames: dict[int, dict[int, tuple[int, int, int, int]]] = {}
    for visit in known["visits"]:
        for index, (left, top, right, bottom) in visit["boxes"].items():
            frames.setdefault(int(index), {})[visit["person"]] = (left, top, right, bottom)

    again = visits(list(frames.items()), FPS)

    assert [(one.person, one.enter_s, one.leave_s) for one in again] == [
        (visit["person"], visit["enter_s"], visit["leave_s"]) for visit in known["visits"]
    ]
    assert max(len(boxes) for boxes in frames.values()) == 3
