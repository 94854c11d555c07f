"""What a run finds in frames for tuning, counted on frames of which the answer is known."""

import numpy as np
import pytest

from benchmarks.accuracy.finding import Crowd
from benchmarks.accuracy.running import figures_of
from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo


class SeesBright:
    """A parser that sees somebody in the left half of every bright picture."""

    info = ParserInfo("bright", "1", "fp32", "0" * 64)

    def parse(self, image: BgrImage) -> ParsedFrame:
        height, width = image.shape[:2]
        if image.max() < 100:
            return ParsedFrame.empty(height, width)
        labels, ids = np.zeros((2, height, width), np.uint8)
        labels[:, : width // 2], ids[:, : width // 2] = 5, 1
        return ParsedFrame(
            labels, ids, np.ones(1, np.float32), np.array([[0, 0, width // 2, height]], np.float32)
        )


def crowd(tone: int, *boxes: tuple[int, ...]) -> Crowd:
    return Crowd(np.full((80, 60, 3), tone, np.uint8), np.array(boxes, np.float32).reshape(-1, 4))


def test_people_found_and_missed_and_false_ones_are_counted() -> None:
    crowds = [crowd(200, (0, 0, 30, 80)), crowd(20, (0, 0, 30, 80)), crowd(200)]
    empty = [np.full((80, 60, 3), tone, np.uint8) for tone in (200, 20, 20, 20)]
    found = {name: one.value for name, one in figures_of(SeesBright(), crowds, empty).items()}
    assert found["found, 60-100 px (2 there)"] == 0.5
    assert found["those found who are there"] == 0.5
    assert found["count error, relative"] == 1.0
    assert found["false person, tuning (4 pictures)"] == pytest.approx(0.25)
    assert not any("false person" in name for name in figures_of(SeesBright(), crowds, []))
