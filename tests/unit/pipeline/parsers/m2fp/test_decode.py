import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.labels import BodyPart
from pipeline.parsers.geometry import STRIDE, Geometry
from pipeline.parsers.m2fp.candidates import HUMAN, find_candidates
from pipeline.parsers.m2fp.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.m2fp.preprocess import fit
from tests.support.m2fp_outputs import Drawn, outputs, person, random_outputs
from tests.unit.pipeline.parsers.m2fp.oracle import candidates_of, decode_slowly

FRAME = fit(1080, 1920, short_edge=320)
SMALL = Geometry(height=75, width=110, scaled_height=50, scaled_width=73, input_height=64, input_width=96)
OPTIONS = DecodeOptions()


def grid_to_frame(value: float) -> float:
    return value * STRIDE * FRAME.width / FRAME.scaled_width


def test_nobody_gives_an_empty_frame_of_the_frames_size() -> None:
    parsed = decode(outputs(FRAME, []), FRAME, OPTIONS)

    assert len(parsed) == 0
    assert parsed.labels.shape == (1080, 1920)
    assert not parsed.labels.any()
    assert not parsed.person_ids.any()


def test_a_person_stands_where_the_network_saw_it_with_every_part() -> None:
    parsed = decode(outputs(FRAME, person(20, 40)), FRAME, OPTIONS)

    assert len(parsed) == 1
    assert parsed.scores[0] == pytest.approx(0.9, abs=0.01)
    assert parsed.boxes[0] == pytest.approx([grid_to_frame(value) for value in (40, 20, 56, 60)], abs=8)
    parts = {0, BodyPart.HAIR, BodyPart.FACE, BodyPart.UPPER_CLOTHES, BodyPart.PANTS, BodyPart.LEFT_SHOE}
    assert set(np.unique(parsed.labels)) == parts
    assert np.array_equal(parsed.labels > 0, parsed.person_ids == 1)


def test_a_human_seen_twice_is_one_person_with_the_higher_score() -> None:
    twice = [*person(20, 40), Drawn(HUMAN, ((21, 40, 60, 56),), probability=0.7)]

    parsed = decode(outputs(FRAME, twice), FRAME, OPTIONS)

    assert len(parsed) == 1
    assert parsed.scores[0] == pytest.approx(0.9, abs=0.01)


def test_a_mask_of_one_class_for_two_persons_is_shared_between_them() -> None:
    humans = [Drawn(HUMAN, ((20, 20, 60, 36),)), Drawn(HUMAN, ((20, 60, 60, 76),))]
    pants = Drawn(BodyPart.PANTS, ((40, 20, 60, 36), (40, 60, 60, 76)))

    parsed = decode(outputs(FRAME, [*humans, pants]), FRAME, OPTIONS)

    row = round(grid_to_frame(50))
    columns = [round(grid_to_frame(column)) for column in (28, 48, 68)]
    assert parsed.person_ids[row, columns].tolist() == [1, 0, 2]
    assert parsed.labels[row, columns].tolist() == [BodyPart.PANTS, 0, BodyPart.PANTS]


def test_what_sticks_out_of_a_person_is_still_theirs() -> None:
    hat = Drawn(BodyPart.HAT, ((16, 40, 24, 56),))

    parsed = decode(outputs(FRAME, [Drawn(HUMAN, ((20, 40, 60, 56),)), hat]), FRAME, OPTIONS)

    assert parsed.person_ids[round(grid_to_frame(17)), round(grid_to_frame(48))] == 1


def test_a_part_without_a_person_keeps_its_label_and_belongs_to_nobody() -> None:
    parsed = decode(outputs(FRAME, [Drawn(BodyPart.COAT, ((20, 40, 60, 56),))]), FRAME, OPTIONS)

    assert len(parsed) == 0
    assert (parsed.labels == BodyPart.COAT).any()


def test_a_part_in_two_equal_humans_goes_to_the_one_whose_mask_is_surer() -> None:
    unsure = Drawn(HUMAN, ((20, 40, 60, 56),), probability=0.9, logit=1.0)
    sure = Drawn(HUMAN, ((20, 40, 60, 72),), probability=0.5, logit=6.0)
    coat = Drawn(BodyPart.COAT, ((30, 42, 50, 54),))

    parsed = decode(outputs(FRAME, [unsure, sure, coat]), FRAME, OPTIONS)

    assert len(parsed) == 1
    assert parsed.scores[0] == pytest.approx(0.5, abs=0.01)


def test_background_that_is_surer_than_a_part_wins() -> None:
    weak = Drawn(BodyPart.COAT, ((20, 40, 60, 56),), probability=0.3)
    background = Drawn(BodyPart.BACKGROUND, ((20, 40, 60, 48),), probability=0.9)

    parsed = decode(outputs(FRAME, [weak, background]), FRAME, OPTIONS)

    row = round(grid_to_frame(40))
    assert parsed.labels[row, round(grid_to_frame(44))] == 0
    assert parsed.labels[row, round(grid_to_frame(52))] == BodyPart.COAT


