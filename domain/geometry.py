"""Points, segments and polygons in a picture: plain numbers, x to the right and y downwards."""

import math
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
"""x and y; pixels, fractions of the picture or metres, as the caller says."""

Polygon: TypeAlias = tuple[Point, ...]
"""Corners in order; the last is joined to the first."""


def turn(begin: Point, end: Point, point: Point) -> float:
    """Twice the area of the triangle. Above 0: the point is to the right hand of who looks from `begin` to `end` on the screen."""
    return (end[0] - begin[0]) * (point[1] - begin[1]) - (end[1] - begin[1]) * (point[0] - begin[0])


def distance_to_line(begin: Point, end: Point, point: Point) -> float:
    """Signed distance to the endless line: above 0 to the right hand, below 0 to the left.

    Raises:
        ZeroDivisionError: The two ends are one point.
    """
    return turn(begin, end, point) / math.dist(begin, end)


def along(begin: Point, end: Point, point: Point) -> float:
    """Where the foot of the perpendicular lies: 0 at `begin`, 1 at `end`, beyond that outside.

    Raises:
        ZeroDivisionError: The two ends are one point.
    """
    x, y = end[0] - begin[0], end[1] - begin[1]
    return ((point[0] - begin[0]) * x + (point[1] - begin[1]) * y) / (x * x + y * y)


def area(polygon: Sequence[Point]) -> float:
    """Of a polygon that does not cross itself; 0 or more (the shoelace formula)."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*polygon, polygon[0]]))) / 2


def crosses_itself(polygon: Sequence[Point]) -> bool:
    """Whether two sides meet that are no neighbours, or neighbours lie on each other."""
    sides = list(pairwise([*polygon, polygon[0]]))
    count = len(sides)
    for (i, one), (j, other) in combinations(enumerate(sides), 2):
        if j - i == 1 or (i == 0 and j == count - 1):
            shared, first, second = (one[1], one[0], other[1]) if j - i == 1 else (one[0], one[1], other[0])
            folded = turn(first, shared, second) == 0 and _dot(shared, first, second) > 0
            if folded and count > 2:
                return True
        elif segments_meet(one, other):
            return True
    return False


def segments_meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two segments have a point in common."""
    (a, b), (c, d) = one, other
    turns = turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((turns[0], a, b, c), (turns[1], a, b, d), (turns[2], c, d, a), (turns[3], c, d, b))
    return any(value == 0 and _between(begin, end, point) for value, begin, end, point in ends)


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Whether the point is inside, by the number of sides to its right (the even-odd rule)."""
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in pairwise([*polygon, polygon[0]]):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside


def distance_to_segment(begin: Point, end: Point, point: Point) -> float:
    """To its nearest point; 0 or more."""
    if begin == end:
        return math.dist(begin, point)
    place = min(1.0, max(0.0, along(begin, end, point)))
    nearest = begin[0] + place * (end[0] - begin[0]), begin[1] + place * (end[1] - begin[1])
    return math.dist(nearest, point)


def distance_to_border(polygon: Sequence[Point], point: Point) -> float:
    """To the nearest side; 0 or more."""
    return min(distance_to_segment(a, b, point) for a, b in pairwise([*polygon, polygon[0]]))


def _dot(origin: Point, one: Point, other: Point) -> float:
    return (one[0] - origin[0]) * (other[0] - origin[0]) + (one[1] - origin[1]) * (other[1] - origin[1])


def _between(begin: Point, end: Point, point: Point) -> bool:
    return min(begin[0], end[0]) <= point[0] <= max(begin[0], end[0]) and min(begin[1], end[1]) <= point[
        1
    ] <= max(begin[1], end[1])
