"""Thresholds are tried on answers given once."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.accuracy.thresholds import Answered, Answers, answers_of, combinations, trade
from domain.labels import LITE_CLASSES, BodyPart
from pipeline.parsers.lite.decode import DecodeOptions
from pipeline.parsers.lite.preprocess import fit
from pipeline.parsers.runtime import Tensor
from tests.support.lite_outputs import drawn_outputs
from training.frames import LabelledFrame

AREA = 512 * 288
GEOMETRY = fit(288, 512, area=AREA)
LENIENT = DecodeOptions(least_foreground=0.0, least_foreground_of_doubtful=0.0)


def answers(doubt: float) -> Answers:
    """Somebody of whom the network is sure, in a frame, and somebody it doubts by that much, where nobody is."""
    labels, ids = np.zeros((2, 288, 512), np.uint8)
    labels[80:240, 160:224], ids[80:240, 160:224] = BodyPart.UPPER_CLOTHES, 1
    frame = LabelledFrame("a", np.zeros((288, 512, 3), np.uint8), labels, ids)
    seen, invented = (drawn_outputs(GEOMETRY, [(20, 40, 60, 56)]) for _ in range(2))
    seen.part_logits[LITE_CLASSES.index(BodyPart.UPPER_CLOTHES), 20:60, 40:56] += 4
    invented.part_logits[0, 20:60, 40:56] += doubt
    return Answers([(frame, Answered(seen, GEOMETRY))], [Answered(invented, GEOMETRY)])


def test_what_is_doubted_is_dropped_by_a_threshold_and_what_is_sure_stays() -> None:
    key = "empty frames with a false person"
    lenient, strict = trade(answers(3.0), LENIENT), trade(answers(3.0), DecodeOptions())
    assert (lenient[key], strict[key]) == (1, 0)
    assert lenient["panoptic quality, 60 px and taller"] == strict["panoptic quality, 60 px and taller"] > 0.9


def test_a_high_centre_threshold_misses_people() -> None:
    missed = trade(answers(0.0), replace(LENIENT, centre_threshold=0.95))
    assert missed["panoptic quality, 60 px and taller"] == 0
    assert missed["count error, relative"] == 1


def test_the_network_is_asked_once_a_picture() -> None:
    asked: list[tuple[int, ...]] = []

    class Network:
        precision = "fp32"

        def __call__(self, tensor: Tensor) -> dict[str, Tensor]:
            asked.append(tensor.shape)
            raw = drawn_outputs(GEOMETRY, [])
            return {
                "part_logits": raw.part_logits[None],
                "centre": raw.centre[None, None],
                "offset": raw.offset[None],
            }

    frame = answers(0.0).frames[0][0]
    found = answers_of(Network(), AREA, [frame], [frame.image, frame.image])
    assert asked == [(1, 3, 288, 512)] * 3
    assert (len(found.frames), len(found.empty)) == (1, 2)
    assert trade(found, LENIENT)["empty frames with a false person"] == 0


@pytest.mark.parametrize("field", ["centre_threshold", "least_foreground", "least_foreground_of_doubtful"])
def test_the_thresholds_in_use_are_among_those_that_are_tried(field: str) -> None:
    assert getattr(DecodeOptions(), field) in {getattr(options, field) for options in combinations()}
