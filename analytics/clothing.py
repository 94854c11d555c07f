"""What a person of one frame wears, from the pixels of its mask."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analytics.cielab import LUMINANCE, BgrPixels, linear_light
from analytics.color_trust import Wearer
from analytics.colors import Cloth, ColorSeen, colors_of
from analytics.illuminant import Light
from analytics.lengths import SkinEvidence
from analytics.patches import Patch
from domain.events import ColorName, GarmentName, GarmentSeen
from domain.frame import BgrImage, BoolMask, LabelMap
from domain.labels import GARMENTS, SKIN, UNSIDED, UPPER_GARMENTS, BodyPart
from domain.parsing import PersonView

PartCounts: TypeAlias = npt.NDArray[np.intp]
"""Shape (24,), pixels of each `BodyPart`; left and right arms, legs and shoes are counted as ARM, LEG and SHOE."""

Places: TypeAlias = npt.NDArray[np.intp]
"""Shape (N,), positions in a flattened map."""

_PARTS = len(BodyPart)
# Pixels of a box; of larger persons only every second, third, ... row and column is looked at.
_GRID = 12288
# Added to a part where it borders on another.
_BORDER = 32
# Of a garment are looked at for its colour.
_MAX_PIXELS = 256
# Pixels; a garment with fewer away from its border is judged with its border.
_MIN_INSIDE = 60
_MIN_INSIDE_SHARE = 0.25
# Pixels of height for each pixel of blended border that a person has.
_BLEND = 150
_MAX_BLEND = 4
# Pixels of skin that tell in what light somebody stands.
_MIN_SKIN = 8
# As many pixels of hat as of hair, or it is the crown of a dark head.
_HAT_OVER_HAIR = 1.5


@dataclass(frozen=True, slots=True)
class GarmentMinima:
    """Patches below either of these are speckles, not garments.

    Attributes:
        pixels: Of the patch.
        share: Part of the person's visible pixels, 0 to 1.
    """

    pixels: int = 30
    share: float = 0.01


@dataclass(frozen=True, slots=True)
class Clothing:
    """What one frame shows of one person.

    Attributes:
        pixels: How many pixels of the person are visible.
        garments: What is worn, in the order of `domain.labels.GARMENTS`.
        skin: What the lengths of sleeves and trousers are derived from.
        guesses: Of each garment the colour that one would guess, and how probably that is right; for a vote over many frames.
        beliefs: How much of the person is believed to be upper-clothes, dress, coat, pants and skirt, 0 to 1 each.
        patches: Pixels of each garment and of bare legs, for whoever looks at the colours themselves; none where colours are not
            known.
    """

    pixels: int
    garments: tuple[GarmentSeen, ...]
    skin: SkinEvidence
    guesses: tuple[tuple[ColorName, float], ...] = ()
    beliefs: Mapping[GarmentName, float] = field(default_factory=dict)
    patches: Mapping[BodyPart, Patch] = field(default_factory=dict, compare=False, repr=False)


NOTHING_TOLD = Clothing(0, (), SkinEvidence())
"""Of somebody whose pixels were not looked at."""


def clothes_of(
    persons: Sequence[PersonView], image: BgrImage, light: Light, minima: GarmentMinima
) -> list[Clothing]:
    """Look at the persons of one frame.

    Parts smaller than the minima are speckles and not reported. Upper-clothes, coat
    and dress can stand beside each other, as the parser sees them; the vote of a visit resolves what contradicts
    itself.

    Args:
        persons: Their labels and masks.
        image: Shape (H, W, 3) uint8 BGR, the whole frame.
        light: Of the frame.
        minima: Of a garment.

    Returns:
        One entry a person, in their order.
    """
    measures = [_measure(person, image, minima) for person in persons]
    colors = iter(colors_of([cloth for measure in measures for cloth in measure.cloths], light))
    return [
        _clothing(person, measure, list(islice(colors, len(measure.parts))))
        for person, measure in zip(persons, measures, strict=True)
    ]


def without_colors(clothing: Clothing) -> Clothing:
    """The same where nothing is known about colours."""
    unknown = {"color": "unknown", "color_share": 0.0, "confidence": 0.0}
    return replace(
        clothing,
        garments=tuple(seen.model_copy(update=unknown) for seen in clothing.garments),
        guesses=tuple(("unknown", 0.0) for _ in clothing.garments),
        patches={},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Measure:
    """One person: pixels of each part, the garments among them, and what tells their colours; with `patches` of bare legs, too."""

    counts: PartCounts
    parts: list[BodyPart]
    cloths: list[Cloth]
    patches: dict[BodyPart, Patch]
    cut_below: bool


def cloths_of(person: PersonView, image: BgrImage, minima: GarmentMinima) -> list[tuple[BodyPart, Cloth]]:
    """What tells the colours of one person's garments, before any is named."""
    measure = _measure(person, image, minima)
    return list(zip(measure.parts, measure.cloths, strict=True))