def test_fifty_persons_are_returned_and_no_more() -> None:
    drawn = []
    for index in range(52):
        top, left = 2 + index // 13 * 18, 2 + index % 13 * 10
        box = (top, left, top + 14, left + 7)
        drawn += [Drawn(HUMAN, (box,), probability=0.95 - index / 200)]
    everywhere = Drawn(BodyPart.UPPER_CLOTHES, tuple(box for human in drawn for box in human.boxes))

    parsed = decode(outputs(FRAME, [*drawn, everywhere]), FRAME, OPTIONS)

    assert len(parsed) == 50
    assert (np.diff(parsed.scores) <= 0).all()
    assert set(np.unique(parsed.person_ids)) == set(range(51))


def test_padding_is_never_seen() -> None:
    raw = outputs(FRAME, [])
    raw.class_logits[0, BodyPart.COAT] = 30
    raw.mask_logits[0, :, FRAME.grid[1] :] = 6

    assert not decode(raw, FRAME, OPTIONS).labels.any()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), queries=st.integers(1, 24))
def test_candidates_are_those_of_the_slow_version(seed: int, queries: int) -> None:
    raw = random_outputs(seed, SMALL, queries)
    masks = raw.without_padding(SMALL)

    found = find_candidates(raw.class_logits, masks, 0.1)
    expected = candidates_of(raw, masks, 0.1)

    assert found.queries.tolist() == [candidate.query for candidate in expected]
    assert found.classes.tolist() == [candidate.part for candidate in expected]
    assert found.scores == pytest.approx(np.array([candidate.score for candidate in expected]), rel=1e-5)


@pytest.mark.parametrize("logit", [0.3, 2.0, 20.0])
@pytest.mark.parametrize("beside", [-0.3, -3.0, -30.0])
def test_the_edge_of_a_mask_is_where_its_enlarged_logits_cross_zero(logit: float, beside: float) -> None:
    raw = outputs(FRAME, [Drawn(HUMAN, ((10, 40, 60, 56),)), Drawn(BodyPart.PANTS, ((10, 40, 60, 56),))], 8)
    raw.mask_logits[1] = beside
    raw.mask_logits[1, 10:60, 40:56] = logit

    parsed = decode(raw, FRAME, OPTIONS)

    edge = 39.5 + -beside / (
        logit - beside
    )  # between the middles of columns 39 and 40, as a share of the way
    (inside,) = np.nonzero(parsed.labels[round(grid_to_frame(30))])
    assert inside.min() == pytest.approx(grid_to_frame(edge), abs=1)


@settings(max_examples=60, deadline=None)
@example(seed=2**32 - 1, queries=9)
@given(seed=st.integers(0, 2**32 - 1), queries=st.integers(1, 24))
def test_decoding_agrees_with_the_slow_version_wherever_that_is_sure(seed: int, queries: int) -> None:
    raw = random_outputs(seed, SMALL, queries)

    parsed = decode(raw, SMALL, OPTIONS)
    slow = decode_slowly(raw, SMALL, OPTIONS)

    sure = ~slow.undecided
    assert sure.mean() > 0.3
    assert (parsed.labels == slow.labels).mean() > 0.95
    assert np.array_equal(parsed.labels[sure], slow.labels[sure])
    seen = sorted({int(owner) for owner in np.unique(slow.owners[sure]) if owner})
    found = dict(zip(parsed.scores.tolist(), range(1, len(parsed) + 1), strict=True))
    for owner in seen:
        score = slow.humans[owner - 1].score
        nearest = min(found, key=lambda value: abs(value - score))
        assert nearest == pytest.approx(score, rel=1e-5)
        assert np.array_equal((parsed.person_ids == found[nearest])[sure], (slow.owners == owner)[sure])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_returned_is_consistent(seed: int) -> None:
    parsed = decode(random_outputs(seed, SMALL, 24), SMALL, OPTIONS)

    assert set(np.unique(parsed.person_ids)) | {0} == set(range(len(parsed) + 1))
    assert not parsed.labels[parsed.person_ids > 0].min(initial=1) < 1
    for view in parsed.persons():
        ys, xs = np.nonzero(parsed.person_ids == view.person_id)
        assert (view.left, view.top, view.right, view.bottom) == (
            xs.min(),
            ys.min(),
            xs.max() + 1,
            ys.max() + 1,
        )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_the_queries_changes_nothing(seed: int) -> None:
    raw = random_outputs(seed, SMALL, 16)
    order = np.random.default_rng(seed).permutation(16)

    one = decode(raw, SMALL, OPTIONS)
    other = decode(RawOutputs(raw.class_logits[order], raw.mask_logits[order]), SMALL, OPTIONS)

    assert np.array_equal(one.labels, other.labels)
    assert np.array_equal(one.person_ids, other.person_ids)
