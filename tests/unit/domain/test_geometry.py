"""Segments and polygons, held to OpenCV and to what shapes promise."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.geometry import (
    Point,
    along,
    area,
    contains,
    crosses_itself,
    distance_to_border,
    distance_to_line,
    segments_meet,
    turn,
)

RANDOMLY = settings(max_examples=100, deadline=None)
whole = st.integers(0, 40).map(float)
points = st.tuples(whole, whole)
SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))


def around(distances: list[int]) -> list[Point]:
    """A polygon whose corners are so far from (50, 50), in order of their angle."""
    step = 2 * math.pi / len(distances)
    return [(50 + r * math.cos(n * step), 50 + r * math.sin(n * step)) for n, r in enumerate(distances)]


stars = st.lists(st.integers(5, 40), min_size=3, max_size=9).map(around)


def test_the_right_hand_is_above_0() -> None:
    # Who looks down the screen has the left of the screen on the right hand.
    assert turn((0, 0), (0, 10), (-3, 5)) > 0
    assert distance_to_line((0, 0), (0, 10), (-3, 5)) == 3
    assert along((0, 0), (0, 10), (-3, 5)) == 0.5


@RANDOMLY
@given(polygon=stars, point=st.tuples(st.integers(0, 100), st.integers(0, 100)))
def test_inside_and_distance_are_those_of_opencv(polygon: list[Point], point: tuple[int, int]) -> None:
    place = float(point[0]), float(point[1])
    signed = cv2.pointPolygonTest(np.array(polygon, np.float32), place, measureDist=True)
    assert distance_to_border(polygon, place) == pytest.approx(abs(signed), abs=1e-3)
    if abs(signed) > 1e-3:
        assert contains(polygon, place) == (signed > 0)


@RANDOMLY
@given(polygon=stars)
def test_a_star_does_not_cross_itself_and_has_the_area_of_opencv(polygon: list[Point]) -> None:
    assert not crosses_itself(polygon)
    assert area(polygon) == pytest.approx(cv2.contourArea(np.array(polygon, np.float32)), rel=1e-4)


def test_what_crosses_or_touches_itself_is_found() -> None:
    a, b, c, d = SQUARE
    assert crosses_itself((a, c, b, d))
    assert crosses_itself((a, b, c, (5.0, 0.0), d))
    # A side that goes back on the one before it.
    assert crosses_itself((a, b, (5.0, 0.0), d))
    assert not crosses_itself(SQUARE)


@RANDOMLY
@given(a=points, b=points, c=points, d=points)
def test_meeting_does_not_depend_on_order(a: Point, b: Point, c: Point, d: Point) -> None:
    meet = segments_meet((a, b), (c, d))
    assert meet == segments_meet((c, d), (a, b)) == segments_meet((b, a), (c, d))
    if {a, b} & {c, d}:
        assert meet
