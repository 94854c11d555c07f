"""One picture at a time: persons, their pixels and what they wear."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from domain.errors import MissingExtra, SourceError
from domain.frame import BgrImage, BoolMask, Boxes, LabelMap
from domain.labels import GARMENTS
from domain.names import shown_name
from domain.parsing import ParsedFrame, ParserInfo, Scores
from pipeline.parsers.base import HumanParser

if TYPE_CHECKING:
    from supervision import Detections

Masks: TypeAlias = npt.NDArray[np.bool_]
"""Shape (N, H, W), bool."""

Picture: TypeAlias = BgrImage | str | os.PathLike[str]
"""Shape (H, W, 3) uint8 BGR, as OpenCV reads it, or the path of an image file."""


@dataclass(frozen=True, slots=True)
class Garment:
    """Something that a person wears or carries.

    Attributes:
        part: What it is, one of `domain.events.GarmentName`, for example `upper-clothes`.
        color: One of `domain.events.ColorName`; `unknown` where the pixels do not tell.
        share: Part of the person's visible pixels that it covers, 0 to 1.
        color_share: Part of its pixels that have this colour, 0 to 1; 0 where the colour is unknown.
        confidence: How far to trust the colour, 0 to 1.
    """

    part: str
    color: str
    share: float
    color_share: float
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A person of one picture.

    Attributes:
        id: 1 to N; the value of the person's pixels in `ParsedImage.person_ids`.
        score: How sure the parser is, 0 to 1.
        box: Left, top, right, bottom in pixels; right and bottom are one past the last pixel.
        mask: Shape (H, W) bool, true where the picture shows this person.
        clothes: What is worn, in the order of `domain.labels.GARMENTS`.
        sleeves: `none`, `short`, `long` or `unknown`; derived from the skin that is seen.
        trousers: `short`, `knee`, `long` or `unknown`; derived likewise.
    """

    id: int
    score: float
    box: tuple[int, int, int, int]
    mask: BoolMask = field(repr=False)
    clothes: tuple[Garment, ...]
    sleeves: str
    trousers: str


@dataclass(frozen=True, slots=True, eq=False)
class ParsedImage:
    """Every person of one picture, N of them. Arrays are read-only.

    Attributes:
        persons: In the order of their ids.
        parts: Shape (H, W) uint8, the `BodyPart` of each pixel.
        person_ids: Shape (H, W) uint8; 0 is nobody, 1 to N are persons.
        boxes: Shape (N, 4) float32, left, top, right, bottom in pixels, right and bottom exclusive.
        scores: Shape (N,) float32, 0 to 1.
    """

    persons: tuple[Person, ...]
    parts: LabelMap = field(repr=False)
    person_ids: LabelMap = field(repr=False)
    boxes: Boxes = field(repr=False)
    scores: Scores = field(repr=False)

    def __len__(self) -> int:
        """How many persons."""
        return len(self.persons)

    @property
    def masks(self) -> Masks:
        """Shape (N, H, W) bool, one mask for each person; made anew at each call."""
        ids = np.arange(1, len(self) + 1, dtype=np.uint8)
        return np.asarray(self.person_ids[None] == ids[:, None, None], np.bool_)

    def to_records(self) -> list[dict[str, Any]]:
        """One flat row for each person, as `pandas.DataFrame` takes them.

        Returns:
            `person`, `score`, `left`, `top`, `right`, `bottom`, `pixels`, `sleeves`, `trousers`, and for each garment that there is
            its colour, None where it is not worn. Every row has the same keys.
        """
        return [_record(person) for person in self.persons]

    def to_detections(self) -> "Detections":
        """The same for the package `supervision`, to draw, filter or track with.

        Returns:
            `xyxy`, `mask`, `confidence`, class 0 for everybody, and in `data` `class_name`, `person`, and `clothes` in words, for
            example `red coat, black pants`.

        Raises:
            MissingExtra: supervision is not installed. Footfall itself does not need it.
        """
        try:
            from supervision import Detections  # noqa: PLC0415 - not ours to bring along
        except ModuleNotFoundError:
            raise MissingExtra(
                "to_detections needs the package supervision: pip install supervision"
            ) from None
        return Detections(
            xyxy=self.boxes.copy(),
            mask=self.masks,
            confidence=self.scores.copy(),
            class_id=np.zeros(len(self), np.int64),
            data={
                "class_name": np.array(["person"] * len(self), np.str_),
                "person": np.arange(1, len(self) + 1),
                "clothes": np.array([_in_words(person) for person in self.persons], np.str_),
            },
        )


