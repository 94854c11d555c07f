"""The empty scene of a camera: a picture without the people who were in it."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from domain.errors import SourceError
from domain.frame import BgrImage, BoolMask, Frame, SourceItem
from pipeline.parsers.base import HumanParser
from pipeline.sources.base import FrameSource

_FRAMES = 12
# Part of the picture's height around everybody that is taken for theirs.
_MARGIN = 0.03
_FLAT = 120


def empty_picture(source: FrameSource, parser: HumanParser, frames: int = _FRAMES) -> BgrImage:
    """The median of a source's first sampled pictures, of each without anybody whom the parser sees.

    Where somebody was in all of them the picture is flat grey, so that nobody is shown.

    Args:
        source: Open; it is closed afterwards.
        parser: Says where people are.
        frames: How many pictures.

    Raises:
        SourceError: No picture came.
    """
    try:
        pictures = list(_first(source.items(), frames))
    finally:
        source.close()
    if not pictures:
        raise SourceError(f"{source.location}: there is no picture in it; name another source")
    size = pictures[0].shape
    pictures = [picture for picture in pictures if picture.shape == size]
    return without_people(pictures, [_people(parser, picture) for picture in pictures])


def without_people(pictures: Sequence[BgrImage], people: Sequence[BoolMask]) -> BgrImage:
    """The median of pictures where nobody is; flat grey where somebody is in all of them.

    Args:
        pictures: Shape (H, W, 3) uint8 each.
        people: Shape (H, W) each: where somebody is.
    """
    seen = np.stack(pictures).astype(np.float32)
    seen[np.stack(people)] = np.nan
    free = ~np.all(people, axis=0)
    done = np.full(pictures[0].shape, _FLAT, np.uint8)
    done[free] = np.rint(np.nanmedian(seen[:, free], axis=0)).astype(np.uint8)
    return done


def _first(items: Iterable[SourceItem], count: int) -> Iterable[BgrImage]:
    taken = 0
    for item in items:
        if isinstance(item, Frame):
            yield item.image
            taken += 1
        if taken >= count:
            return


def _people(parser: HumanParser, picture: BgrImage) -> BoolMask:
    parsed = parser.parse(picture)
    reach = 2 * max(1, round(_MARGIN * picture.shape[0])) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return np.asarray(cv2.dilate((parsed.person_ids > 0).astype(np.uint8), kernel) > 0)
