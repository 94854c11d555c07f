"""Find, then parse: every person is found in the whole picture, and small ones are parsed from a piece at full resolution."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from config.component import Component, settings_of
from domain.frame import BgrImage, Boxes
from domain.parsing import ParsedFrame, ParserInfo, Scores
from pipeline.checksums import json_sha256
from pipeline.cutouts import Cutout, composed
from pipeline.finders.base import FinderContext, FinderSettings, Found, PersonFinder
from pipeline.parsers.base import (
    CropParser,
    HumanParser,
    InferenceOptions,
    NetworkParserSettings,
    ParserContext,
    ParserSettings,
)
from pipeline.parsers.cropping import Box, Crop
from pipeline.pieces import may_be_one, put_together

CROPPED_BELOW = 0.4
"""Of the picture's height: lower persons are parsed from a crop."""

_NEARLY = 0.8
_SAME = 0.3  # least intersection over union of a found box and that of the person seen there
_CROWD = 3  # found from crops: from so many on the whole picture is parsed for those whom the finder misses


@runtime_checkable
class ViewParser(HumanParser, Protocol):
    """A parser that can find persons without parsing them, and parse some of those who were found."""

    def find(self, image: BgrImage) -> Found:
        """See `PersonFinder.find`. Any thread."""
        ...

    def parse_found(self, image: BgrImage, found: Found) -> ParsedFrame:
        """What `parse` makes of a picture in which `find` gave those persons. Any thread."""
        ...

    def parse_at(self, image: BgrImage, found: Found) -> list[Cutout | None]:
        """Parse those persons, or some of those, whom `find` gave; None for one in whose box nobody is seen. Any thread."""
        ...


def build_parser(
    parser: Component, finder: Component, finer: Component | None = None, *, streams: int
) -> HumanParser:
    """The parser that so many streams share; with a finder in front of it where one is chosen, or suits it.

    Args:
        parser: Its settings.
        finder: Those of the finder.
        finer: Those of another parser for best views.
        streams: How many.

    Raises:
        UsageError: Something that the user can mend.
    """
    chosen = settings_of(ParserSettings, parser)
    inference = chosen if isinstance(chosen, NetworkParserSettings) else InferenceOptions()
    context = FinderContext(streams, inference, chosen.suited_finder)
    first = settings_of(FinderSettings, finder).build(context)
    then = chosen.build(ParserContext(streams=streams))
    views = settings_of(ParserSettings, finer).build(ParserContext(streams=streams)) if finer else None
    return FindThenParse(first, then, finer=views) if first else then


