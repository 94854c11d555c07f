"""People of every size: where they are pasted, and what a crop says of them."""

from collections.abc import Mapping

import numpy as np
import pytest

from benchmarks.accuracy import pasted
from benchmarks.accuracy.finders import Candidate
from benchmarks.accuracy.pasted import Seen, at_height, by_crop, by_finder, cropped, measure, whole
from pipeline.finders.base import Found
from pipeline.parsers.runtime import Tensor
from tests.support.training_data import photograph

SIZE = (256, 128)


class ColourBlind:
    """Says upper clothes (4) where a crop is red, background elsewhere."""

    precision = "fp32"

    def __call__(self, tensor: Tensor) -> Mapping[str, Tensor]:
        rows, columns = tensor.shape[2] // 4, tensor.shape[3] // 4
        small = tensor[0].reshape(3, rows, 4, columns, 4).mean(axis=(2, 4))
        logits = np.zeros((1, 14, *small.shape[1:]), np.float32)
        logits[0, 4] = small[2] - small[0] - 46  # 0 halfway between red and grey
        return {"part_logits": logits}


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pasted, "backgrounds", lambda _: [("grey", np.full((90, 160, 3), 128, np.uint8))])


def red_person() -> Seen:
    """A red rectangle of 60 by 120 in a grey picture, all of it upper clothes."""
    image, labels = np.full((300, 400, 3), 128, np.uint8), np.zeros((300, 400), np.uint8)
    image[100:220, 200:260], labels[100:220, 200:260] = (20, 20, 200), 4
    return Seen(image, labels)


def finder(*boxes: tuple[float, ...]) -> Candidate:
    found = Found(np.array(boxes, np.float32).reshape(-1, 4), np.ones(len(boxes), np.float32))
    return Candidate("one", lambda _: found, 0.5)


def test_people_are_as_tall_as_asked_and_always_at_the_same_place() -> None:
    (one,), (again,) = (list(at_height([photograph()], 100)) for _ in range(2))
    left, top, right, bottom = one.box
    assert one.image.shape == (720, 1280, 3)
    assert bottom - top == 100
    assert right > left
    assert np.array_equal(one.image, again.image)
    assert (one.image[one.labels == 4] != 128).any()


def test_a_photograph_fills_the_picture() -> None:
    (one,) = whole([photograph()])
    assert one.image.shape == photograph().image.shape


def test_a_crop_says_where_things_are_in_the_picture() -> None:
    seen = red_person()
    said = cropped(ColourBlind(), seen.image, seen.box, SIZE)
    wrong = (said > 0) != (seen.labels > 0)
    assert wrong.sum() < 0.08 * (seen.labels > 0).sum()
    rows, columns = np.nonzero(said)
    assert rows.mean() == pytest.approx(159.5, abs=1)
    assert columns.mean() == pytest.approx(229.5, abs=1)


def test_a_crop_at_the_border_of_the_picture() -> None:
    seen = red_person()
    cut = Seen(seen.image[:, 220:].copy(), seen.labels[:, 220:].copy())
    said = cropped(ColourBlind(), cut.image, cut.box, SIZE)
    assert ((said > 0) != (cut.labels > 0)).sum() < 0.1 * (cut.labels > 0).sum()


def test_who_is_not_found_is_background() -> None:
    network = ColourBlind()
    clothes, found = measure(by_crop(network, SIZE), iter([red_person()]))
    assert clothes.value > 0.8
    assert found.value == 1
    near, far = finder((195, 98, 262, 225)), finder((10, 10, 60, 120))
    assert measure(by_finder(near, network, SIZE), iter([red_person()]))[0].value > 0.75
    for elsewhere in (far, finder()):
        clothes, found = measure(by_finder(elsewhere, network, SIZE), iter([red_person()]))
        assert (clothes.value, found.value) == (0, 0)
