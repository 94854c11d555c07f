"""Who finds whom: boxes against boxes."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.finders import Candidate, above, own_finder
from benchmarks.accuracy.finding import Crowd, crowds_of, judge, judge_empty, matched, overlaps_of
from domain.errors import SourceError
from domain.frame import Boxes
from pipeline.finders.base import Found
from tests.support.shared_data import ROOT
from training.frames import About, LabelledFrame, describe, write_frame

SHIPPED = ROOT / "pipeline" / "finders" / "lite"
SMALL, TALL, TINY = (10, 10, 20, 50), (100, 10, 150, 160), (200, 10, 208, 30)


def boxes(*sides: tuple[float, ...]) -> Boxes:
    return np.array(sides, np.float32).reshape(-1, 4)


def found(*sides: tuple[float, ...]) -> Found:
    return Found(boxes(*sides), np.linspace(0.9, 0.5, len(sides), dtype=np.float32))


def values(answer: Found, *truth: tuple[float, ...]) -> dict[str, float]:
    crowd = Crowd(np.zeros((200, 300, 3), np.uint8), boxes(*truth))
    return {name: one.value for name, one in judge([crowd], [answer]).items()}


def test_everybody_found() -> None:
    said = values(found(SMALL, TALL), SMALL, TALL)
    assert said["found, 25-60 px (1 there)"] == said["found, 100-200 px (1 there)"] == 1
    assert said["those found who are there"] == 1
    assert said["count error, relative"] == 0


def test_missed_and_invented() -> None:
    said = values(found(TALL, (220, 100, 250, 190)), SMALL, TALL)
    assert said["found, 25-60 px (1 there)"] == 0
    assert said["found, all (2 there)"] == said["those found who are there"] == 0.5
    assert said["count error, relative"] == 0  # one too many and one too few


def test_one_person_found_twice_is_one_invented() -> None:
    said = values(found(TALL, (102, 12, 152, 160)), TALL)
    assert said["found, all (1 there)"] == 1
    assert said["those found who are there"] == 0.5
    assert said["count error, relative"] == 1


def test_the_smallest_count_neither_way() -> None:
    for answer in (found(TALL), found(TALL, TINY)):
        said = values(answer, TALL, TINY)
        assert said["found, all (1 there)"] == said["those found who are there"] == 1
        assert said["count error, relative"] == 0


def test_overlap_is_that_of_areas() -> None:
    assert overlaps_of(boxes((0, 0, 10, 10)), boxes((0, 0, 10, 10), (5, 0, 15, 10), (20, 20, 30, 30))) == (
        pytest.approx(np.array([[1, 1 / 3, 0]]))
    )
    assert matched(overlaps_of(boxes(), boxes(TALL))).tolist() == []
    assert matched(overlaps_of(boxes(TALL), boxes())).tolist() == [-1]


def test_empty_places_count_once_however_many_are_seen() -> None:
    said = judge_empty({"shelves": [0, 3], "car park": [0, 0]})
    assert said["false person, shelves (2 pictures)"].value == 0.5
    assert said["false person, all (4 pictures)"].value == 0.25


def test_a_candidate_says_who_is_sure_enough() -> None:
    candidate = Candidate("one", lambda _: found(SMALL, TALL), 0.6)
    assert candidate(np.zeros((8, 8, 3), np.uint8)).boxes.tolist() == [list(SMALL)]
    assert len(above(found(SMALL, TALL), 0.95)) == 0


def test_two_networks_of_the_same_file_name_have_names_of_their_own(tmp_path: Path) -> None:
    names = set()
    for folder in (tmp_path / "one", tmp_path / "other"):
        folder.mkdir()
        for file in ("finder.onnx", "weights.json"):
            (folder / file).symlink_to(SHIPPED / file)
        names.add(own_finder(folder / "finder.onnx", 230400, "fp32", 1).name)
    assert names == {f"{tmp_path}/{folder}/finder.onnx, 230400 pixels, fp32" for folder in ("one", "other")}


def test_crowds_are_measured_only_if_they_are_of_the_right_split(tmp_path: Path) -> None:
    ids = np.zeros((40, 60), np.uint8)
    ids[5:35, 10:20] = 4
    write_frame(tmp_path, LabelledFrame("000001-000000", np.zeros((40, 60, 3), np.uint8), ids, ids))
    describe(tmp_path, About("training"))
    with pytest.raises(SourceError, match=r"not held_out frames of crowds"):
        crowds_of(tmp_path, "held_out")
    (crowd,) = crowds_of(tmp_path, "training")
    assert crowd.boxes.tolist() == [[10, 5, 20, 35]]