class FindThenParse:
    """A parser that asks a finder first.

    Who is lower than `cropped_below` of the picture is parsed from a crop. If anybody is higher, or three are found, the whole
    picture is parsed, too: for those who are higher, and for those whom the finder has missed. In an empty picture nothing is
    parsed. A person whose crop shows nobody is nobody, unless seen in the whole picture.

    Args:
        finder: Finds the persons.
        parser: Parses the picture, and crops: all at once if it is a `CropParser`.
        cropped_below: Part of the picture's height.
        finer: Parses, always from crops, the views in which the parser sees somebody; what it sees counts, then.
    """

    def __init__(
        self,
        finder: PersonFinder,
        parser: HumanParser,
        *,
        cropped_below: float = CROPPED_BELOW,
        finer: HumanParser | None = None,
    ) -> None:
        self._finder = finder
        self._parser = parser
        self._cropped_below = cropped_below
        self._finer = finer

    @property
    def info(self) -> ParserInfo:
        """Of the parser; the version names the finder, too, and who parses views."""
        info, finder = self._parser.info, self._finder.info
        version = f"{info.version}, finder {finder.name} {finder.version}"
        told = {"parser": info.checksum, "finder": finder.checksum}
        if isinstance(self._parser, CropParser):
            told |= {"crops": self._parser.crops_checksum}
        if self._finer is not None:
            finer = self._finer.info
            version += f", views {finer.name} {finer.version} {finer.precision}"
            told |= {"views": finer.checksum}
        return ParserInfo(info.name, version, info.precision, json_sha256(told))

    def find(self, image: BgrImage) -> Found:
        """See `PersonFinder.find`. Any thread."""
        return self._finder.find(image)

    def parse_at(self, image: BgrImage, found: Found) -> list[Cutout | None]:
        """See `ViewParser`. Any thread."""
        boxes = found.boxes
        small = self._small(image, boxes)
        views: list[Cutout | None] = [None] * len(boxes)
        for number, view in zip(np.flatnonzero(small), self._crops(image, found.only(small)), strict=True):
            views[number] = view
        if not small.all():
            whole, _ = self._by_height(self._parser.parse(image))
            for number in np.flatnonzero(~small):
                views[number] = _fitting(whole, boxes[number])
        return views if self._finer is None else self._finely(self._finer, image, found, views)

    def _finely(
        self, finer: HumanParser, image: BgrImage, found: Found, views: Sequence[Cutout | None]
    ) -> list[Cutout | None]:
        """The same views by the finer parser. Where it sees nobody, what the other has seen stands."""
        there = [number for number, view in enumerate(views) if view is not None]
        fine = dict(zip(there, self._crops(image, found.only(there), finer), strict=True))
        return [fine.get(number) or view for number, view in enumerate(views)]

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        return self.parse_found(image, self._finder.find(image))

    def parse_found(self, image: BgrImage, found: Found) -> ParsedFrame:
        """See `ViewParser`. Any thread."""
        small = self._small(image, found.boxes)
        persons, told = self._from_crops(image, found.only(small)), [found.boxes]
        others: list[Cutout] = []
        if not small.all() or len(small) >= _CROWD or may_be_one(found.boxes, image.shape[1]):
            whole = self._parser.parse(image)
            high, others = self._by_height(whole)
            persons = [*put_together(persons, [*high, *others], image.shape[1]), *high]
            told += [whole.boxes] if whole.doubtful is None else [whole.boxes, whole.doubtful]
        frame = composed(persons, image.shape[:2], others)
        return replace(frame, doubtful=unlike(np.concatenate(told), frame.boxes))

    def _small(self, image: BgrImage, boxes: Boxes) -> npt.NDArray[np.bool_]:
        heights = boxes[:, 3] - boxes[:, 1]
        return np.asarray(heights < self._cropped_below * image.shape[0])

    def _from_crops(self, image: BgrImage, found: Found) -> list[Cutout]:
        return [cutout for cutout in self._crops(image, found) if cutout is not None]

    def _crops(self, image: BgrImage, found: Found, parser: HumanParser | None = None) -> list[Cutout | None]:
        crops = [Crop.around(box) for box in found.boxes]
        parsed = _parsed(parser or self._parser, [crop.cut(image) for crop in crops], found.odds)
        return [
            _middle_one(crop, frame, box, image.shape[:2])
            for crop, frame, box in zip(crops, parsed, found.boxes, strict=True)
        ]

    def _by_height(self, whole: ParsedFrame) -> tuple[list[Cutout], list[Cutout]]:
        """Those who are about as high as those who are looked for there, since what is seen of somebody varies; and the others."""
        least = _NEARLY * self._cropped_below * whole.labels.shape[0]
        high: list[Cutout] = []
        others: list[Cutout] = []
        for person in whole.persons():
            cutout = Cutout(*person.window, person.labels, person.mask, person.score, person.beliefs)
            (high if person.bottom - person.top >= least else others).append(cutout)
        return high, others


def _parsed(parser: HumanParser, pieces: Sequence[BgrImage], odds: Scores | None) -> list[ParsedFrame]:
    if isinstance(parser, CropParser):
        return parser.parse_crops(pieces, odds)
    return [parser.parse(piece) for piece in pieces]


def _middle_one(crop: Crop, frame: ParsedFrame, box: Box, size: tuple[int, ...]) -> Cutout | None:
    """Who in the crop fits the box best; None if nobody does."""
    if not len(frame):
        return None
    fits = overlaps(crop.into(box), frame.boxes)
    best = int(fits.argmax())
    if fits[best] < _SAME:
        return None
    rows, columns = crop.inside(size)
    own = crop.own(rows, columns)
    mask = frame.person_ids[own] == best + 1
    beliefs = None if frame.beliefs is None else frame.beliefs[best]
    return Cutout(rows, columns, frame.labels[own], mask, float(frame.scores[best]), beliefs)


def _fitting(persons: Sequence[Cutout], box: Box) -> Cutout | None:
    """Who of them fits the box best; None if nobody does."""
    if not persons:
        return None
    fits = overlaps(box, np.stack([person.box for person in persons]))
    best = int(fits.argmax())
    return persons[best] if fits[best] >= _SAME else None


def overlaps(box: Box, boxes: Boxes) -> npt.NDArray[np.float32]:
    """Intersection over union of a box with each of others, shape (N,); of boxes of shape (M, 1, 4) with each, shape (M, N)."""
    low, high = np.maximum(box[..., :2], boxes[:, :2]), np.minimum(box[..., 2:], boxes[:, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=-1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(box[..., 2:] - box[..., :2], axis=-1)
    return np.asarray(both / np.maximum(areas - both, 1e-6), np.float32)


def unlike(boxes: Boxes, persons: Boxes) -> Boxes:
    """Those boxes, of shape (M, 4), that fit none of the persons, of shape (N, 4)."""
    return boxes[~(overlaps(boxes[:, None], persons) >= _SAME).any(axis=1)]
