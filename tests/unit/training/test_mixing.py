import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from domain.errors import SourceError
from domain.labels import BodyPart
from tests.support.shared_data import shared_file
from tests.support.training_data import SMALL, photograph, place, small_sources
from training.calibration import calibration
from training.frames import About, LabelledFrame, describe, frame_names, read_frames, write_frame
from training.labels import ANY_SKIN, CLASSES, IGNORED, SKIN_CLASSES
from training.mixing import Mixer, MixOptions
from training.shared import background_split, data_folder, labelled_photographs, split_of, tagged_photographs
from training.sources import Sources, load_cc0_sources, load_sources
from training.targets import Sample


def digest(sample: Sample) -> str:
    parts = (sample.image, sample.parts, sample.centre, sample.offset)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def test_a_sample_depends_on_seed_and_number_only() -> None:
    mixer, again = Mixer(small_sources(), SMALL, 5), Mixer(small_sources(), SMALL, 5)
    forwards = [digest(mixer[index]) for index in range(12)]
    backwards = [digest(again[index]) for index in reversed(range(12))]
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == 12
    assert digest(Mixer(small_sources(), SMALL, 6)[0]) != forwards[0]


def test_samples_hold_what_they_may() -> None:
    mixer = Mixer(small_sources(), SMALL, 1)
    samples = [mixer[index] for index in range(60)]
    seen = set(np.unique(np.concatenate([sample.parts.ravel() for sample in samples])))
    assert {0, 4, 7, ANY_SKIN, IGNORED} == seen
    assert all(sample.image.shape == (64, 96, 3) for sample in samples)
    assert any(not sample.persons.any() for sample in samples)
    assert all(np.isfinite(sample.offset).all() for sample in samples)


def test_far_background_of_a_photograph_is_unknown_and_the_near_one_is_not() -> None:
    sources = small_sources()
    whole = replace(SMALL, photographs=1.0, rendered=0.0, shelves=0.0)
    samples = [Mixer(sources, whole, 2)[index] for index in range(20)]
    known = [np.mean(sample.parts == IGNORED) for sample in samples]
    assert max(known) > 0.3
    assert all((sample.parts == 0).any() for sample in samples)


def test_of_what_a_network_labelled_only_the_largest_person_counts() -> None:
    one = photograph()
    labels = one.labels.copy()
    labels[40:120, 10:40] = 5  # somebody smaller in a dress
    whole = replace(SMALL, photographs=1.0, rendered=0.0, shelves=0.0)
    for by_people in (True, False):
        sources = replace(small_sources(), photographs=[replace(one, labels=labels, by_people=by_people)])
        samples = [Mixer(sources, whole, 2)[index] for index in range(20)]
        assert any((sample.parts == 5).any() for sample in samples) == by_people


def test_rendered_frames_come_back_as_they_were_written(tmp_path: Path) -> None:
    labels = np.zeros((80, 120), np.uint8)
    labels[20:60, 30:50] = BodyPart.LEFT_ARM
    frame = LabelledFrame("a", place(4), labels, (labels > 0).astype(np.uint8))
    write_frame(tmp_path, frame)
    (back,) = read_frames(tmp_path)
    assert np.array_equal(back.labels, labels)
    assert np.array_equal(back.person_ids, frame.person_ids)
    sources = replace(small_sources(), frames=[(tmp_path, "a")])
    only_frames = replace(SMALL, rendered=1.0, photographs=0.0, shelves=0.0)
    seen = {int(part) for index in range(8) for part in np.unique(Mixer(sources, only_frames)[index].parts)}
    assert CLASSES.index(BodyPart.ARM) in seen  # the rendering knows which skin it is


def test_a_folder_without_frames_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no rendered frames"):
        frame_names(tmp_path)


@pytest.mark.parametrize("name", ["0003", "0917"])
def test_what_is_held_out_cannot_be_trained_on(name: str) -> None:
    with pytest.raises(ValueError, match=f"photograph {name} is held out"):
        Sources([photograph(name)], [place(1)], [place(2)])


def test_the_split_goes_by_the_last_digit() -> None:
    assert [split_of(f"000{digit}") for digit in (3, 7, 1)] == ["tuning", "test", "training"]
    assert background_split("median_cardetection") == "tuning"


