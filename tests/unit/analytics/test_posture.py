"""Whether somebody sits, from one parse."""

import numpy as np
import pytest

from analytics.posture import posture_of
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, PersonView

SIZE = (240, 320)


def person(*blocks: tuple[BodyPart, int, int, int, int], down: int = 20, right: int = 100) -> PersonView:
    """Somebody made of blocks: part, top, bottom, left, right."""
    labels = np.zeros(SIZE, np.uint8)
    for part, top, bottom, left, end in blocks:
        labels[top + down : bottom + down, left + right : end + right] = part
    rows, columns = np.nonzero(labels)
    box = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32)
    parsed = ParsedFrame(labels, (labels > 0).astype(np.uint8), np.ones(1, np.float32), box)
    return parsed.persons()[0]


HEAD, TORSO = (BodyPart.FACE, 0, 20, 16, 34), (BodyPart.UPPER_CLOTHES, 20, 75, 5, 45)
STANDING = (HEAD, TORSO, (BodyPart.PANTS, 75, 150, 10, 40), (BodyPart.SHOE, 150, 158, 8, 42))
# From the side: thighs lie ahead of the torso, lower legs hang down from there.
SITTING = (
    HEAD,
    TORSO,
    (BodyPart.PANTS, 62, 80, 25, 85),
    (BodyPart.PANTS, 80, 120, 68, 85),
    (BodyPart.SHOE, 120, 126, 68, 95),
)


def test_legs_below_are_upright_and_legs_ahead_are_seated() -> None:
    upright, seated = posture_of(person(*STANDING), SIZE), posture_of(person(*SITTING), SIZE)
    assert (upright.value, seated.value) == ("upright_likely", "seated_likely")
    assert min(upright.confidence, seated.confidence) > 0.6


@pytest.mark.parametrize("places", [{"down": 0}, {"down": 82}, {"right": -5}, {"right": 278}])
def test_who_is_cut_by_the_border_is_unknown(places: dict[str, int]) -> None:
    told = posture_of(person(*STANDING, **places), SIZE)
    assert (told.value, told.confidence) == ("unknown", 0.0)


def test_too_little_is_unknown() -> None:
    assert posture_of(person(HEAD, (BodyPart.PANTS, 75, 150, 10, 40)), SIZE).value == "unknown"
    assert posture_of(person(TORSO, (BodyPart.PANTS, 75, 150, 10, 40)), SIZE).value == "unknown"
    small = (
        (BodyPart.FACE, 0, 5, 4, 9),
        (BodyPart.UPPER_CLOTHES, 5, 18, 2, 11),
        (BodyPart.PANTS, 18, 36, 3, 10),
    )
    assert posture_of(person(*small), SIZE).value == "unknown"


def test_the_size_does_not_matter() -> None:
    half = tuple((part, *(place // 2 for place in block)) for part, *block in SITTING)
    whole, smaller = posture_of(person(*SITTING), SIZE), posture_of(person(*half), SIZE)  # type: ignore[arg-type]
    assert whole.confidence == pytest.approx(smaller.confidence, abs=0.03)
