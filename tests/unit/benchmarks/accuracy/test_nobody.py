"""What a crop says of whether somebody is there, and who stays."""

from collections.abc import Mapping

import numpy as np
import pytest

from benchmarks.accuracy.finding import Crowd
from benchmarks.accuracy.nobody import Evidence, evidence, fitted, kept, of_boxes, of_crowd
from domain.frame import BgrImage
from pipeline.finders.base import FinderInfo, Found
from pipeline.parsers.runtime import Tensor


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


def found(*boxes: tuple[float, ...]) -> Found:
    return Finding(*boxes).found


def test_evidence_is_how_much_is_seen_and_how_surely() -> None:
    boxes = found((300, 100, 340, 200), (10, 100, 50, 200))
    there, nobody = evidence(Bright(), picture().image, boxes)
    assert there.share == pytest.approx(4000 / (120 * 60), abs=0.03)
    assert there.clearness == pytest.approx(0.9, abs=1e-3)
    assert nobody == Evidence(1.0, 0.0, 0.0)


def test_whoever_is_too_tall_for_a_crop_is_not_asked_for() -> None:
    (seen,) = of_boxes([Bright()], picture().image, found((10, 100, 50, 200), (300, 20, 400, 390)))
    assert len(seen) == 1


def test_boxes_on_nobody_are_no_people_and_those_that_half_fit_are_neither() -> None:
    finder = Finding((302, 102, 338, 198), (10, 100, 50, 200), (300, 100, 340, 140))
    (people,), (nobody,) = of_crowd([Bright()], finder, picture())
    assert [round(one.clearness, 1) for one in people] == [0.9]
    assert [one.clearness for one in nobody] == [0.0]


def test_what_is_fitted_tells_people_from_nobody() -> None:
    rng = np.random.default_rng(1)
    people = [Evidence(*each) for each in rng.uniform((0.4, 0.3, 0.5), (1, 0.3, 1), (200, 3))]
    nobody = [Evidence(*each) for each in rng.uniform((0.3, 0.3, 0.2), (0.7, 0.3, 0.7), (200, 3))]
    fit = fitted(people[:150], people[150:], nobody)
    right = sum(fit.odds(one) > 0 for one in people) + sum(fit.odds(one) < 0 for one in nobody)
    assert right > 320
    assert fit.odds(Evidence(fit.even(0.5, 0.55), 0.3, 0.55)) == pytest.approx(0.5)


def test_who_covers_enough_and_is_wanted_stays() -> None:
    seen = [Evidence(1.0, 0.3, 0.9), Evidence(1.0, 0.01, 0.99), Evidence(1.0, 0.5, 0.6)]
    assert kept(seen, lambda one: one.clearness >= 0.8).tolist() == [True, False, False]
