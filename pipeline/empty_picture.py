"""The empty scene of a camera: a picture without the people who were in it."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from config.cameras import CameraSettings
from config.settings import Settings
from domain.errors import SourceError
from domain.frame import BgrImage, BoolMask, Frame, SourceItem
from pipeline.building import open_source
from pipeline.finding import build_parser
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
        taken = list(_first(source.items(), frames))
    finally:
        source.close()
    if not taken:
        raise SourceError(f"{source.location}: there is no picture in it; name another source")
    taken = [frame for frame in taken if frame.image.shape == taken[0].image.shape]
    return without_people([frame.image for frame in taken], [_people(parser, frame) for frame in taken])


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


def _first(items: Iterable[SourceItem], count: int) -> Iterable[Frame]:
    taken = 0
    for item in items:
        if isinstance(item, Frame):
            yield item
            taken += 1
        if taken >= count:
            return


def _people(parser: HumanParser, frame: Frame) -> BoolMask:
    parsed = parser.parse(frame.image)
    reach = 2 * max(1, round(_MARGIN * frame.height)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    # Parts of a person that are nobody's, too, and wherever somebody may be.
    there = (parsed.person_ids > 0) | (parsed.labels > 0)
    for left, top, right, bottom in [] if parsed.doubtful is None else parsed.doubtful.astype(int).tolist():
        there[max(0, top) : bottom + 1, max(0, left) : right + 1] = True
    return np.asarray(cv2.dilate(there.astype(np.uint8), kernel) > 0)


def empty_scene(settings: Settings, camera: CameraSettings) -> BgrImage:
    """The same of a camera or recording of the settings, by their parser.

    Raises:
        UsageError: Something that the user can mend.
    """
    source = open_source(camera)
    try:
        parser = build_parser(settings.parser, settings.finder, None, streams=1)
    except BaseException:
        source.close()
        raise
    return empty_picture(source, parser)
