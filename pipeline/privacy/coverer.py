"""The one place where a picture is covered: between what is counted in it and everybody who shows or keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, get_args

import cv2
import numpy as np

from domain.frame import BgrImage, BoolMask, Boxes, Frame
from domain.parsing import UNTRACKED, ParsedFrame, TrackIds
from domain.rendering import Cover, CoveredFrame
from pipeline.finders.base import Found
from pipeline.privacy.held import CovererState, Seen
from pipeline.privacy.memory import Memory
from pipeline.privacy.regions import Box, Covering, Region, covering, loose, unseen

Bgr: TypeAlias = tuple[int, int, int]

COLOR: Bgr = (139, 125, 116)
"""Of the cover: a calm slate, that of no part and no track."""


@dataclass(frozen=True, slots=True)
class CoverOptions:
    """What is covered, and how long.

    Attributes:
        cover: What.
        hold_s: How long somebody stays covered whom the parser sees no more, seconds of media time.

    Raises:
        ValueError: There is no such cover.
    """

    cover: Cover = "heads"
    hold_s: float = 1.0

    def __post_init__(self) -> None:
        if self.cover not in get_args(Cover):
            raise ValueError(f"cover must be one of {', '.join(get_args(Cover))}, got {self.cover!r}")


@dataclass(frozen=True, slots=True, eq=False)
class Upcoming:
    """What was seen in a later picture.

    Attributes:
        media_time_s: When it was taken, media time.
        look: Everybody's pixels or, where best views alone are parsed, boxes.
    """

    media_time_s: float
    look: ParsedFrame | Found


class Coverer:
    """Covers the pictures of one stream. One thread, frames in order.

    Args:
        options: What.
    """

    def __init__(self, options: CoverOptions | None = None) -> None:
        self._options = options or CoverOptions()
        self._memory = Memory((), self._options.hold_s)
        self._later: list[tuple[Upcoming, list[Seen]]] = []

    def cover(
        self,
        frame: Frame,
        parsed: ParsedFrame,
        track_ids: TrackIds | None = None,
        later: Sequence[Upcoming] = (),
    ) -> CoveredFrame:
        """The frame with what is to be covered replaced by a flat colour.

        Covered are the shapes that the parser saw and a margin; the upper part of a person, and more, where it is not sure; for
        a while where somebody was; and where somebody must have been who is seen in a later picture.

        Args:
            frame: The picture; it is not changed.
            parsed: Its label maps.
            track_ids: Shape (N,): of its persons; None where nobody follows them.
            later: What was seen in pictures after it, the nearest first.

        Raises:
            ValueError: The three do not belong together. Nothing is remembered of the frame then.
        """
        cover = self._options.cover
        if cover == "none":
            return _as_it_is(frame)
        if parsed.labels.shape != (frame.height, frame.width):
            raise ValueError(f"label maps must have the frame's size, got {parsed.labels.shape}")
        seen = _everybody(cover, parsed, track_ids)
        memory, regions = self._memory.after(seen, frame.media_time_s, frame.width)
        regions += self._from_later(cover, seen, frame, later)
        # They are covered now, and not held: whoever was seen there is held in any case.
        regions += _of_doubtful(cover, parsed)
        covered = _covered(frame, cover, regions, loose(cover, parsed.labels))
        self._memory = memory
        return covered

    def _from_later(
        self, cover: Cover, seen: list[Seen], frame: Frame, later: Sequence[Upcoming]
    ) -> list[Region]:
        """Whom later pictures show, held back to this one: time runs the other way."""
        known = {id(upcoming.look): people for upcoming, people in self._later}
        self._later = [(one, known.get(id(one.look)) or _anybody(cover, one.look)) for one in later]
        memory = Memory((), self._options.hold_s)
        for upcoming, people in reversed(self._later):
            memory, _ = memory.after(people, -upcoming.media_time_s, frame.width)
        return memory.after(seen, -frame.media_time_s, frame.width)[1] if later else []

    def snapshot(self) -> CovererState:
        """All that it remembers."""
        return self._memory.state()

    def restore(self, state: CovererState) -> None:
        """Go on from there."""
        self._memory = Memory.of(state, self._options.hold_s)


def covered_alone(frame: Frame, parsed: ParsedFrame, cover: Cover) -> CoveredFrame:
    """A picture that stands alone: there was none before it, and nobody is held."""
    return Coverer(CoverOptions(cover)).cover(frame, parsed)


def _everybody(cover: Cover, parsed: ParsedFrame, track_ids: TrackIds | None) -> list[Seen]:
    persons = parsed.persons()
    tracks = [UNTRACKED] * len(persons) if track_ids is None else track_ids.tolist()
    return [
        Seen(track, (person.left, person.top, person.right, person.bottom), covering(cover, person))
        for track, person in zip(tracks, persons, strict=True)
    ]


def _anybody(cover: Cover, look: ParsedFrame | Found) -> list[Seen]:
    """Everybody in a later picture, whom nobody follows yet."""
    if isinstance(look, ParsedFrame):
        return _everybody(cover, look, None)
    return [
        Seen(UNTRACKED, box, Covering(unseen(cover, box), sure=False)) for box in _plain_boxes(look.boxes)
    ]


def _of_doubtful(cover: Cover, parsed: ParsedFrame) -> list[Region]:
    boxes = [] if parsed.doubtful is None else _plain_boxes(parsed.doubtful)
    return [region for box in boxes for region in unseen(cover, box)]


def _plain_boxes(boxes: Boxes) -> list[Box]:
    return [(left, top, right, bottom) for left, top, right, bottom in boxes.tolist()]


def _covered(frame: Frame, cover: Cover, regions: list[Region], heads: BoolMask) -> CoveredFrame:
    strength = np.zeros(heads.shape, np.uint8)
    # What covers somebody who is seen is told by both directions of time.
    for region in {id(region): region for region in regions}.values():
        _paint(strength, region)
    _paint_loose(strength, heads)
    image = frame.image.copy()
    left, top, width, height = cv2.boundingRect(strength)
    if width:
        # Some rows and columns more on each side, for the soft edge, which lies outside of what is covered.
        window = slice(max(0, top - 2), top + height + 2), slice(max(0, left - 2), left + width + 2)
        piece = strength[window]
        np.maximum(piece, cv2.blur(piece, (3, 3)), out=piece)
        _mix(image[window], piece)
    return _made(frame, image, cover, strength > 0)


def _paint(strength: BgrImage, region: Region) -> None:
    corners = np.rint(region.points).astype(np.int32)
    cv2.fillPoly(strength, [corners], 255)
    # A thick line has round ends: with what it encloses it is everything within half of its thickness.
    cv2.polylines(strength, [corners], True, 255, 2 * int(np.ceil(region.radius)) + 1)


def _paint_loose(strength: BgrImage, heads: BoolMask) -> None:
    """What no region covers, with a margin as wide as it is itself."""
    left = (heads & (strength == 0)).view(np.uint8)
    if not left.any():
        return
    count, _, stats, _ = cv2.connectedComponentsWithStats(left, connectivity=8)
    for x, y, width, height, _ in stats[1:count].tolist():
        corners = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float32)
        _paint(strength, Region(corners, 3 + 0.5 * max(width, height)))


def _mix(image: BgrImage, strength: BgrImage) -> None:
    """Put the colour over the picture, that strongly, 0 to 255; what is fully covered leaves nothing of the picture."""
    image[strength == 255] = COLOR
    where = np.nonzero((strength > 0) & (strength < 255))
    share = strength[where].astype(np.uint16)[:, None]
    mixed = (image[where] * (255 - share) + np.array(COLOR, np.uint16) * share + 127) // 255
    image[where] = mixed.astype(np.uint8)


def _as_it_is(frame: Frame) -> CoveredFrame:
    return _made(frame, frame.image, "none", None)


def _made(frame: Frame, image: BgrImage, cover: Cover, hidden: BoolMask | None) -> CoveredFrame:
    told = {name: getattr(frame, name) for name in Frame.__dataclass_fields__}
    return CoveredFrame(**{**told, "image": image}, cover=cover, hidden=hidden)
