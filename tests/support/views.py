"""Pictures of bright rectangles: the finder finds all of them, and the parser sees somebody in white ones alone."""

from collections.abc import Sequence
from datetime import timedelta

import cv2
import numpy as np

from domain.frame import BgrImage, Boxes, Frame
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, ParserInfo, TrackIds
from pipeline.cutouts import Cutout
from pipeline.finders.base import FinderInfo, Found
from pipeline.finding import FindThenParse
from pipeline.parsers.numbering import numbered
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.views.best import BestViews, ViewLimits
from tests.support.streams import START

HEIGHT, WIDTH = 400, 600
SOMEBODY, NOBODY = 255, 220

Rectangle = tuple[int, int, int, int]
"""Left, top, right, bottom."""


class BrightFinder:
    """Finds every bright rectangle."""

    info = FinderInfo("bright", "1", "f")

    def find(self, image: BgrImage) -> Found:
        bright = (image[..., 0] >= NOBODY).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        boxes = stats[1:count, :4].astype(np.float32)
        boxes[:, 2:] += boxes[:, :2]
        return Found(boxes, np.full(len(boxes), 0.9, np.float32))


class WhiteParser:
    """Sees somebody in upper clothes in each white rectangle."""

    info = ParserInfo("white", "1", "fp32", "w")

    def parse(self, image: BgrImage) -> ParsedFrame:
        white = (image[..., 0] == SOMEBODY).astype(np.uint8)
        count, ids = cv2.connectedComponents(white)
        labels = np.where(white > 0, np.uint8(BodyPart.UPPER_CLOTHES), np.uint8(0))
        return numbered(labels, ids.astype(np.uint8), np.full(count - 1, 0.8, np.float32))


class CountingViews(FindThenParse):
    """Both together; remembers where it was asked to parse, frame by frame."""

    def __init__(self) -> None:
        super().__init__(BrightFinder(), WhiteParser())
        self.asked: list[Boxes] = []

    def parse_at(self, image: BgrImage, found: Found) -> list[Cutout | None]:
        self.asked.append(found.boxes)
        return super().parse_at(image, found)

    @property
    def parses(self) -> int:
        """How many persons were to be parsed so far."""
        return sum(map(len, self.asked))


def picture(*rectangles: Rectangle, level: int = SOMEBODY) -> BgrImage:
    """Such rectangles on grey."""
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for left, top, right, bottom in rectangles:
        image[max(0, top) : bottom, max(0, left) : right] = level
    return image


def shown(image: BgrImage, time_s: float) -> Frame:
    """The picture as a frame of a recording."""
    moment = START + timedelta(seconds=time_s)
    number = round(time_s * 10)
    return Frame("door", number, number, image, time_s, moment, "file")


class Watched:
    """Best views of a stream, and what came of each frame."""

    def __init__(self, limits: ViewLimits | None = None, lost_after_s: float = 2.0) -> None:
        self.parser = CountingViews()
        self.tracker = ByteTracker()
        self.views = BestViews(self.tracker, self.parser, limits or ViewLimits(lost_after_s=lost_after_s))

    def see(self, image: BgrImage, time_s: float) -> tuple[ParsedFrame, TrackIds]:
        frame = shown(image, time_s)
        return self.views.follow(frame, self.parser.find(frame.image))

    def film(self, images: Sequence[BgrImage], step_s: float = 0.2) -> list[tuple[ParsedFrame, TrackIds]]:
        return [self.see(image, number * step_s) for number, image in enumerate(images)]
