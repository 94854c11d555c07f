"""A YOLOX and an SSD of the user's own, here small ones that are made for the test."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from domain.errors import ModelError
from domain.frame import BgrImage
from pipeline.finders.base import PersonFinder
from pipeline.finders.onnx.finder import OnnxFinder
from pipeline.finders.onnx.settings import OnnxFinderSettings
from tests.contracts.finder import FinderContract
from tests.support.detectors import ssd_that_says, yolox_that_says
from tests.support.shared_data import shared_file

_SSD_ROWS: list[list[float]] = [
    [0, 1, 0.9, 0.25, 0.5, 0.5, 1.25],  # reaches beyond the picture
    [0, 1, 0.8, 0.26, 0.5, 0.5, 1.0],  # the same person again
    [0, 2, 0.9, 0.0, 0.0, 0.2, 0.2],  # a dog
    [0, 1, 0.3, 0.6, 0.0, 0.8, 0.5],  # below the threshold
    [0, 1, 0.5, 0.8, 0.0, 0.9, 0.5],
    [-1, 0, 0, 0, 0, 0, 0],
    [0, 1, 0.9, 0.0, 0.0, 1.0, 1.0],  # behind the end
]


def bright(height: int, width: int) -> BgrImage:
    return np.full((height, width, 3), 255, np.uint8)


def ssd(folder: Path) -> Path:
    return ssd_that_says(folder / "ssd.xml", _SSD_ROWS)


def yolox(folder: Path) -> Path:
    # Cell 13 of stride 8 is row 1, column 1: its middle at (12, 12), 16 wide, 24 high; class 0 at 0.9 * 1.0.
    person = [0.5, 0.5, np.log(2), np.log(3), 0.9, 1.0, 0.0]
    # Cell 97 of stride 16 is row 0, column 1: its middle at (24, 0), and a dog.
    dog = [0.5, 0.0, 0.0, 0.0, 0.9, 0.0, 1.0]
    return yolox_that_says(folder / "yolox.xml", {13: person, 97: dog})


@pytest.mark.parametrize("layout", ["auto", "ssd"])
def test_an_ssd_sees_the_picture_stretched(tmp_path: Path, layout: str) -> None:
    finder = OnnxFinder(OnnxFinderSettings.model_validate({"model": ssd(tmp_path), "layout": layout}))

    found = finder.find(bright(100, 200))

    assert found.boxes == pytest.approx(np.array([[50, 50, 100, 100], [160, 0, 180, 50]]), abs=0.01)
    assert found.scores == pytest.approx([0.9, 0.5])


@pytest.mark.parametrize("layout", ["auto", "yolox"])
def test_a_yolox_sees_the_picture_upper_left(tmp_path: Path, layout: str) -> None:
    finder = OnnxFinder(OnnxFinderSettings.model_validate({"model": yolox(tmp_path), "layout": layout}))

    # 192x128 is twice the network's input in both directions, 192x64 in its upper half.
    assert finder.find(bright(128, 192)).boxes == pytest.approx(np.array([[8, 0, 40, 48]]), abs=0.01)
    assert finder.find(bright(64, 192)).boxes == pytest.approx(np.array([[8, 0, 40, 48]]), abs=0.01)


def test_another_class_may_be_that_of_persons(tmp_path: Path) -> None:
    finder = OnnxFinder(OnnxFinderSettings(model=yolox(tmp_path), person_class=1))
    assert finder.find(bright(64, 96)).boxes == pytest.approx(np.array([[16, 0, 32, 8]]), abs=0.01)


def test_the_version_is_that_of_the_file(tmp_path: Path) -> None:
    info = OnnxFinder(OnnxFinderSettings(model=ssd(tmp_path))).info
    assert info.name == "ssd"
    assert re.fullmatch("[0-9a-f]{12}", info.version)


@pytest.mark.parametrize(
    ("make", "keys", "problem"),
    [
        (
            lambda folder: ssd_that_says(folder / "odd.xml", [[0.0] * 5], columns=5),
            {},
            (
                "gives an output of shape (1, 1, 1, 5), which is not that of a YOLOX or an SSD: "
                "(1, anchors, 5 + classes) or (1, 1, N, 7)"
            ),
        ),
        (
            ssd,
            {"layout": "yolox"},
            "gives an output of shape (1, 1, 7, 7), which is not that of yolox: (1, anchors, 5 + classes) or (1, 1, N, 7)",
        ),
        (lambda folder: folder / "missing.onnx", {}, ": no such file"),
    ],
)
def test_what_does_not_fit_is_one_line(
    tmp_path: Path, make: Callable[[Path], Path], keys: dict[str, str], problem: str
) -> None:
    path = make(tmp_path)
    settings = OnnxFinderSettings.model_validate({"model": path, **keys})
    with pytest.raises(ModelError) as refused:
        OnnxFinder(settings)
    separator = "" if problem.startswith(":") else " "
    assert str(refused.value) == f"finder.model: {path}{separator}{problem}"


def test_a_class_that_it_does_not_have_is_one_line(tmp_path: Path) -> None:
    path = yolox(tmp_path)
    with pytest.raises(ModelError) as refused:
        OnnxFinder(OnnxFinderSettings(model=path, person_class=2))
    assert str(refused.value) == f"finder.person_class is 2, and {path} has 2 classes, counted from 0"


def test_a_file_that_is_no_network_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("no network", encoding="utf-8")
    with pytest.raises(ModelError) as refused:
        OnnxFinder(OnnxFinderSettings(model=path))
    assert str(refused.value) == f"finder.model: {path} is not a network that openvino can read"


class TestSsd(FinderContract):
    @pytest.fixture(autouse=True)
    def _made(self, tmp_path: Path) -> None:
        self.path = ssd(tmp_path)

    def make(self) -> PersonFinder:
        return OnnxFinder(OnnxFinderSettings(model=self.path))

    def somebody(self) -> BgrImage:
        return bright(100, 200)


class TestYolox(FinderContract):
    @pytest.fixture(autouse=True)
    def _made(self, tmp_path: Path) -> None:
        self.path = yolox(tmp_path)

    def make(self) -> PersonFinder:
        return OnnxFinder(OnnxFinderSettings(model=self.path))

    def somebody(self) -> BgrImage:
        return bright(128, 192)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "pixels"), [("yolox_nano_coco.onnx", 768 * 448), ("person-detection-retail-0013.xml", None)]
)
def test_detectors_of_others_find_who_is_there(name: str, pixels: int | None, demo_picture: BgrImage) -> None:
    settings = OnnxFinderSettings(model=shared_file(f"models/detectors/{name}"), input_pixels=pixels)
    assert len(OnnxFinder(settings).find(demo_picture)) > 0
