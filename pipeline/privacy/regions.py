"""Which piece of a picture covers a person: a shape, and a margin around it that grows with the person."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask, LabelMap
from domain.labels import BodyPart
from domain.parsing import PersonView
from domain.rendering import Cover

Points: TypeAlias = npt.NDArray[np.float32]
"""Shape (K, 2), x and y in pixels of the picture: the corners of a shape, in their order."""

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

HEAD = (BodyPart.FACE, BodyPart.HAIR, BodyPart.HAT, BodyPart.SUNGLASSES)
_FACE = (BodyPart.FACE, BodyPart.SUNGLASSES)
_ABOVE_FACE = (BodyPart.HAIR, BodyPart.HAT)

# Somebody upright and seen whole is that wide, as a share of the height; who is wider is cut off, bent or lying.
_SLIM = 0.38
# Shares of a person's height. A head with hair is about .15 high and .11 wide (a body is seven to eight heads).
_LEAST_RADIUS = 0.055
_MARGIN, _MARGIN_OF_HALF = 0.03, 0.085
_HEAD_ABOVE, _UPPER_PART, _BESIDE = 0.2, 0.32, 0.06
_MARGIN_OF_BODY = 0.03
# Shares of the head itself.
_ROUND_HEAD, _ROUND_HALF = 0.2, 0.4
# A head begins within that share of the height below the top of whom it belongs to, and is at least that large: one of which hair
# and face are seen, and one of which one of them is. What is larger than that is two heads. Below a size it may be a piece.
_NEAR_TOP, _LEAST_HEAD, _LEAST_HALF, _LARGEST_HEAD, _WHOLE_HEAD = 0.1, 0.065, 0.1, 0.24, 0.09
_LOST_ABOVE = 0.12
# Below these, the parser is not sure: of the person, and that the pixels of a head are one, on average.
_SURE_PERSON, _SURE_HEAD = 0.4, 0.6
# Corners are left out that change a shape by less than that many pixels, which the margin makes good.
_COARSE = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A shape and everything within a distance of it.

    Attributes:
        points: Its corners, one at least.
        radius: The distance, pixels.
    """

    points: Points
    radius: float

    def moved(self, across: float, down: float, wider: float = 0.0) -> "Region":
        """The same elsewhere, and with that much more around it."""
        shift = np.array([across, down], np.float32)
        return Region(self.points + shift, self.radius + wider)

    def swept(self, across: float, down: float, wider: float = 0.0) -> "Region":
        """Everything from where it is to where it may be."""
        both = np.vstack((self.points, self.moved(across, down).points))
        return Region(_hull(both), self.radius + wider)


@dataclass(frozen=True, slots=True)
class Covering:
    """What covers one person.

    Attributes:
        regions: Together.
        sure: Whether they rest on what the parser saw of this person, and on nothing else.
    """

    regions: tuple[Region, ...]
    sure: bool


def tallness(box: Box) -> float:
    """How high somebody in that box is at most likely, pixels: seen whole and upright as the box, cut off or bent more."""
    left, top, right, bottom = box
    return max(bottom - top, (right - left) / _SLIM, 1.0)


def covering(cover: Cover, person: PersonView) -> Covering:
    """What covers a person of a parsed frame.

    The shape of what the parser saw, where that can be relied on. Where it cannot (a box alone, no head, a head that is too small,
    too far from the top, or little believed in), the upper part of the box and what may be above it besides.

    Args:
        cover: What is to be covered; not `none`.
        person: The person.
    """
    box = float(person.left), float(person.top), float(person.right), float(person.bottom)
    found = _seen(cover, person, box)
    if found.sure:
        return found
    return Covering((*found.regions, *unseen(cover, box)), sure=False)


def unseen(cover: Cover, box: Box) -> tuple[Region, ...]:
    """What is covered of somebody of whom a box is all that is known."""
    return (upper_part(box), whole(box)) if cover == "people" else (upper_part(box),)


def upper_part(box: Box) -> Region:
    """Where the head of somebody is of whom a box is all that is known; the box may have missed the head."""
    left, top, right, bottom = box
    tall = tallness(box)
    above = min(_HEAD_ABOVE * tall, 0.5 * max(bottom - top, right - left))
    below = min(bottom, top + _UPPER_PART * tall)
    # Round corners: the shape is smaller by what is around it.
    radius = min(0.1 * tall, 0.45 * (right - left), 0.45 * (below - top + above))
    beside = _BESIDE * tall
    return Region(
        _rectangle(left - beside + radius, top - above + radius, right + beside - radius, below - radius),
        radius,
    )


