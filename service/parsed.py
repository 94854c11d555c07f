"""What the API says of a parsed picture."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from analytics.posture import Posture
from domain.events.clothing import ColorName, GarmentName, SleeveLength, TrouserLength
from domain.labels import UNSIDED, BodyPart
from domain.parsing import ParserInfo
from pipeline.parsed_image import Person
from pipeline.rle import run_lengths
from pipeline.stills import Still
from service.answers import Part
from service.drawn import Drawn


class ParseOptions(BaseModel):
    """What may be asked for, beside the picture."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parser: str | None = Field(
        default=None, max_length=64, description="Which of the loaded parsers; the active one by default"
    )
    overlay: Drawn | None = Field(
        default=None,
        description="How the picture is drawn, as `overlay.style` of the settings where it is left out; `none` draws none, "
        "which is quicker",
    )
    persons: bool = Field(
        default=True, description="false: parts of the whole picture, without saying whose they are"
    )
    masks: Literal["none", "rle"] = Field(
        default="none", description="`rle`: the pixels of every part, as COCO writes them"
    )


class RleMask(Part):
    """Pixels, as COCO's uncompressed run lengths."""

    size: tuple[int, int] = Field(description="Height and width in pixels")
    counts: tuple[int, ...] = Field(
        description="Lengths of runs, column by column, beginning with one of zeros"
    )


class Segment(Part):
    """The pixels of one part of one person."""

    label: str = Field(description="Part of a person, as in `upper-clothes`")
    confidence: float = Field(ge=0, le=1, description="How sure the parser is of the person")
    pixel_count: int = Field(ge=1, description="How many pixels")
    person_id: int | None = Field(description="Whose; null where persons were not asked for")
    color: str | None = Field(
        description="Of a garment; `unknown` where the pixels do not tell, null of skin, hair, and without persons"
    )
    color_confidence: float | None = Field(description="How far to trust the colour, 0 to 1")
    mask: RleMask | None = Field(default=None, description="Where asked for")


class Garment(Part):
    """Something that a person wears or carries."""

    part: GarmentName
    color: ColorName
    share: float = Field(description="Part of the person's visible pixels that it covers, 0 to 1")
    confidence: float = Field(description="How far to trust the colour, 0 to 1")


class PostureShown(Part):
    """Whether somebody sits, as far as one picture tells."""

    value: Posture = Field(description="`unknown` also of who is cut by the border, or too small")
    confidence: float = Field(
        ge=0, le=1, description="As if as many people sat as did not; 0 where nothing is said"
    )
    derived: Literal[True] = Field(
        default=True, description="It follows from which parts are seen where; nobody looked at joints"
    )


class PersonSeen(Part):
    """Somebody in the picture."""

    person_id: int = Field(ge=1, description="1 to N")
    box: tuple[int, int, int, int] = Field(
        description="Left, top, right, bottom in pixels; right and bottom exclusive"
    )
    score: float = Field(ge=0, le=1, description="How sure the parser is")
    garments: tuple[Garment, ...]
    sleeves: SleeveLength = Field(description="Derived from the skin that is seen")
    trousers: TrouserLength = Field(description="Derived likewise")
    posture: PostureShown


class ParserUsed(Part):
    """Which parser it was: the same name, version and precision give the same result."""

    name: str
    version: str
    precision: str

    @classmethod
    def of(cls, info: ParserInfo) -> "ParserUsed":
        """From what the parser says of itself."""
        return cls(name=info.name, version=info.version, precision=info.precision)


class ParsedPicture(Part):
    """A parsed picture."""

    width: int = Field(description="Pixels")
    height: int = Field(description="Pixels")
    model: str = Field(description="Name of the parser that was used")
    parser: ParserUsed
    colored_mask_url: str | None = Field(
        description="Where the drawn picture can be fetched for a while; null if none was asked for"
    )
    person_count: int = Field(ge=0)
    persons: tuple[PersonSeen, ...]
    segments: tuple[Segment, ...]


def described(
    still: Still, options: ParseOptions, model: str, parser: ParserUsed, url: str | None
) -> ParsedPicture:
    """All that is said of a picture.

    Args:
        still: The picture.
        options: What is wanted.
        model: Name of the parser.
        parser: What it says of itself.
        url: Where the drawn picture is, if there is one.
    """
    height, width = still.parsed.labels.shape
    return ParsedPicture(
        width=width,
        height=height,
        model=model,
        parser=parser,
        colored_mask_url=url,
        person_count=len(still.seen),
        persons=persons_of(still) if options.persons else (),
        segments=segments_of(still, options),
    )


def persons_of(still: Still) -> tuple[PersonSeen, ...]:
    """Everybody, in the order of their ids."""
    return tuple(_person(person) for person in still.seen.persons)


def segments_of(still: Still, options: ParseOptions) -> tuple[Segment, ...]:
    """Every part that has pixels; largest first within a person."""
    wants_masks = options.masks == "rle"
    if options.persons:
        return tuple(part for person in still.seen.persons for part in _segments(still, person, wants_masks))
    return tuple(_segments(still, None, wants_masks))


_Colors: TypeAlias = dict[str, tuple[str, float]]


def _segments(still: Still, person: Person | None, wants_masks: bool) -> Iterator[Segment]:
    """Those of a person, or of the whole picture."""
    counts = _counts(still, person)
    found = sorted(
        (part for part in BodyPart if part and counts[part]), key=lambda part: (-counts[part], part)
    )
    colors: _Colors = {worn.part: (worn.color, worn.confidence) for worn in person.clothes} if person else {}
    sure = person.score if person else float(still.parsed.scores.max(initial=0.0))
    for part in found:
        color, trust = colors.get(UNSIDED.get(part, part).label, (None, None))
        yield Segment(
            label=part.label,
            confidence=min(1.0, sure),
            pixel_count=int(counts[part]),
            person_id=person.id if person else None,
            color=color,
            color_confidence=trust,
            mask=_mask(still, person, part) if wants_masks else None,
        )


def _counts(still: Still, person: Person | None) -> npt.NDArray[np.intp]:
    """Pixels by `BodyPart`."""
    labels = still.parsed.labels
    if person is None:
        return np.bincount(labels.reshape(-1), minlength=256)
    left, top, right, bottom = person.box
    window = slice(top, bottom), slice(left, right)
    return np.bincount(labels[window][person.mask[window]], minlength=256)


def _mask(still: Still, person: Person | None, part: BodyPart) -> RleMask:
    mask = still.parsed.labels == part
    if person is not None:
        mask &= person.mask
    return RleMask(size=mask.shape, counts=tuple(run_lengths(mask)))


def _person(person: Person) -> PersonSeen:
    return PersonSeen(
        person_id=person.id,
        box=person.box,
        score=min(1.0, person.score),
        garments=tuple(
            Garment(part=worn.part, color=worn.color, share=worn.share, confidence=worn.confidence)
            for worn in person.clothes
        ),
        sleeves=person.sleeves,
        trousers=person.trousers,
        posture=PostureShown(value=person.posture.value, confidence=person.posture.confidence),
    )
