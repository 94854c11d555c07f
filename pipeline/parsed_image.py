"""What one picture shows on its own: persons, their pixels and what they wear."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from analytics.clothing import GarmentMinima, clothes_of
from analytics.illuminant import LightMeter
from analytics.lengths import sleeves_of, trousers_of
from analytics.posture import PostureSeen, posture_of
from domain.errors import MissingExtra
from domain.frame import BgrImage, BoolMask, Boxes, LabelMap
from domain.labels import GARMENTS
from domain.parsing import ParsedFrame, Scores
from domain.rendering import Cover, OverlayStyle

if TYPE_CHECKING:
    from supervision import Detections

Masks: TypeAlias = npt.NDArray[np.bool_]
"""Shape (N, H, W), bool."""


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
        posture: `seated_likely`, `upright_likely` or `unknown`, and how sure; derived from what is seen of the legs.
    """

    id: int
    score: float
    box: tuple[int, int, int, int]
    mask: BoolMask = field(repr=False)
    clothes: tuple[Garment, ...]
    sleeves: str
    trousers: str
    posture: PostureSeen


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
    _image: BgrImage = field(repr=False)
    _parsed: ParsedFrame = field(repr=False)

    def __len__(self) -> int:
        """How many persons."""
        return len(self.persons)

    @property
    def masks(self) -> Masks:
        """Shape (N, H, W) bool, one mask for each person; made anew at each call."""
        ids = np.arange(1, len(self) + 1, dtype=np.uint8)
        return np.asarray(self.person_ids[None] == ids[:, None, None], np.bool_)

    def overlay(
        self, style: OverlayStyle = "tint", *, legend: bool = True, cover: Cover = "none"
    ) -> BgrImage:
        """What was seen, drawn over the picture; drawn anew at each call.

        Args:
            style: `tint`: parts thinly tinted; `solid`: parts filled; `outline`: their borders alone; `colors`: garments filled
                with the colour that they are called.
            legend: Whether to explain the colours.
            cover: Pixels that a flat colour replaces: those of `faces`, `heads` or whole `people`. Whoever has the picture has
                them anyway, so none are covered unless it is asked for.

        Returns:
            Shape (H, W, 3) uint8 BGR, with the number of each person, and garments with a swatch of the colour that was seen.

        Raises:
            ValueError: There is no such style.
        """
        from pipeline.compositor import CompositorOptions  # noqa: PLC0415 - what draws stands above what is seen
        from pipeline.stills import Still  # noqa: PLC0415

        options = CompositorOptions(style=style, legend=legend)
        return Still.seen_before(self._image, self._parsed, self, cover).overlay("picture", "", options)

    def to_records(self) -> list[dict[str, Any]]:
        """One flat row for each person, as `pandas.DataFrame` takes them.

        Returns:
            `person`, `score`, `left`, `top`, `right`, `bottom`, `pixels`, `sleeves`, `trousers`, `posture`, and for each garment
            that there is its colour, None where it is not worn. Every row has the same keys.
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


def parsed_image(parsed: ParsedFrame, image: BgrImage) -> ParsedImage:
    """Look at the persons of a picture that stands alone: its light is estimated from itself.

    Args:
        parsed: Its label maps.
        image: Shape (H, W, 3) uint8 BGR, of the same size.
    """
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
            posture=posture_of(view, (image.shape[0], image.shape[1])),
        )
        for view, clothing in zip(views, clothes, strict=True)
    )
    return ParsedImage(persons, parsed.labels, parsed.person_ids, parsed.boxes, parsed.scores, image, parsed)


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
        "posture": person.posture.value,
        **{part.label: colors.get(part.label) for part in GARMENTS},
    }


def _in_words(person: Person) -> str:
    return ", ".join(f"{garment.color} {garment.part}" for garment in person.clothes)
