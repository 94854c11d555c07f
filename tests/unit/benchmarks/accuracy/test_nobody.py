"""What a crop says of whether somebody is there, and who stays."""

from collections.abc import Mapping

import numpy as np
import pytest

from benchmarks.accuracy.finding import Crowd
from benchmarks.accuracy.nobody import Evidence, evidence, kept, of_empty, of_people
from domain.frame import BgrImage
from pipeline.finders.base import FinderInfo, Found
from pipeline.parsers.runtime import Tensor

SIZE = (384, 192)


class Bright:
    """Takes what is bright for somebody's upper clothes, with 9 to 1 of belief."""

    precision = "fp32"

    def __call__(self, tensor: Tensor) -> Mapping[str, Tensor]:
        small = tensor[0, 0, 2::4, 2::4]
        logits = np.full((1, 14, *small.shape), -99.0, np.float32)
        logits[0, 0] = 0
        logits[0, 4] = np.where(small > 200, np.log(9), -np.log(99))
        return {"part_logits": logits}


class Finding:
    """Finds what it is told."""

    info = FinderInfo("told", "1")

    def __init__(self, *boxes: tuple[float, ...]) -> None:
        self.found = Found(np.array(boxes, np.float32).reshape(-1, 4), np.ones(len(boxes), np.float32))

    def find(self, image: BgrImage) -> Found:
        return self.found if image.size else Found(self.found.boxes[:0], self.found.scores[:0])


def picture() -> Crowd:
    """Somebody white, 40 by 100, in a black picture."""
    image = np.zeros((400, 600, 3), np.uint8)
    image[100:200, 300:340] = 255
    return Crowd(image, np.array([(300, 100, 340, 200)], np.float32))


def test_evidence_is_how_much_is_seen_and_how_surely() -> None:
    there = evidence(Bright(), picture().image, picture().boxes[0], SIZE)
    assert there.share == pytest.approx(4000 / (120 * 60), abs=0.03)
    assert there.clearness == pytest.approx(0.9, abs=1e-3)
    nobody = evidence(Bright(), picture().image, np.array((10, 100, 50, 200), np.float32), SIZE)
    assert nobody == Evidence(0.0, 0.0)


def test_whoever_is_too_tall_for_a_crop_is_not_asked_for() -> None:
    finder = Finding((10, 100, 50, 200), (300, 20, 400, 390))
    ((seen,),) = [of_empty([(Bright(), SIZE)], finder, picture().image)]
    assert len(seen) == 1


def test_boxes_on_nobody_are_no_people() -> None:
    finder = Finding((302, 102, 338, 198), (10, 100, 50, 200))
    people = list(of_people([(Bright(), SIZE)], finder, [picture()]))
    assert len(people) == 1
    assert people[0][0].clearness == pytest.approx(0.9, abs=1e-3)


def test_who_is_above_both_thresholds_stays() -> None:
    seen = [Evidence(0.3, 0.9), Evidence(0.02, 0.99), Evidence(0.5, 0.6)]
    assert kept(seen, 0.05, 0.8).tolist() == [True, False, False]
    assert kept(seen, 0.0, 0.0).all()