def test_a_batch_has_one_shape_and_some_are_upright() -> None:
    mixer = Mixer(small_sources(), replace(SMALL, tall=0.5, tall_height=96, tall_width=64, run=4))
    shapes = [mixer[index].image.shape[:2] for index in range(32)]
    runs = [set(shapes[start : start + 4]) for start in range(0, 32, 4)]
    assert all(len(run) == 1 for run in runs)
    assert set.union(*runs) == {(64, 96), (96, 64)}


def test_some_batches_show_pieces_around_people() -> None:
    options = replace(SMALL, tall=0.5, tall_height=96, tall_width=64, close=0.5, run=2)
    close = [Mixer(small_sources(), options, 2)[index] for index in range(40)]
    assert {sample.image.shape[:2] for sample in close} == {(64, 96), (96, 64), (32, 64), (64, 32)}
    always, never = (
        [Mixer(small_sources(), replace(SMALL, close=part), 2)[index] for index in range(40)]
        for part in (1, 0)
    )
    shown, whole = (np.mean([sample.persons.mean() for sample in samples]) for samples in (always, never))
    assert shown > 1.3 * whole


def test_an_int8_network_is_calibrated_in_the_shapes_of_training() -> None:
    pictures = calibration(small_sources())
    assert {next(pictures).shape for _ in range(8)} == {(288, 512, 3), (480, 320, 3)}


def test_options_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="multiples of 32"):
        MixOptions(height=100)
    with pytest.raises(ValueError, match=r"a piece of \(192, 544\) is larger than the sample"):
        MixOptions(close_width=544)
    with pytest.raises(ValueError, match="sum up to 1"):
        MixOptions(rendered=0.9, photographs=0.2)


def test_a_missing_data_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FOOTFALL_SHARED", str(tmp_path))
    with pytest.raises(SourceError, match="FOOTFALL_SHARED names the data folder"):
        data_folder()


@pytest.mark.parametrize(
    ("about", "complaint"),
    [
        (None, "photographs may be seen"),
        (About(photographs=True), "photographs may be seen"),
        (About("held_out", photographs=False), "held out"),
    ],
)
def test_cc0_takes_no_photograph_from_anywhere(tmp_path: Path, about: About | None, complaint: str) -> None:
    nobody = np.zeros((32, 32), np.uint8)
    if about:
        describe(tmp_path, about)
    write_frame(tmp_path, LabelledFrame("a", place(4)[:32, :32], nobody, nobody))
    with pytest.raises(SourceError, match=complaint):
        load_cc0_sources([tmp_path])


@pytest.mark.shared_data
def test_cc0_learns_from_renderings_and_panoramas(tmp_path: Path) -> None:
    shared_file("data/hdri")
    nobody = np.zeros((32, 32), np.uint8)
    describe(tmp_path, About(photographs=False))
    write_frame(tmp_path, LabelledFrame("a", place(4)[:32, :32], nobody, nobody), {"people": []})
    sources = load_cc0_sources([tmp_path])
    assert not sources.photographs
    assert not sources.shelves
    samples = [Mixer(sources)[number] for number in range(4)]
    assert not any(sample.persons.any() for sample in samples)


@pytest.mark.shared_data
def test_no_held_out_photograph_is_offered_for_training() -> None:
    shared_file("data/ccp/labels14")
    names = [one.name for one in labelled_photographs("training")]
    names += [one.name for one in tagged_photographs()]
    assert len(names) > 1000
    assert not any(name.endswith(("3", "7")) for name in names)


@pytest.mark.shared_data
def test_the_data_folder_gives_samples() -> None:
    shared_file("data/ccp/labels14")
    sources = load_sources()
    few = replace(sources, photographs=sources.photographs[:20])
    mixer = Mixer(few, MixOptions())
    samples = [mixer[index] for index in range(12)]
    assert {part for sample in samples for part in np.unique(sample.parts)} >= {0, 4, ANY_SKIN, IGNORED}
    assert not any(np.isin(sample.parts, SKIN_CLASSES).any() for sample in samples)
