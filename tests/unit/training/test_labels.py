import json

import pytest

from domain.labels import BodyPart
from tests.support.shared_data import shared_file
from training.labels import ANY_SKIN, CLASS_OF_PART, CLASSES, IGNORED, MERGED_SKIN


@pytest.mark.shared_data
def test_the_labelled_photographs_use_the_same_order() -> None:
    names = json.loads(shared_file("data/ccp/labels14.json").read_text(encoding="utf-8"))
    called = {"upper": "upper_clothes", "arms": "arm", "legs": "leg", "shoes": "shoe"}
    assert [called.get(name, name) for name in names] == [part.name.lower() for part in CLASSES]


def test_every_part_has_a_class_and_other_numbers_are_ignored() -> None:
    assert all(CLASS_OF_PART[part] < len(CLASSES) for part in BodyPart)
    assert CLASS_OF_PART[BodyPart.LEFT_ARM] == CLASS_OF_PART[BodyPart.ARM] == CLASSES.index(BodyPart.ARM)
    assert set(CLASS_OF_PART[len(BodyPart) :]) == {IGNORED}


def test_merging_touches_skin_only() -> None:
    merged = [part for number, part in enumerate(CLASSES) if MERGED_SKIN[number] == ANY_SKIN]
    assert merged == [BodyPart.FACE, BodyPart.ARM, BodyPart.LEG, BodyPart.TORSO_SKIN]
    assert MERGED_SKIN[IGNORED] == IGNORED
