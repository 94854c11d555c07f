"""Scenes as a run with a finder and best views sees them: boxes of everybody, and pixels of a few."""

import numpy as np

from benchmarks.eyes import usual_views
from benchmarks.places.seeing import Noisy
from domain.frame import BgrImage, Frame
from domain.parsing import ParsedFrame, ParserInfo, TrackIds
from pipeline.finders.base import FinderInfo, Found
from pipeline.finding import FindThenParse, ViewParser

# Standard deviation of each side of a box, as a share of the height: 1.48 times the median error of the finder's boxes of people of
# 60 pixels and more whom no border cuts, in the first 16 scenes for tuning.
_WRONG_SIDES = 0.032, 0.021, 0.031, 0.026
# As the composed parser does.
_OVERLOOKED = 0.03


class BestOf:
    """As a run with `parser.views: best`: a finder sees every picture, and each visit's best views alone are parsed.

    Args:
        parser: Finds, and parses views.
    """

    def __init__(self, parser: ViewParser) -> None:
        self._parser, self._views = parser, usual_views(parser)

    def __call__(self, frame: Frame, true: ParsedFrame) -> tuple[ParsedFrame, TrackIds]:
        """See `Follows`."""
        del true
        return self._views.follow(frame, self._parser.find(frame.image))


class ComposedBest:
    """The same with a finder and a parser that make errors of their own: `Noisy`, and sides of boxes that are wrong.

    Args:
        seed: Of the errors.
    """

    def __init__(self, seed: int) -> None:
        self._parser, self._finder = _Parser(seed), _Finder(seed)
        # Whoever is found is looked for in the whole parse, however small.
        self._best = BestOf(FindThenParse(self._finder, self._parser, cropped_below=0.0))

    def __call__(self, frame: Frame, true: ParsedFrame) -> tuple[ParsedFrame, TrackIds]:
        """See `Follows`."""
        self._parser.now, self._finder.now = (frame, true), true
        return self._best(frame, true)


class _Parser:
    """Parses what is true of the picture of now, as `Noisy` does."""

    def __init__(self, seed: int) -> None:
        self._noisy = Noisy(seed)
        self.now: tuple[Frame, ParsedFrame] | None = None

    @property
    def info(self) -> ParserInfo:
        """See `HumanParser`."""
        return ParserInfo("composed", "1", "fp32")

    def parse(self, image: BgrImage) -> ParsedFrame:
        """See `HumanParser`."""
        return self._noisy(*self.now) if self.now else ParsedFrame.empty(*image.shape[:2])


class _Finder:
    """Gives boxes around the true people, with sides that are wrong, and overlooks some."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([23, seed])
        self.now: ParsedFrame | None = None

    @property
    def info(self) -> FinderInfo:
        """See `PersonFinder`."""
        return FinderInfo("composed", "1")

    def find(self, image: BgrImage) -> Found:
        """See `PersonFinder`."""
        true = self.now or ParsedFrame.empty(*image.shape[:2])
        heights = (true.boxes[:, 3] - true.boxes[:, 1])[:, None]
        wrong = self._rng.normal(0.0, _WRONG_SIDES, (len(true), 4)) * heights
        height, width = image.shape[:2]
        border = np.array([width, height, width, height], np.float32)
        # A side at the border of the picture is seen to be there.
        inside = (true.boxes > 0) & (true.boxes < border)
        boxes = np.clip(true.boxes + wrong * inside, 0, border).astype(np.float32)
        seen = (self._rng.random(len(true)) >= _OVERLOOKED) & (boxes[:, 2:] > boxes[:, :2] + 1).all(axis=1)
        return Found(boxes[seen], true.scores[seen].copy())
