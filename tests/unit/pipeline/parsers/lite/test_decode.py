from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from domain.labels import LITE_CLASSES, BodyPart
from pipeline.parsers.geometry import STRIDE, Geometry
from pipeline.parsers.lite.decode import (
    DecodeOptions,
    MiddleOptions,
    Plane,
    clearness,
    decode,
    decode_middle,
    foreground_of,
)
from pipeline.parsers.lite.preprocess import fit
from tests.support.lite_outputs import drawn_outputs, random_outputs
from tests.unit.pipeline.parsers.lite.oracle import enlarged_logits

FRAME = fit(432, 768, area=512 * 288)
OPTIONS = DecodeOptions()
MIDDLE = MiddleOptions(least_clearness=0.8)


def grid_to_frame(value: float, geometry: Geometry = FRAME) -> float:
    return value * STRIDE * geometry.width / geometry.scaled_width


def test_nobody_gives_an_empty_frame_of_the_frames_size() -> None:
    parsed = decode(drawn_outputs(FRAME, []), FRAME, OPTIONS)

    assert len(parsed) == 0
    assert parsed.labels.shape == (432, 768)
    assert not parsed.labels.any()
    assert not parsed.person_ids.any()


def test_a_person_stands_where_the_network_saw_it() -> None:
    parsed = decode(drawn_outputs(FRAME, [(20, 40, 60, 56)]), FRAME, OPTIONS)

    assert len(parsed) == 1
    assert parsed.scores[0] == pytest.approx(0.9)
    expected = [grid_to_frame(value) for value in (40, 20, 56, 60)]
    assert parsed.boxes[0] == pytest.approx(expected, abs=grid_to_frame(0.5) + 1)
    assert set(np.unique(parsed.labels)) == {0, BodyPart.UPPER_CLOTHES}


def test_equal_peaks_beside_each_other_are_one_person() -> None:
    outputs = drawn_outputs(FRAME, [(20, 40, 60, 56)])
    row, column = np.unravel_index(outputs.centre.argmax(), outputs.centre.shape)
    outputs.centre[row, [column - 1, column + 1]] = outputs.centre[row, column]
    outputs.centre[row, column] -= 0.1
    outputs.offset[1][:, :column] -= 1
    outputs.offset[1][:, column:] += 1

    parsed = decode(outputs, FRAME, OPTIONS)

    assert len(parsed) == 1


def test_two_touching_persons_are_told_apart_by_where_their_pixels_point() -> None:
    parsed = decode(drawn_outputs(FRAME, [(20, 40, 60, 56), (20, 56, 60, 72)]), FRAME, OPTIONS)

    assert len(parsed) == 2
    border = round(grid_to_frame(56))
    left, right = parsed.person_ids[250, border - 12], parsed.person_ids[250, border + 12]
    assert {int(left), int(right)} == {1, 2}


def test_a_speck_is_nobody() -> None:
    parsed = decode(drawn_outputs(FRAME, [(20, 40, 23, 43)]), FRAME, OPTIONS)

    assert len(parsed) == 0
    assert not parsed.labels.any()


@pytest.mark.parametrize(("background", "persons"), [(-1.0, 1), (2.5, 1), (3.6, 0)])
def test_somebody_whose_pixels_are_hardly_anybodys_is_nobody(background: float, persons: int) -> None:
    raw = drawn_outputs(FRAME, [(20, 40, 60, 56)])
    raw.part_logits[LITE_CLASSES.index(BodyPart.PANTS), 40:60, 40:56] += 8  # legs of which there is no doubt
    raw.part_logits[0, 20:60, 40:56] += background

    parsed = decode(raw, FRAME, OPTIONS)

    assert len(parsed) == persons
    assert bool(parsed.labels.any()) == bool(persons)


@pytest.mark.parametrize("region", [{}, {BodyPart.PANTS}, {BodyPart.HAIR, BodyPart.SHOE}])
def test_a_piece_of_a_person_must_be_surer_than_a_whole_one(region: set[BodyPart]) -> None:
    raw = drawn_outputs(FRAME, [(20, 40, 60, 56)], part=LITE_CLASSES.index(BodyPart.COAT))
    for row, part in enumerate(sorted(region)):
        raw.part_logits[LITE_CLASSES.index(part), 40 + row * 10 : 50 + row * 10, 40:56] += 4.1
    raw.part_logits[0, 20:60, 40:56] += 2.0  # all of it is somebody by nine tenths
    between = DecodeOptions(least_foreground=0.8, least_foreground_of_doubtful=0.95)

    assert len(decode(raw, FRAME, between)) == bool(region)
    assert len(decode(raw, FRAME, replace(between, sure_centre=0.91))) == 0  # nor is its centre above doubt


def test_foreground_that_points_to_no_person_is_dropped() -> None:
    raw = drawn_outputs(FRAME, [(20, 40, 60, 56)])
    raw.offset[1][20:60, 40:48] = -60

    parsed = decode(raw, FRAME, OPTIONS)

    assert not parsed.labels[:, : round(grid_to_frame(46))].any()
    assert len(parsed) == 1