def _measure(person: PersonView, image: BgrImage, minima: GarmentMinima) -> _Measure:
    step = max(1, math.ceil(math.sqrt(person.labels.size / _GRID)))
    grid = slice(None, None, step), slice(None, None, step)
    parts_map = _UNSIDED.take(person.labels[grid]) * person.mask[grid]
    counts = np.bincount(parts_map.reshape(-1), minlength=_PARTS) * step**2
    least = max(minima.pixels, minima.share * int(counts[1:].sum()))
    parts = [part for part in GARMENTS if counts[part] >= least and not _is_crown(part, counts)]
    window = image[person.window][grid]
    wearer = _wearer(person.bottom - person.top, parts_map, window)
    looked_at = [*parts, BodyPart.LEG] if counts[BodyPart.LEG] >= least else parts
    patches = {
        part: Patch(pixels, int(counts[part]))
        for part, pixels in zip(looked_at, _pixels_of(looked_at, parts_map, window), strict=True)
    }
    cloths = [Cloth(patches[part].pixels, patches[part].area, wearer) for part in parts]
    return _Measure(counts, parts, cloths, patches, cut_below=person.bottom >= image.shape[0] - 1)


def _wearer(height: int, parts_map: LabelMap, window: BgrImage) -> Wearer:
    flat, parts = window.reshape(-1, 3), parts_map.reshape(-1)
    return Wearer(
        height,
        _luminance(flat, np.flatnonzero(parts), 0.95, 1),
        _luminance(flat, np.flatnonzero(_IS_SKIN.take(parts)), 0.5, _MIN_SKIN),
    )