def whole(box: Box) -> Region:
    """All of somebody in that box."""
    return Region(_rectangle(*box), _MARGIN_OF_BODY * tallness(box) + 2)


def loose(cover: Cover, labels: LabelMap) -> BoolMask:
    """Shape (H, W) bool: pixels of heads (of anybody), whether they belong to a person or to nobody."""
    wanted = range(1, len(BodyPart)) if cover == "people" else HEAD
    table = np.zeros(256, np.uint8)
    table[list(wanted)] = 1
    return cv2.LUT(labels, table).view(np.bool_)


def _seen(cover: Cover, person: PersonView, box: Box) -> Covering:
    if not person.parsed or not person.mask.any():
        return Covering((), sure=False)
    head = _head(cover, person, box)
    if cover != "people":
        return head
    margin = _MARGIN_OF_BODY * tallness(box) + 2
    return Covering((*_shapes(person.mask, person, margin), *head.regions), head.sure)


def _head(cover: Cover, person: PersonView, box: Box) -> Covering:
    parts = np.where(person.mask, person.labels, 0)
    face, above = np.isin(parts, _FACE), np.isin(parts, _ABOVE_FACE)
    mask = face | above
    if not mask.any():
        return Covering((), sure=False)
    tall = tallness(box)
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    size = float(max(columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1))
    both = bool(face.any() and above.any())
    sure = (
        person.score >= _SURE_PERSON
        and rows[0] <= _NEAR_TOP * tall
        and (_LEAST_HEAD if both else _LEAST_HALF) * tall <= size <= _LARGEST_HEAD * tall
        and _belief(person, mask) >= _SURE_HEAD
    )
    # A face is covered as such only where it was seen beside the hair: whoever sees no hair may have seen half a face.
    is_whole = both and size >= _WHOLE_HEAD * tall
    least, share = (_MARGIN, _ROUND_HEAD) if is_whole else (_MARGIN_OF_HALF, _ROUND_HALF)
    shown = face if cover == "faces" and both else mask
    region = _around(shown, person, max(least * tall, share * size) + 2, tall)
    # What is left of a head may be its lower end, and the box begin below the rest of it.
    return Covering((region if is_whole else region.swept(0.0, -_LOST_ABOVE * tall),), sure=bool(sure))


def _around(mask: BoolMask, person: PersonView, margin: float, tall: float) -> Region:
    """The hull of those pixels, not smaller than a head of somebody that tall is."""
    ys, xs = np.nonzero(mask)
    points = _hull(np.column_stack((xs + person.left + 0.5, ys + person.top + 0.5)).astype(np.float32))
    low, high = points.min(axis=0), points.max(axis=0)
    (x, y), least = ((low + high) / 2).tolist(), _LEAST_RADIUS * tall
    if float((high - low).max()) < 2 * least:
        points = _hull(np.vstack((points, _rectangle(x - least, y - least, x + least, y + least))))
    return Region(points, margin)


def _shapes(mask: BoolMask, person: PersonView, margin: float) -> list[Region]:
    """The outlines of all pieces."""
    contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    start = np.array([person.left + 0.5, person.top + 0.5], np.float32)
    return [
        Region(
            cv2.approxPolyDP(contour, _COARSE, True).reshape(-1, 2).astype(np.float32) + start,
            margin + _COARSE,
        )
        for contour in contours
    ]


def _belief(person: PersonView, mask: BoolMask) -> float:
    """How likely the pixels of the head are to be a head's, on average; 1 where the parser does not tell."""
    if person.beliefs is None:
        return 1.0
    share = float(np.count_nonzero(mask)) / max(1, int(np.count_nonzero(person.mask)))
    return float(person.beliefs[list(HEAD)].sum() / share)


def _hull(points: Points) -> Points:
    hull: Points = cv2.convexHull(points).reshape(-1, 2).astype(np.float32)
    return hull


def _rectangle(left: float, top: float, right: float, bottom: float) -> Points:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
