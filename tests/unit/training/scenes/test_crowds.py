"""Frames of crowds: always the same by seed and number, labelled rightly, and split as promised."""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from domain.errors import SourceError, UsageError
from tests.support.shared_data import shared_file
from training.frames import (
    About,
    LabelledFrame,
    about_folder,
    describe,
    frame_names,
    read_frame,
    read_truth,
    write_frame,
)
from training.scenes.crowds import BATCH, Batch, frame_name, orders
from training.scenes.panoramas import panorama_names, read_panorama
from training.scenes.supplies import HELD_OUT_SEEDS, Supplies
from training.sources import load_sources

SIZE = (160, 96)
NUMBERS = (0, 3)


@lru_cache(maxsize=1)
def drawn() -> dict[int, tuple[LabelledFrame, dict[str, object]]]:
    shared_file("data/hdri")
    batch = Batch(Supplies(), 11, 0, SIZE)
    return {number: batch.frame(number) for number in NUMBERS}


@pytest.mark.shared_data
def test_a_frame_is_the_same_whatever_was_drawn_before() -> None:
    first, truth = drawn()[NUMBERS[1]]
    again, same = Batch(Supplies(), 11, 0, SIZE).frame(NUMBERS[1])
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.labels, again.labels)
    assert truth == same


@pytest.mark.shared_data
def test_truth_and_labels_agree() -> None:
    for frame, truth in drawn().values():
        people = json.loads(json.dumps(truth))["people"]
        assert {person["id"] for person in people} == set(np.unique(frame.person_ids)) - {0}
        assert np.array_equal(frame.labels > 0, frame.person_ids > 0)
        for person in people:
            mask = frame.person_ids == person["id"]
            assert person["pixels"] == mask.sum()
            left, top, right, bottom = person["visible"]
            full_left, full_top, full_right, full_bottom = person["full"]
            assert mask[top:bottom, left:right].sum() == mask.sum()
            assert full_left <= left + 1
            assert full_top <= top + 1
            assert full_right >= right - 1
            assert full_bottom >= bottom - 1
            assert {"part", "color", "plain"} == set(person["worn"][0])


@pytest.mark.shared_data
def test_a_place_without_people_is_that_of_the_same_number_with_them() -> None:
    number = next(number for number, (frame, _) in drawn().items() if frame.person_ids.any())
    frame, truth = Batch(Supplies(), 11, 0, SIZE, "nobody").frame(number)
    assert not frame.person_ids.any()
    assert truth["people"] == []
    assert frame.image.std() > 0
    assert truth["place"] == drawn()[number][1]["place"]


@pytest.mark.shared_data
def test_among_mannequins_nobody_is_and_more_stand_than_elsewhere() -> None:
    shared_file("data/hdri")
    batches = [Batch(Supplies(), 11, 0, SIZE, shows) for shows in ("nobody", "mannequins")]
    pairs = [[batch.frame(number)[0] for batch in batches] for number in range(4)]
    assert not any(frame.person_ids.any() for pair in pairs for frame in pair)
    assert any((one.image != other.image).mean() > 0.01 for one, other in pairs)


def test_seeds_belong_to_one_split() -> None:
    Supplies().check_seed(HELD_OUT_SEEDS - 1)
    Supplies("held_out").check_seed(HELD_OUT_SEEDS)
    with pytest.raises(UsageError, match=r"a seed of training frames must be 0 to 899999, got 900000"):
        Batch(Supplies(), HELD_OUT_SEEDS, 0, SIZE)
    with pytest.raises(UsageError, match=r"a seed of held_out frames must be 900000 or more, got 5"):
        Batch(Supplies("held_out"), 5, 0, SIZE)
    with pytest.raises(UsageError, match=r"got -1"):
        Supplies().check_seed(-1)


@pytest.mark.shared_data
def test_panoramas_stills_and_goods_are_split_too() -> None:
    shared_file("data/hdri")
    training, held_out = (set(panorama_names(held_out=side, peopled=True)) for side in (False, True))
    assert training
    assert held_out
    assert not training & held_out
    assert not set(Supplies().stills()) & set(Supplies("held_out").stills())
    first, second = (
        {texture.linear.tobytes() for texture in Supplies(split).goods()}
        for split in ("training", "held_out")
    )
    assert not first & second
    assert Supplies(photographs=False).goods() == ()
    assert Supplies(photographs=False).stills() == {}


@pytest.mark.shared_data
def test_training_refuses_held_out_frames(tmp_path: Path) -> None:
    shared_file("data")
    frame, truth = drawn()[NUMBERS[0]]
    describe(tmp_path, About("held_out"))
    write_frame(tmp_path, frame, truth)
    with pytest.raises(SourceError, match=r"its frames are held out and must not be trained on"):
        load_sources([tmp_path])


def test_a_folder_holds_frames_of_one_kind(tmp_path: Path) -> None:
    describe(tmp_path, About())
    describe(tmp_path, About())
    assert about_folder(tmp_path) == About()
    with pytest.raises(UsageError, match=r"holds other frames .*: choose another folder"):
        describe(tmp_path, About("held_out"))
    (tmp_path / "about.json").write_text("{", encoding="utf-8")
    with pytest.raises(SourceError, match=r"about\.json is damaged"):
        about_folder(tmp_path)


def test_only_what_is_missing_is_drawn_batch_by_batch(tmp_path: Path) -> None:
    black = np.zeros((4, 4), np.uint8)
    there = LabelledFrame(frame_name(5, 1), np.zeros((4, 4, 3), np.uint8), black, black)
    write_frame(tmp_path, there, {"frame": there.name})
    todo = orders(tmp_path, Supplies(), 5, BATCH + 2, SIZE)
    assert [order.numbers for order in todo] == [(0, *range(2, BATCH)), (BATCH, BATCH + 1)]
    assert frame_names(tmp_path) == [there.name]
    assert read_truth(tmp_path, there.name) == {"frame": there.name}
    assert read_frame(tmp_path, there.name).labels.shape == (4, 4)
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.shared_data
def test_a_panorama_turned_all_the_way_is_itself_and_its_light_turns_along() -> None:
    shared_file("data/hdri")
    name = panorama_names(held_out=False, peopled=True)[0]
    ahead = np.array([[0.3, 0.4, -1.0]], np.float32)
    whole = read_panorama(name).towards(ahead)
    assert read_panorama(name, 2 * np.pi).towards(ahead) == pytest.approx(whole, rel=1e-3)
    first, quarter = (
        np.array(read_panorama("urban_street_01_1k", turn).lighting().towards_key)
        for turn in (0.0, np.pi / 2)
    )
    assert quarter == pytest.approx(np.array([first[2], first[1], -first[0]]), abs=1e-5)
