"""What a finder takes for people in empty places, written and read again, and shown to the crop parser."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domain.errors import SourceError
from tests.support.extras import extra
from tests.support.training_data import small_sources
from training.frames import LabelledFrame, write_frame
from training.shared import read_image

pytestmark = pytest.mark.training
torch = extra("torch")

from training.crops.mining import boxes_of, empty_places, hard_places, write  # noqa: E402 - after the skip
from training.crops.mixing import CropMix, CropMixer  # noqa: E402
from training.finder.network import Found  # noqa: E402
from training.sources import Sources  # noqa: E402

STRIDE = 8


def seeing(*peaks: tuple[int, int, float]) -> Any:
    """A finder that sees somebody at these pixels of its answer, 20 pixels to each side, 60 up and down."""

    def see(image: Any) -> Found:
        rows, columns = (side // STRIDE for side in image.shape[2:])
        heat = torch.full((1, 1, rows, columns), -9.0)
        for row, column, logit in peaks:
            heat[0, 0, row, column] = logit
        sides = torch.tensor([20.0, 60.0, 20.0, 60.0]).reshape(1, 4, 1, 1).expand(1, 4, rows, columns)
        return Found(heat, sides, heat)

    return see


def test_boxes_are_those_of_the_picture() -> None:
    picture = np.zeros((768, 1280, 3), np.uint8)  # twice as large as what the finder sees
    (box,) = boxes_of(seeing((20, 30, 2.0)), picture, 0.5)
    x, y = 30.5 * STRIDE, 20.5 * STRIDE
    assert box == pytest.approx((2 * (x - 20), 2 * (y - 60), 2 * (x + 20), 2 * (y + 60)))


def test_of_boxes_at_one_place_the_surest_is_kept_and_none_reaches_beyond_the_picture() -> None:
    finder = seeing((20, 30, 1.0), (22, 30, 2.0), (1, 1, 3.0), (20, 60, -2.0))
    first, second = boxes_of(finder, np.zeros((384, 640, 3), np.uint8), 0.5)
    assert first == pytest.approx((0, 0, 32, 72))
    assert second[1] == pytest.approx(22.5 * STRIDE - 60)


def test_rendered_frames_with_people_are_no_empty_places(tmp_path: Path) -> None:
    for name, person in (("empty", 0), ("full", 3)):
        ids = np.full((32, 64), person, np.uint8)
        write_frame(tmp_path, LabelledFrame(name, np.full((32, 64, 3), 77, np.uint8), ids, ids))
    some = small_sources()
    sources = Sources([], some.shelves, some.backgrounds, [(tmp_path, "empty"), (tmp_path, "full")])
    places = list(empty_places(sources, 3))
    assert [place.shape[:2] for place in places] == [(32, 64), (288, 512), (432, 768), (720, 1280)]
    assert np.abs(places[0].astype(int) - 77).max() <= 2


def test_what_was_written_is_read_and_becomes_samples_without_anybody(tmp_path: Path) -> None:
    places = [np.full((384, 640, 3), tone, np.uint8) for tone in (200, 60)]
    assert write(seeing((20, 30, 2.0), (20, 60, 2.0)), places, tmp_path, 0.5) == 4
    hard = hard_places(tmp_path)
    assert [len(place.boxes) for place in hard] == [2, 2]
    assert [int(read_image(place.path).mean()) for place in hard] == [200, 60]
    mix = CropMix(photographs=0.0, nobody=1.0, hard=1.0)
    mixer = CropMixer(small_sources(), mix, 0, hard=hard)
    samples = [mixer[index] for index in range(12)]
    assert all(sample.parts.max() == 0 for sample in samples)
    assert len({sample.image.tobytes() for sample in samples}) == 12
    # all of them show one of the places, of one tone each, and nothing of shelves and backgrounds
    assert all(np.median(sample.image.std(axis=(0, 1))) < 60 for sample in samples)


def test_places_in_which_nobody_is_seen_are_not_written(tmp_path: Path) -> None:
    assert write(seeing(), [np.zeros((384, 640, 3), np.uint8)], tmp_path, 0.5) == 0
    assert json.loads((tmp_path / "boxes.json").read_text()) == {}
    assert list(tmp_path.glob("*.jpg")) == []
    with pytest.raises(
        SourceError, match=r"boxes.json: the finder saw nobody; a lower --threshold gives more"
    ):
        hard_places(tmp_path)
    with pytest.raises(
        SourceError, match=r"boxes.json cannot be read; python -m training.crops.mining writes it"
    ):
        hard_places(tmp_path / "none")
