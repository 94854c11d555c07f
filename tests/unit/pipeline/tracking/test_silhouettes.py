"""Outlines and colours in few numbers, against the pixels themselves."""

import numpy as np
import pytest

from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from pipeline.tracking.boxes import grown_overlaps
from pipeline.tracking.silhouettes import Silhouettes, color_differences, outline_overlaps, remembered
from tests.support.walkers import BLUE, GREY, RED, Walker, scene

SHARE = np.array([0.4])


def looks(*people: Walker) -> tuple[Silhouettes, ParsedFrame]:
    frame, parsed = scene(0.0, people)
    return Silhouettes.of(frame, parsed), parsed


@pytest.mark.parametrize(("shift", "expected"), [(0, 1.0), (12, 12 / 36), (24, 0.0), (-6, 18 / 30)])
def test_an_outline_overlaps_as_its_pixels_do(shift: int, expected: float) -> None:
    known, _ = looks(Walker(60, size=(24, 48)))
    seen, parsed = looks(Walker(60 + shift, size=(24, 48)))
    overlap = outline_overlaps(known, np.zeros((1, 2)), seen, parsed.person_ids)
    np.testing.assert_allclose(overlap, [[expected]], atol=0.01)


def test_an_outline_moves_along() -> None:
    known, _ = looks(Walker(60, size=(24, 48)))
    seen, parsed = looks(Walker(80, top=36, size=(24, 48)))
    overlap = outline_overlaps(known, np.array([[20.0, 6.0]]), seen, parsed.person_ids)
    np.testing.assert_allclose(overlap, [[1.0]], atol=0.01)


def test_an_outline_that_moves_out_of_the_picture_meets_nobody() -> None:
    known, _ = looks(Walker(60))
    seen, parsed = looks(Walker(60))
    assert outline_overlaps(known, np.array([[5000.0, -5000.0]]), seen, parsed.person_ids) == [[0.0]]


def test_who_stands_in_front_is_not_who_stands_behind() -> None:
    known, _ = looks(Walker(60, size=(24, 48)))
    seen, parsed = looks(Walker(72, size=(24, 48), color=BLUE), Walker(60, size=(24, 48), color=RED))
    overlap = outline_overlaps(known, np.zeros((1, 2)), seen, parsed.person_ids)
    np.testing.assert_allclose(overlap, [[12 / 36, 0.5]], atol=0.02)


def test_colors_are_compared_part_by_part() -> None:
    seen, _ = looks(Walker(10, color=RED), Walker(60, color=BLUE), Walker(110, color=RED))
    differences = color_differences(seen, seen)
    np.testing.assert_allclose(np.diag(differences), 0, atol=1e-6)
    np.testing.assert_allclose(differences, differences.T)
    assert differences[0, 2] < 0.01
    assert differences[0, 1] == pytest.approx(1.0)


def test_shade_is_no_other_color() -> None:
    lit, _ = looks(Walker(60, color=(60, 60, 180)))
    shaded, _ = looks(Walker(60, color=(48, 48, 148)))
    assert color_differences(lit, shaded)[0, 0] < 0.3


def test_a_part_that_is_not_seen_tells_nothing() -> None:
    frame, parsed = scene(0.0, [Walker(60)])
    unknown = np.full_like(parsed.labels, BodyPart.SCARF)
    plain = Silhouettes.of(frame, ParsedFrame(unknown, parsed.person_ids, parsed.scores, parsed.boxes))
    known, _ = looks(Walker(60))
    assert color_differences(known, plain)[0, 0] == pytest.approx(0.3)


def test_the_past_fades() -> None:
    known, _ = looks(Walker(60, color=RED))
    now, _ = looks(Walker(60, color=GREY))
    for _ in range(20):
        known = remembered(known, now, SHARE)
    assert color_differences(known, now)[0, 0] < 0.01


def test_who_is_half_hidden_changes_less_of_what_is_remembered() -> None:
    red, _ = looks(Walker(60, color=RED, size=(20, 40)))
    whole, _ = looks(Walker(60, color=GREY, size=(20, 40)))
    half, _ = looks(Walker(60, color=GREY, size=(20, 10)))
    changed, hardly = remembered(red, whole, SHARE), remembered(red, half, SHARE)
    assert color_differences(red, hardly)[0, 0] < color_differences(red, changed)[0, 0] / 2


def test_boxes_that_were_grown_meet() -> None:
    one, other = np.array([[50.0, 50.0, 10.0, 20.0]]), np.array([[62.0, 50.0, 10.0, 20.0]])
    assert grown_overlaps(one, other, 0.0) == [[0.0]]
    np.testing.assert_allclose(grown_overlaps(one, other, 0.3), [[4 * 32 / (2 * 16 * 32 - 4 * 32)]])
    np.testing.assert_allclose(grown_overlaps(one, one, 0.3), [[1.0]])