def _luminance(pixels: BgrPixels, places: Places, rank: float, least: int) -> float | None:
    """That of which so large a part is darker, of the pixels in these places; None of fewer."""
    if len(places) < least:
        return None
    chosen = places[:: max(1, len(places) // _MAX_PIXELS)]
    luminance = linear_light(pixels.take(chosen, axis=0)) @ LUMINANCE
    place = min(len(luminance) - 1, int(rank * len(luminance)))
    return float(np.partition(luminance, place)[place])


def _is_crown(part: BodyPart, counts: PartCounts) -> bool:
    """Whether that is no hat but the middle of dark hair seen from above, which networks take for one."""
    return part == BodyPart.HAT and counts[BodyPart.HAT] < _HAT_OVER_HAIR * counts[BodyPart.HAIR]


def _clothing(person: PersonView, measure: _Measure, colors: list[ColorSeen]) -> Clothing:
    visible = int(measure.counts[1:].sum())
    garments = tuple(
        _garment(part, int(measure.counts[part]) / visible, color)
        for part, color in zip(measure.parts, colors, strict=True)
    )
    return Clothing(
        visible,
        garments,
        skin_evidence(measure.counts, measure.cut_below),
        tuple((color.guess, color.probable) for color in colors),
        _beliefs(person, garments),
        measure.patches,
    )


def _beliefs(person: PersonView, garments: Sequence[GarmentSeen]) -> dict[GarmentName, float]:
    """What the parser believes of upper and lower garments; of one that does not tell, what its pixels show."""
    if person.beliefs is None:
        return {seen.part: seen.share for seen in garments if seen.part in _MAIN}
    return {name: float(person.beliefs[part]) for name, part in _MAIN.items()}


def skin_evidence(counts: PartCounts, cut_below: bool) -> SkinEvidence:
    """Sum up what the lengths are derived from."""
    return SkinEvidence(
        arms=int(counts[BodyPart.ARM]),
        upper=sum(int(counts[part]) for part in UPPER_GARMENTS),
        legs=int(counts[BodyPart.LEG]),
        trousers=int(counts[BodyPart.PANTS]),
        feet=int(counts[BodyPart.SHOE] + counts[BodyPart.SOCKS]),
        other_skin=int(counts[BodyPart.FACE] + counts[BodyPart.TORSO_SKIN]),
        cut_below=cut_below,
    )


def _unsided() -> npt.NDArray[np.uint8]:
    """A table from `BodyPart` to itself, with left and right made one."""
    table = np.arange(256, dtype=np.uint8)
    table[list(UNSIDED)] = list(UNSIDED.values())
    return table


_UNSIDED = _unsided()
_MAIN: Mapping[GarmentName, BodyPart] = {
    "upper-clothes": BodyPart.UPPER_CLOTHES,
    "dress": BodyPart.DRESS,
    "coat": BodyPart.COAT,
    "pants": BodyPart.PANTS,
    "skirt": BodyPart.SKIRT,
}
_IS_SKIN = np.isin(np.arange(256), SKIN)


def _garment(part: BodyPart, share: float, color: ColorSeen) -> GarmentSeen:
    return GarmentSeen(
        part=part.label,
        color=color.name,
        share=share,
        color_share=color.share,
        confidence=color.confidence,
    )


def _inside(parts_map: LabelMap) -> BoolMask:
    """Pixels whose neighbours up, down, left and right, as far as a camera blends borders, are of the same part."""
    height, width = parts_map.shape
    reach = min(max(1, round(height / _BLEND)), _MAX_BLEND)
    inside = np.zeros(parts_map.shape, np.bool_)
    if height <= 2 * reach or width <= 2 * reach:
        return inside
    middle = parts_map[reach:-reach, reach:-reach]
    core = inside[reach:-reach, reach:-reach]
    np.equal(middle, parts_map[: -2 * reach, reach:-reach], out=core)
    core &= middle == parts_map[2 * reach :, reach:-reach]
    core &= middle == parts_map[reach:-reach, : -2 * reach]
    core &= middle == parts_map[reach:-reach, 2 * reach :]
    return inside


def _pixels_of(parts: Sequence[BodyPart], parts_map: LabelMap, window: BgrImage) -> list[BgrPixels]:
    """At most 256 pixels of each part, evenly spread and always the same; of its border only where little else is left."""
    border = np.where(_inside(parts_map), 0, _BORDER).astype(np.uint8)
    keys = (parts_map + border).reshape(-1)
    order, ends = np.argsort(keys, kind="stable"), np.cumsum(np.bincount(keys, minlength=2 * _BORDER))
    flat = window.reshape(-1, 3)
    return [
        flat.take(_spread(*(order[ends[key - 1] : ends[key]] for key in (part, part + _BORDER))), axis=0)
        for part in parts
    ]


def _spread(inner: Places, border: Places) -> Places:
    enough = len(inner) >= max(_MIN_INSIDE, _MIN_INSIDE_SHARE * (len(inner) + len(border)))
    chosen = inner if enough else np.concatenate((inner, border))
    if len(chosen) <= _MAX_PIXELS:
        return chosen
    return chosen[np.arange(_MAX_PIXELS) * len(chosen) // _MAX_PIXELS]
