"""Held-out crowds: who counts where, and which colours."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.crowds import Answer, as_parsed, groups_of, judge_crowds, measure_crowds
from domain.errors import SourceError
from domain.frame import BgrImage
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, ParserInfo
from training.frames import About, LabelledFrame, describe, write_frame

RED, BLUE = (30, 24, 190), (176, 70, 28)


def person(number: int, skin: str, weight: float, color: str, *, plain: bool = True) -> dict[str, object]:
    worn = [
        {"part": "upper-clothes", "color": color, "plain": plain},
        {"part": "shoe", "color": "black", "plain": True},
    ]
    box = [0, 0, 60, 150]
    return {
        "id": number,
        "skin": skin,
        "weight": weight,
        "worn": worn,
        "full": box,
        "visible": box,
        "height_px": 150,
    }


PEOPLE = [person(4, "dark", 0.8, "red"), person(9, "light", -0.8, "blue")]


def frame() -> LabelledFrame:
    """Somebody in red on the left and somebody in blue on the right, before a grey that tells the light."""
    image = np.full((200, 240, 3), 180, np.uint8)
    labels, ids = np.zeros((200, 240), np.uint8), np.zeros((200, 240), np.uint8)
    for left, number, color in ((20, 4, RED), (150, 9, BLUE)):
        place = slice(30, 180), slice(left, left + 60)
        image[place], labels[place], ids[place] = color, BodyPart.UPPER_CLOTHES, number
    return LabelledFrame("900001-000000", image, labels, ids)


def values(people: list[dict[str, object]], parsed: ParsedFrame, gray: float = 0.0) -> dict[str, float]:
    return {
        name: one.value
        for name, one in judge_crowds([Answer(frame(), people, "night", gray, parsed)]).items()
    }


def nobody() -> ParsedFrame:
    return ParsedFrame.empty(200, 240)


def test_perfect_answers() -> None:
    found = values(PEOPLE, as_parsed(frame()))
    assert found["crowds: mIoU"] == found["crowds: IoU upper-clothes"] == 1
    assert found["crowds, by box: found, 100-200 px (2 there)"] == 1
    assert found["crowds, by box: count error, relative"] == 0
    assert found["crowds: colour named rightly (2 named)"] == 1
    assert found["crowds: colour named at all (2 there)"] == 1
    assert found["crowds: found, dark skin (1 there)"] == found["crowds: found, thin build (1 there)"] == 1
    assert np.isnan(found["crowds: found, medium skin (0 there)"])
    assert found["crowds: found, at night (2 there)"] == found["crowds: mIoU, at night"] == 1
    assert np.isnan(found["crowds: found, by day (0 there)"])


def test_a_group_is_judged_by_its_own_people() -> None:
    half = as_parsed(frame())
    labels, ids = half.labels.copy(), half.person_ids.copy()
    labels[:, 120:], ids[:, 120:] = 0, 0
    only_first = ParsedFrame(labels, ids, half.scores[:1], half.boxes[:1])
    found = values(PEOPLE, only_first)
    assert found["crowds: found, dark skin (1 there)"] == found["crowds: mIoU, dark skin"] == 1
    assert found["crowds: found, light skin (1 there)"] == found["crowds: mIoU, light skin"] == 0


def test_somebody_whose_pixels_are_told_badly_is_found_by_the_box() -> None:
    right = as_parsed(frame())
    ids = right.person_ids.copy()
    ids[32:178, 24:76] = 0
    ids[ids == 2] = 0
    found = values(PEOPLE, ParsedFrame(right.labels, ids, right.scores[:1], right.boxes[:1]))
    assert found["crowds: found, 100-200 px (2 there)"] == 0
    assert found["crowds, by box: found, 100-200 px (2 there)"] == 0.5


def test_wrong_patterned_and_colourless_clothes() -> None:
    wrong = [person(4, "dark", 0.8, "green"), person(9, "light", -0.8, "blue", plain=False)]
    assert values(wrong, nobody())["crowds: colour named rightly (1 named)"] == 0
    assert np.isnan(values(PEOPLE, nobody(), gray=1.0)["crowds: colour named rightly (0 named)"])


def test_groups_have_names() -> None:
    assert groups_of(person(1, "olive", 0.0, "red"), "sun") == {"medium skin", "medium build", "by day"}


@pytest.mark.parametrize(
    ("height", "bottom_seen", "belongs"),
    [(24, 24, False), (25, 25, True), (59, 59, True), (60, 60, False), (50, 33, True), (50, 32, False)],
)
def test_who_is_small_and_hardly_hidden(height: int, bottom_seen: int, belongs: bool) -> None:
    boxes = {"full": [5, 0, 25, height], "visible": [5, 0, 25, bottom_seen], "height_px": height}
    names = groups_of(person(1, "pale", 0.0, "red") | boxes, "infrared")
    assert ("25-60 px from head to foot and hardly hidden" in names) == belongs


class Nobody:
    """Finds nobody."""

    @property
    def info(self) -> ParserInfo:
        return ParserInfo("nobody", "1", "fp32")

    def parse(self, image: BgrImage) -> ParsedFrame:
        return ParsedFrame.empty(*image.shape[:2])


def test_a_folder_is_measured_only_if_it_is_held_out(tmp_path: Path) -> None:
    write_frame(tmp_path, frame(), json.loads(json.dumps({"people": PEOPLE, "light": "day", "gray": 0.0})))
    with pytest.raises(SourceError, match=r"not held-out frames of crowds"):
        measure_crowds(Nobody(), tmp_path)
    describe(tmp_path, About("held_out"))
    assert measure_crowds(Nobody(), tmp_path)["crowds: found, light skin (1 there)"].value == 0
