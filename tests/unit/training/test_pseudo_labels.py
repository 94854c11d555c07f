import numpy as np
import pytest

from domain.labels import BodyPart
from tests.support.extras import extra
from tests.support.shared_data import shared_file
from tests.support.training_data import photograph

pytestmark = pytest.mark.training
torch = extra("torch")

from training.labels import CLASSES, IGNORED  # noqa: E402 - after the skip
from training.network import LiteNetwork, NetworkOptions, load_weights  # noqa: E402
from training.pseudo_labels import allowed_by, classes_of_tags, label  # noqa: E402
from training.shared import data_folder, read_image  # noqa: E402

COAT, PANTS, DRESS, HAIR = (
    CLASSES.index(part) for part in (BodyPart.COAT, BodyPart.PANTS, BodyPart.DRESS, BodyPart.HAIR)
)
SUIT_TAG, DRESS_TAG = 46, 14


def both_labels() -> tuple[np.ndarray, np.ndarray]:
    """A suit that is half coat and half trousers, and a dress of which a tenth is called hair."""
    tags, classes = np.zeros((20, 20), np.uint8), np.zeros((20, 20), np.uint8)
    tags[:, :10], classes[:10, :10], classes[10:, :10] = SUIT_TAG, COAT, PANTS
    tags[:, 10:], classes[:, 10:], classes[:2, 10:] = DRESS_TAG, DRESS, HAIR
    return tags, classes


def test_tags_mean_what_their_pixels_are_mostly_called() -> None:
    means = classes_of_tags(iter([both_labels()]))
    assert means == {SUIT_TAG: {COAT, PANTS}, DRESS_TAG: {DRESS}}


def test_body_and_shoes_are_allowed_always_and_garments_by_tags_only() -> None:
    means = classes_of_tags(iter([both_labels()]))
    allowed = allowed_by([DRESS_TAG, 99], means)
    assert allowed[DRESS]
    assert allowed[HAIR]
    assert not allowed[COAT]


def test_only_allowed_classes_are_given_and_the_unsure_are_ignored() -> None:
    torch.manual_seed(1)
    network = LiteNetwork(NetworkOptions(variant="lite0", fine=16, coarse=16)).eval()
    image, allowed = photograph().image, allowed_by([], {})
    every = label(network, image, allowed, 0.0)
    assert every.shape == image.shape[:2]
    assert set(np.unique(every)) <= set(np.flatnonzero(allowed))
    assert (label(network, image, allowed, 1.01) == IGNORED).all()


@pytest.mark.shared_data
def test_the_seed_finds_the_person_it_is_shown() -> None:
    network = load_weights(shared_file("models/lite_seed.pt"))
    image = read_image(data_folder() / "ccp/photos/0001.jpg")
    labels = label(network, image, np.ones(len(CLASSES), np.bool_), 0.65)
    assert 0.05 < np.mean((labels > 0) & (labels != IGNORED)) < 0.7
    assert np.mean(labels == IGNORED) < 0.4