class Parser:
    """A parser that is loaded; `load_parser` makes it. Any thread may call it."""

    def __init__(self, parser: HumanParser) -> None:
        self._parser = parser

    @property
    def info(self) -> ParserInfo:
        """Name, version and precision: the same three give the same result."""
        return self._parser.info

    def parse(self, image: Picture) -> ParsedImage:
        """Find the persons of a picture, and what they wear. Blocks for the time of one inference.

        Args:
            image: Of any size. The light is estimated from this picture alone; a stream of `footfall run` remembers it.

        Raises:
            ValueError: The array has another shape or type.
            SourceError: The file is missing, or is no picture that can be read.
        """
        pixels = _pixels(image)
        return _parsed_image(self._parser.parse(pixels), pixels)


def load_parser(kind: str = "lite", *, finder: str | Mapping[str, Any] = "none", **options: Any) -> Parser:
    """Load a parser.

    Args:
        kind: `lite` and `lite-cc0` come with Footfall; `m2fp` is fetched with `footfall models fetch m2fp`.
        finder: What finds persons first, so that small ones are parsed at full resolution: `lite`, or its settings, as in
            `docs/configuration.md#finder`.
        options: Its settings, as in `docs/configuration.md#parser`, for example `precision="fp32"`, `threads=2`.

    Raises:
        SettingsError: There is no such parser or finder, or no such option or value of it.
        ModelError: Its weights are missing or damaged, or this CPU lacks the precision that is asked for.
        MissingExtra: A library that it needs is not installed.
    """
    from config.adding import finder_from, parser_from  # noqa: PLC0415 - reads all components
    from pipeline.finding import build_parser  # noqa: PLC0415

    parser = parser_from({"kind": kind, **options}, "load_parser")
    return Parser(build_parser(parser, finder_from(finder, "load_parser"), streams=1))


def _pixels(image: Picture) -> BgrImage:
    if isinstance(image, np.ndarray):
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
            raise ValueError(f"image must be (H, W, 3) uint8 BGR, got {image.shape} {image.dtype}")
        return np.ascontiguousarray(image)
    from pipeline.sources.image_files import Unreadable, read_image  # noqa: PLC0415 - brings what reads HEIC

    path = Path(image)
    try:
        pixels = read_image(path)
    except Unreadable as error:
        raise SourceError(f"{shown_name(path)} cannot be read: {error}") from None
    if pixels is None:
        raise SourceError(f"{shown_name(path)} is missing, or is no picture that can be read")
    return pixels


def _parsed_image(parsed: ParsedFrame, image: BgrImage) -> ParsedImage:
    from analytics.clothing import GarmentMinima, clothes_of  # noqa: PLC0415 - not before somebody asks
    from analytics.illuminant import LightMeter  # noqa: PLC0415
    from analytics.lengths import sleeves_of, trousers_of  # noqa: PLC0415

    views = parsed.persons()
    clothes = clothes_of(views, image, LightMeter().read(image, parsed.labels), GarmentMinima())
    persons = tuple(
        Person(
            id=view.person_id,
            score=view.score,
            box=(view.left, view.top, view.right, view.bottom),
            mask=_read_only(parsed.person_ids == view.person_id),
            clothes=tuple(Garment(**seen.model_dump()) for seen in clothing.garments),
            sleeves=sleeves_of(clothing.skin),
            trousers=trousers_of(clothing.skin),
        )
        for view, clothing in zip(views, clothes, strict=True)
    )
    return ParsedImage(persons, parsed.labels, parsed.person_ids, parsed.boxes, parsed.scores)


def _read_only(mask: BoolMask) -> BoolMask:
    mask.flags.writeable = False
    return mask


def _record(person: Person) -> dict[str, Any]:
    left, top, right, bottom = person.box
    colors = {garment.part: garment.color for garment in person.clothes}
    return {
        "person": person.id,
        "score": person.score,
        "left": left,
        "top": top,
        "right": right,
        "bottom": bottom,
        "pixels": int(np.count_nonzero(person.mask)),
        "sleeves": person.sleeves,
        "trousers": person.trousers,
        **{part.label: colors.get(part.label) for part in GARMENTS},
    }


def _in_words(person: Person) -> str:
    return ", ".join(f"{garment.color} {garment.part}" for garment in person.clothes)
