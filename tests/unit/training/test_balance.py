"""Biases of the classes: what is said too often is said less."""

import numpy as np
import pytest

from tests.support.extras import extra
from tests.support.training_data import photograph

pytestmark = pytest.mark.training
extra("torch")

from domain.labels import BodyPart  # noqa: E402 - after the skip
from training.balance import Pixels, balanced, known_pixels, mean_iou, whole_photographs  # noqa: E402
from training.crops.balance import crops  # noqa: E402
from training.labels import ANY_SKIN, CLASSES, MERGED_SKIN  # noqa: E402

HAT, HAIR = CLASSES.index(BodyPart.HAT), CLASSES.index(BodyPart.HAIR)


def unsure(extra: float) -> Pixels:
    """Logits around the truth, with something added to those of hats."""
    rng = np.random.default_rng(4)
    classes = rng.integers(0, len(CLASSES), 6000)
    logits = rng.normal(0, 1, (6000, len(CLASSES))).astype(np.float32)
    logits[np.arange(6000), classes] += 2.5
    logits[:, HAT] += extra
    return Pixels(logits, MERGED_SKIN[classes])


def test_a_class_that_is_said_too_often_is_taken_back() -> None:
    pixels = unsure(extra=1.5)
    biases = balanced(pixels)
    assert biases[HAT] == pytest.approx(-1.5, abs=0.5)
    assert biases[CLASSES.index(BodyPart.BACKGROUND)] == 0
    assert mean_iou(pixels, biases) > mean_iou(pixels, np.zeros_like(biases)) + 0.01


def test_skin_is_one_class_of_four_channels() -> None:
    biases = balanced(unsure(extra=0.0))
    skin = [biases[CLASSES.index(part)] for part in (BodyPart.FACE, BodyPart.ARM, BodyPart.LEG)]
    assert len(set(skin)) == 1


def test_everything_right_is_a_mean_of_one() -> None:
    logits = 9 * np.eye(len(CLASSES), dtype=np.float32)
    pixels = Pixels(logits, MERGED_SKIN[np.arange(len(CLASSES))])
    assert mean_iou(pixels, np.zeros(len(CLASSES), np.float32)) == 1
    assert mean_iou(pixels, 50 * np.eye(len(CLASSES), dtype=np.float32)[HAIR]) < 0.2


def test_crops_to_balance_by_show_the_person_in_the_middle() -> None:
    views = list(crops([photograph(), photograph("0002")]))
    assert [view.image.shape for view in views] == [(384, 192, 3), (256, 128, 3)]
    for view in views:
        rows, columns = np.nonzero(view.labels)
        assert (rows.min() + rows.max()) / 2 == pytest.approx(view.labels.shape[0] / 2, abs=2)
        assert (columns.min() + columns.max()) / 2 == pytest.approx(view.labels.shape[1] / 2, abs=2)


def test_known_pixels_are_those_on_and_around_people() -> None:
    (view,) = whole_photographs([photograph()])
    pixels = known_pixels(lambda picture: picture.new_zeros((1, len(CLASSES), 120, 80)), [view])
    assert pixels.logits.shape == (len(pixels.truth), len(CLASSES))
    person = (view.labels > 0).mean()
    assert person * 240 * 160 < len(pixels.truth) < 2 * person * 240 * 160
    assert set(np.unique(pixels.truth)) == {0, 4, 7, ANY_SKIN}
