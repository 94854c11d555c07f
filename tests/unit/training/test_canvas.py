import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.training_data import photograph, place
from training.canvas import Canvas, around_somebody, covered, cut_out, pasted, reframed
from training.labels import IGNORED


def person() -> Canvas:
    """4 wide, 6 high; a see-through left column and an unknown pixel."""
    targets = np.full((6, 4), 4, np.uint8)
    targets[:, 0], targets[0, 3] = 0, IGNORED
    return Canvas(np.full((6, 4, 3), 250, np.uint8), targets, (targets > 0).astype(np.uint8))


def test_pasting_leaves_the_original_alone_and_keeps_what_shows_through() -> None:
    before = Canvas.empty(place(1))
    after = pasted(before, person(), 10, 20, 7)
    assert not before.person_ids.any()
    assert (after.person_ids == 7).sum() == 6 * 3 - 1
    assert not after.targets[10:16, 20].any()
    assert after.targets[10, 23] == 0
    assert (after.image[13, 22] > 200).all()


@given(st.integers(-8, 82), st.integers(-6, 122))
def test_pasting_anywhere_never_shows_more_than_the_person(top: int, left: int) -> None:
    after = pasted(Canvas.empty(place(1)), person(), top, left, 7)
    assert after.size == (80, 120)
    assert (after.person_ids == 7).sum() <= 17
    assert ((after.targets > 0) == (after.person_ids == 7)).all()


def test_what_covers_somebody_makes_background() -> None:
    crowd = pasted(Canvas.empty(place(1)), person(), 10, 20, 7)
    assert not covered(crowd, np.zeros((10, 10, 3), np.uint8), 8, 18).person_ids.any()


def test_the_cut_out_is_the_largest_person_alone() -> None:
    one = photograph()
    labels = one.labels.copy()
    labels[30:40, 80:88] = 5  # somebody else, beside and inside the box's rows
    labels[100:120, 100:110] = IGNORED
    cut = cut_out(Canvas(one.image, labels, (labels > 0).astype(np.uint8)))
    assert cut is not None
    assert cut.size == (130, 60)
    assert set(np.unique(cut.targets)) == {3, 4, 7, IGNORED}
    assert cut.person_ids.sum() == np.isin(cut.targets, (3, 4, 7)).sum()
    assert cut_out(Canvas.empty(place(1))) is None


@pytest.mark.parametrize("zoom", [0.5, 1.0, 1.7])
def test_reframing_moves_labels_with_the_picture(zoom: float) -> None:
    image, targets = np.zeros((80, 120, 3), np.uint8), np.zeros((80, 120), np.uint8)
    image[20:60, 30:90], targets[20:60, 30:90] = 255, 4
    moved = reframed(Canvas(image, targets, targets), (64, 96), zoom, np.random.default_rng(3))
    assert moved.size == (64, 96)
    inside = moved.targets > 0
    assert inside.any()
    assert (moved.image[inside] > 100).mean() > 0.95
    assert np.array_equal(inside, moved.person_ids > 0)


def test_mirroring_twice_changes_nothing() -> None:
    canvas = pasted(Canvas.empty(place(1)), person(), 10, 20, 7)
    again = canvas.mirrored().mirrored()
    assert np.array_equal(again.image, canvas.image)
    assert np.array_equal(again.targets, canvas.targets)


def test_sizes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match=r"targets and ids must be \(80, 120\), got \(80, 119\)"):
        Canvas(place(1), np.zeros((80, 119), np.uint8), np.zeros((80, 120), np.uint8))


def test_a_piece_shows_each_person_as_often_as_another() -> None:
    crowd = Canvas.empty(place(1))
    crowd = pasted(crowd, person(), 70, 2, 1)
    crowd = pasted(crowd, person().resized(24, 16), 5, 90, 2)
    rng = np.random.default_rng(1)
    pieces = [around_somebody(crowd, (32, 32), rng) for _ in range(200)]
    assert {piece.size for piece in pieces} == {(32, 32)}
    seen = [np.mean([(piece.person_ids == number).any() for piece in pieces]) for number in (1, 2)]
    assert sum(seen) == pytest.approx(1)
    assert seen[0] == pytest.approx(0.5, abs=0.12)


def test_a_piece_of_an_empty_place_is_anywhere() -> None:
    rng = np.random.default_rng(1)
    pieces = [around_somebody(Canvas.empty(place(1)), (32, 48), rng).image.tobytes() for _ in range(20)]
    assert len(set(pieces)) > 10
    whole = around_somebody(Canvas.empty(place(1)), (80, 120), rng)
    assert np.array_equal(whole.image, place(1))
