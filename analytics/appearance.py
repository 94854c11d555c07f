"""What somebody looks like from the clothes: a colour histogram for each part, and a height where the camera is calibrated.

Nothing of a face is in it. It tells two people apart only as far as their clothes differ: two in the same uniform are alike.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from analytics.cielab import LabPixels, lab_from_linear
from analytics.floor import Floor
from analytics.illuminant import Light
from analytics.patches import Patch, together
from domain.geometry import Point
from domain.labels import LOWER_GARMENTS, UPPER_GARMENTS, BodyPart

Region: TypeAlias = Literal["upper", "lower", "feet"]
"""Parts of which colours are compared."""

Bins: TypeAlias = dict[int, float]
"""Share of the pixels by bin of CIELAB."""

_PARTS: Mapping[Region, tuple[BodyPart, ...]] = {
    "upper": UPPER_GARMENTS,
    "lower": (*LOWER_GARMENTS, BodyPart.LEG),
    "feet": (BodyPart.SHOE,),
}
_WEIGHTS: Mapping[Region, float] = {"upper": 1.0, "lower": 0.8, "feet": 0.2}
_MAX_PIXELS = 256
_MIN_PIXELS = 40
# Width of a bin: folds change lightness more than they change chroma.
_STEP = np.array([22, 14, 14], np.float32)
_LOWEST = np.array([0, -84, -84], np.float32)
_SIZE = np.array([6, 12, 12])
# From the lowest bin around a pixel to the eight of them.
_CORNERS = (
    np.array([0, _SIZE[1] * _SIZE[2]])[:, None, None] + np.array([0, _SIZE[2]])[:, None] + np.array([0, 1])
)
# Share of the pixels that a bin has at least.
_LEAST = 0.005
# Bins that are kept of a part; what is left is little.
_KEPT = 12
# Linear light below which a camera sees noise.
_DARKEST = 0.002
# Metres by which two measurements of one person's height differ as a rule.
_HEIGHT_SPREAD = 0.07


@dataclass(slots=True, eq=False)
class Appearance:
    """The mean over the views of one visit.

    Attributes:
        views: How many of them show each part.
        bins: Of each part, share of the pixels by bin; sums over the views.
        heights: How many views tell a height.
        height_m: Sum of these heights, metres.
        looks: How many views were looked at.
        log_light: Sum over them of the mean logarithm of linear B, G and R of the clothes, in the light that the scene tells.
    """

    views: dict[Region, int] = field(default_factory=dict)
    bins: dict[Region, Bins] = field(default_factory=dict)
    heights: int = 0
    height_m: float = 0.0
    looks: int = 0
    log_light: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def look(
        self,
        patches: Mapping[BodyPart, Patch],
        light: Light,
        gains: npt.NDArray[np.float32] | None = None,
    ) -> None:
        """Take one more view.

        Args:
            patches: What of the person is seen.
            light: Of the frame.
            gains: Shape (3,), what else linear B, G and R are multiplied with, where the camera is compared with others.
        """
        regions = {region: together(patches, parts, _MAX_PIXELS) for region, parts in _PARTS.items()}
        seen = {
            region: found
            for region, found in regions.items()
            if found is not None and found[2] >= _MIN_PIXELS
        }
        if not seen:
            return
        linear = light.correct(np.concatenate([pixels for pixels, _, _ in seen.values()]))
        share = np.concatenate([weights for _, weights, _ in seen.values()])
        shade = share @ np.log(np.maximum(linear, _DARKEST)) / len(seen)
        region_of = np.repeat(np.arange(len(seen)), [len(pixels) for pixels, _, _ in seen.values()])
        lab = lab_from_linear(linear if gains is None else linear * gains)
        for region, histogram in zip(seen, _histograms(lab, share, region_of), strict=True):
            self._add(region, histogram)
        blue, green, red = shade.tolist()
        self.looks += 1
        self.log_light = self.log_light[0] + blue, self.log_light[1] + green, self.log_light[2] + red

    @property
    def mean_log_light(self) -> tuple[float, float, float] | None:
        """Of one view; None where none was looked at."""
        if not self.looks:
            return None
        blue, green, red = (value / self.looks for value in self.log_light)
        return blue, green, red

    def measure(self, foot: Point, height: float, floor: Floor) -> None:
        """Take one more height: what the person's height in pixels comes to where that one stands.

        Args:
            foot: Where the feet are, pixels.
            height: Of the person, pixels.
            floor: Of the picture.
        """
        here, beside = floor.metres(foot), floor.metres((foot[0] + 1, foot[1]))
        if here is not None and beside is not None:
            self.heights += 1
            self.height_m += height * math.dist(here, beside)

    def trimmed(self) -> "Appearance":
        """The same with the largest bins of each part only."""
        kept = {region: _largest(bins) for region, bins in self.bins.items()}
        return Appearance(dict(self.views), kept, self.heights, self.height_m, self.looks, self.log_light)

    def _add(self, region: Region, histogram: Bins) -> None:
        self.views[region] = self.views.get(region, 0) + 1
        bins = self.bins.setdefault(region, {})
        for place, share in histogram.items():
            bins[place] = bins.get(place, 0.0) + share


def likeness(one: Appearance, other: Appearance) -> float:
    """How alike two look, 0 to 1; 0 where they have too little in common to compare.

    Of each part that both show, the Bhattacharyya coefficient of the two histograms (Bhattacharyya, 1943); of these the weighted
    mean, times how well the heights fit where both are known.
    """
    common = [region for region in get_args(Region) if region in one.bins and region in other.bins]
    if "upper" not in common:
        return 0.0
    total = sum(_WEIGHTS[region] for region in common)
    alike = (
        sum(_WEIGHTS[region] * _overlap(one.bins[region], other.bins[region]) for region in common) / total
    )
    if one.heights and other.heights:
        difference = one.height_m / one.heights - other.height_m / other.heights
        alike *= math.exp(-0.5 * (difference / (2 * _HEIGHT_SPREAD)) ** 2)
    return min(1.0, alike)


def _overlap(one: Bins, other: Bins) -> float:
    sums = sum(one.values()) * sum(other.values())
    shared = sum(math.sqrt(share * other[place]) for place, share in one.items() if place in other)
    return shared / math.sqrt(sums) if sums > 0 else 0.0


def _histograms(lab: LabPixels, share: npt.NDArray[np.float64], group: npt.NDArray[np.intp]) -> list[Bins]:
    """Of each group of pixels: each, with its share, goes into the bins around it, so that a colour at a border is not two."""
    steps = np.clip((lab - _LOWEST) / _STEP - 0.5, 0, _SIZE - 1.001)
    low = steps.astype(np.intp)
    upper = steps - low
    part = np.stack((1 - upper, upper))
    # Of each pixel the eight bins around it, and how much of it goes into each.
    weights = part[:, None, None, :, 0] * part[None, :, None, :, 1] * part[None, None, :, :, 2] * share
    first = ((group * _SIZE[0] + low[:, 0]) * _SIZE[1] + low[:, 1]) * _SIZE[2] + low[:, 2]
    flat = _CORNERS[..., None] + first
    groups, bins = int(group[-1]) + 1, int(np.prod(_SIZE))
    shares = np.bincount(flat.reshape(-1), weights.reshape(-1), minlength=groups * bins).reshape(groups, bins)
    used = [np.flatnonzero(one > _LEAST) for one in shares]
    return [
        dict(zip(places.tolist(), one[places].tolist(), strict=True))
        for places, one in zip(used, shares, strict=True)
    ]


def _largest(bins: Bins) -> Bins:
    ranked = sorted(bins.items(), key=lambda item: (-item[1], item[0]))
    return dict(sorted(ranked[:_KEPT]))