@pytest.mark.parametrize(("height", "width"), [(432, 768), (1080, 1920), (300, 200), (64, 48), (97, 631)])
def test_every_frame_size_is_decoded_at_its_own_size(height: int, width: int) -> None:
    geometry = fit(height, width, area=512 * 288)
    middle = geometry.scaled_height // STRIDE // 2, geometry.scaled_width // STRIDE // 2

    parsed = decode(
        drawn_outputs(geometry, [(middle[0] - 12, middle[1] - 8, middle[0] + 12, middle[1] + 8)]),
        geometry,
        OPTIONS,
    )

    assert parsed.labels.shape == (height, width)
    assert len(parsed) == 1
    assert parsed.person_ids[height // 2, width // 2] == 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([(216, 384), (300, 400), (150, 110)]))
def test_parts_are_those_of_the_slow_version_wherever_it_is_not_a_close_call(
    seed: int, size: tuple[int, int]
) -> None:
    geometry = fit(*size, area=192 * 128)
    raw = random_outputs(geometry, seed)

    parsed = decode(raw, geometry, OPTIONS)

    logits = enlarged_logits(raw.part_logits, geometry)
    ranked = np.sort(logits, axis=0)
    clear = (ranked[-1] - ranked[-2] > 0.3) & (parsed.person_ids > 0)
    expected = np.array(LITE_CLASSES)[logits.argmax(axis=0)]
    slivers = np.count_nonzero(parsed.labels[clear] != expected[clear])
    assert slivers <= 0.003 * int(np.count_nonzero(clear)) + 3


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_laws_of_a_parsed_frame_hold_for_any_answer(seed: int) -> None:
    geometry = fit(216, 384, area=192 * 128)

    parsed = decode(random_outputs(geometry, seed), geometry, OPTIONS)

    assert np.array_equal(parsed.labels > 0, parsed.person_ids > 0), (
        "a part without a person, or the other way round"
    )
    assert set(np.unique(parsed.person_ids)) - {0} == set(range(1, len(parsed) + 1)), "ids have gaps"
    assert list(parsed.scores) == sorted(parsed.scores, reverse=True)
    for person in parsed.persons():
        ys, xs = np.nonzero(parsed.person_ids == person.person_id)
        assert (person.left, person.top) == (xs.min(), ys.min())
        assert (person.right, person.bottom) == (xs.max() + 1, ys.max() + 1)


def crop_logits(*boxes: tuple[int, int, int, int]) -> Plane:
    """Sure of who is there and, more than drawn outputs are, of where nobody is."""
    logits = drawn_outputs(FRAME, list(boxes)).part_logits
    logits[0] += 3 * (logits.argmax(axis=0) == 0)
    return logits


def test_in_a_crop_all_that_is_seen_is_the_one_in_the_middle() -> None:
    raw = crop_logits((20, 40, 60, 56), (20, 70, 60, 86))
    parsed = decode_middle(raw, FRAME, MIDDLE)
    assert len(parsed) == 1
    assert parsed.scores[0] > 0.9
    assert np.array_equal(parsed.person_ids > 0, parsed.labels > 0)


@pytest.mark.parametrize("persons", [[], [(20, 40, 23, 43)]])
def test_a_crop_without_anybody_or_with_a_speck_shows_nobody(
    persons: list[tuple[int, int, int, int]],
) -> None:
    parsed = decode_middle(crop_logits(*persons), FRAME, MIDDLE)
    assert len(parsed) == 0
    assert not parsed.labels.any()


def test_a_crop_in_which_hardly_anything_is_anybodys_shows_nobody() -> None:
    logits = crop_logits((20, 40, 60, 56))
    logits[0, 20:60, 40:56] = logits[1:, 20:60, 40:56].max(axis=0) - 0.5
    assert len(decode_middle(logits, FRAME, MIDDLE)) == 0


def test_a_crop_of_which_too_little_is_somebodys_shows_nobody() -> None:
    logits = crop_logits((20, 40, 60, 56))
    share = 40 * 16 / (FRAME.grid[0] * FRAME.grid[1])
    assert len(decode_middle(logits, FRAME, MiddleOptions(least_share=0.99 * share))) == 1
    assert len(decode_middle(logits, FRAME, MiddleOptions(least_share=1.01 * share))) == 0


def test_somebody_with_uncertain_surroundings_is_less_clear() -> None:
    logits = crop_logits((20, 40, 60, 56))
    clear = clearness(logits)
    assert 0.9 < clear <= 1
    around = logits.copy()
    around[0, 20:60, 56:72] = around[1:, 20:60, 56:72].max(axis=0) + 1  # three to one that nobody is there
    assert clearness(around) == pytest.approx(clear / 2, abs=0.1)
    assert len(decode_middle(logits, FRAME, MIDDLE)) == 1
    assert len(decode_middle(around, FRAME, MIDDLE)) == 0
    nobody = crop_logits()
    assert clearness(nobody) == 0


@given(arrays.arrays(np.float32, (5, 4, 6), elements=st.sampled_from([-1.0, 0.0, 2.0])))
def test_foreground_is_where_the_background_is_not_the_first_of_the_likeliest(logits: Plane) -> None:
    assert np.array_equal(foreground_of(logits), logits.argmax(axis=0) > 0)


def test_a_finder_that_is_sure_outweighs_a_crop_that_is_not() -> None:
    logits = crop_logits((20, 40, 60, 56))
    seen = clearness(logits)
    options = MiddleOptions(least_share=0.0, least_clearness=seen + 0.1, clearness_odds=2.0)
    assert not options.somebody(logits)
    assert options.somebody(logits, 0.25)
    assert not options.somebody(logits, 0.15)


def test_whoever_no_crop_could_save_is_told_before_it_is_parsed() -> None:
    options = MiddleOptions(least_clearness=0.5, clearness_odds=2.0)
    assert options.may_be_somebody(None)
    assert options.may_be_somebody(-1.0)
    assert not options.may_be_somebody(-1.01)
