"""What a person of one frame wears, from the pixels of its mask."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analytics.cielab import BgrPixels
from analytics.colors import color_of
from analytics.illuminant import Light
from analytics.lengths import SkinEvidence
from analytics.options import AnalyticsOptions
from domain.events import GarmentSeen
from domain.frame import BgrImage, BoolMask, LabelMap
from domain.labels import ARMS, GARMENTS, LEGS, SHOES, UPPER_GARMENTS, BodyPart
from domain.parsing import PersonView

PartCounts: TypeAlias = npt.NDArray[np.intp]
"""Shape (24,), pixels of each `BodyPart`; left and right arms, legs and shoes are counted as ARM, LEG and SHOE."""

_PARTS = len(BodyPart)
_MAX_PIXELS = 400  # of a garment are looked at for its colour
_MIN_INSIDE = 60  # pixels; a garment with fewer away from its border is judged with its border
_MIN_INSIDE_SHARE = 0.25
_BLEND = 150  # pixels of height for each pixel of blended border that a person has
_MAX_BLEND = 4


@dataclass(frozen=True, slots=True)
class Clothing:
    """What one frame shows of one person.

    Attributes:
        pixels: How many pixels of the person are visible.
        garments: What is worn, in the order of `domain.labels.GARMENTS`.
        skin: What the lengths of sleeves and trousers are derived from.
    """

    pixels: int
    garments: tuple[GarmentSeen, ...]
    skin: SkinEvidence


def clothing_of(person: PersonView, image: BgrImage, light: Light, options: AnalyticsOptions) -> Clothing:
    """Look at one person.

    Parts smaller than `min_garment_pixels` or `min_garment_share` are speckles and not reported. Upper-clothes, coat
    and dress can stand beside each other, as the parser sees them; the vote of a visit resolves what contradicts
    itself.

    Args:
        person: Its labels and mask.
        image: Shape (H, W, 3) uint8 BGR, the whole frame.
        light: Of the frame.
        options: Minima of a garment.
    """
    worn = np.where(person.mask, _UNSIDED[person.labels], 0)
    counts = np.bincount(worn.reshape(-1), minlength=_PARTS)
    pixels = int(np.count_nonzero(person.mask))
    least = max(options.min_garment_pixels, options.min_garment_share * pixels)
    inside = _inside(worn)
    window = image[person.window]
    garments = tuple(
        _garment(part, int(counts[part]) / pixels, _pixels_of(worn == part, inside, window), light)
        for part in GARMENTS
        if counts[part] >= least
    )
    cut_below = person.bottom >= image.shape[0] - 1
    return Clothing(pixels, garments, skin_evidence(counts, cut_below))


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
    for sided, one in ((ARMS, BodyPart.ARM), (LEGS, BodyPart.LEG), (SHOES, BodyPart.SHOE)):
        table[list(sided)] = one
    return table


_UNSIDED = _unsided()


def _garment(part: BodyPart, share: float, pixels: BgrPixels, light: Light) -> GarmentSeen:
    color = color_of(pixels, light)
    return GarmentSeen(
        part=part.label,
        color=color.name,
        share=share,
        color_share=color.share,
        confidence=color.confidence,
    )


def _inside(worn: LabelMap) -> BoolMask:
    """Pixels whose neighbours up, down, left and right, as far as a camera blends borders, are of the same part."""
    height, width = worn.shape
    reach = min(max(1, round(height / _BLEND)), _MAX_BLEND)
    inside = np.zeros(worn.shape, np.bool_)
    if height <= 2 * reach or width <= 2 * reach:
        return inside
    middle = worn[reach:-reach, reach:-reach]
    core = inside[reach:-reach, reach:-reach]
    np.equal(middle, worn[: -2 * reach, reach:-reach], out=core)
    core &= middle == worn[2 * reach :, reach:-reach]
    core &= middle == worn[reach:-reach, : -2 * reach]
    core &= middle == worn[reach:-reach, 2 * reach :]
    return inside


def _pixels_of(part: BoolMask, inside: BoolMask, window: BgrImage) -> BgrPixels:
    """At most 400 pixels of that part, evenly spread and always the same; its border only where little else is left."""
    whole = np.flatnonzero(part)
    chosen = np.flatnonzero(part & inside)
    if len(chosen) < max(_MIN_INSIDE, _MIN_INSIDE_SHARE * len(whole)):
        chosen = whole
    if len(chosen) > _MAX_PIXELS:
        chosen = chosen[np.arange(_MAX_PIXELS) * len(chosen) // _MAX_PIXELS]
    rows, columns = np.divmod(chosen, part.shape[1])
    pixels: BgrPixels = window[rows, columns]
    return pixels
