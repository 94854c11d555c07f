"""From the network's outputs to persons: pure NumPy and OpenCV.

One pass for any number of people, in the manner of Panoptic-DeepLab (Cheng et al., 2020): every pixel has a part and points to
the centre of its person. Decisions about persons are made at stride 4; only the parts are brought to frame size, and only where
somebody is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.frame import BoolMask, Boxes, LabelMap
from domain.labels import LITE_CLASSES, BodyPart
from domain.parsing import Beliefs, ParsedFrame, Scores
from pipeline.parsers.geometry import STRIDE, Geometry
from pipeline.parsers.numbering import Window
from pipeline.parsers.runtime import Tensor

Plane: TypeAlias = npt.NDArray[np.float32]
"""One value a stride-4 pixel, shape (h, w), or (C, h, w) for several; float32."""

Believed: TypeAlias = npt.NDArray[np.float64]
"""Shape (N, 14), how much of each person is believed to be of each class."""

Points: TypeAlias = npt.NDArray[np.float32]
"""Shape (K, 2) float32, (y, x)."""

_TO_BODY_PART = np.array(LITE_CLASSES, np.uint8)
_MOST_PERSONS = 255
_REGIONS = (
    (BodyPart.HAT, BodyPart.HAIR, BodyPart.FACE),
    (BodyPart.UPPER_CLOTHES, BodyPart.DRESS, BodyPart.COAT, BodyPart.ARM, BodyPart.TORSO_SKIN),
    (BodyPart.PANTS, BodyPart.SKIRT, BodyPart.LEG),
    (BodyPart.SHOE,),
)
# Of a person's pixels: a region that covers less is not there.
_SEEN = 0.02
_THINKABLE = 0.1  # belief from which a pixel may be somebody's
_HEAD_CLASSES = [LITE_CLASSES.index(part) for part in _REGIONS[0]]
# Stride-4 pixels of a piece of a head that is nobody's.
_LEAST_LOOSE = 3


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """Thresholds, tuned on renderings and photographs that the weights were not trained on.

    Attributes:
        centre_threshold: Least height of a peak in the centre map to be a person.
        peak_window: A centre is the highest within a square of that many stride-4 pixels.
        reach: Pixels that point further than that past every centre, in stride-4 pixels, belong to nobody.
        least_area: Persons with fewer stride-4 pixels are dropped.
        least_foreground: Persons are dropped whose pixels are, on average, less likely than that to be anybody's. False persons are
            seldom surer, however high their centre: cars near by, things on shelves.
        least_foreground_of_doubtful: The same for those whose centre is lower than `sure_centre`, or of whom a single region is
            seen: head, upper body, legs, or feet.
        sure_centre: Height of a peak that says "person" without further evidence.
    """

    centre_threshold: float = 0.25
    peak_window: int = 5
    reach: float = 30.0
    least_area: int = 12
    least_foreground: float = 0.88
    least_foreground_of_doubtful: float = 0.92
    sure_centre: float = 0.3


@dataclass(frozen=True, slots=True)
class MiddleOptions:
    """When a crop shows nobody, for networks that know the person in the middle; tuned as `DecodeOptions` are.

    Attributes:
        least_share: Of the crop: a person whose pixels cover less is not there.
        least_clearness: A person is not there who is less clear than that: see `clearness`.
        clearness_odds: How much log odds a clearness of 1 more adds to those of a finder that gives some (`Found.odds`); together
            they must not be negative, then, whatever the clearness alone is.
    """

    least_share: float = 0.02
    least_clearness: float = 0.55
    clearness_odds: float = 2.0

    def may_be_somebody(self, odds: float | None) -> bool:
        """Whether a crop could still show that somebody is there, after what the finder says."""
        return odds is None or odds + self.clearness_odds * (1 - self.least_clearness) >= 0

    def somebody(self, logits: Plane, odds: float | None = None) -> bool:
        """Whether a crop shows somebody.

        Args:
            logits: Shape (14, h, w) float32.
            odds: What the finder says, as log odds; None if it says nothing of the kind.
        """
        if foreground_of(logits).mean() < self.least_share:
            return False
        clearer = clearness(logits) - self.least_clearness
        return clearer >= 0 if odds is None else odds + self.clearness_odds * clearer >= 0


@dataclass(frozen=True, slots=True, eq=False)
class RawOutputs:
    """The network's answer for one picture, at stride 4.

    Attributes:
        part_logits: Shape (14, h, w) float32.
        centre: Shape (h, w) float32, 0 to 1.
        offset: Shape (2, h, w) float32, (dy, dx) in stride-4 pixels from each pixel to the centre of its person.
    """

    part_logits: Plane
    centre: Plane
    offset: Plane

    @classmethod
    def of(cls, outputs: Mapping[str, Tensor]) -> "RawOutputs":
        """Take the first picture of a batch."""
        return cls(outputs["part_logits"][0], outputs["centre"][0, 0], outputs["offset"][0])


def decode(raw: RawOutputs, geometry: Geometry, options: DecodeOptions) -> ParsedFrame:
    """Label maps at frame size, and the persons with their scores and boxes, the surest first.

    Foreground that points to no person is dropped: it is far more often a bright shelf than somebody.
    """
    rows, columns = geometry.grid
    logits = raw.part_logits[:, :rows, :columns]
    foreground = foreground_of(logits)
    centres, scores = _find_centres(raw.centre[:rows, :columns], options)
    ids = _assign(foreground, raw.offset[:, :rows, :columns], centres, options.reach)
    believed = _believed(logits, ids, len(scores))
    anybody = ids
    ids, kept = _only(ids, _likely(logits, ids, scores, believed, options))
    doubtful = _doubtful(logits, foreground, anybody, ids, geometry)
    labels, person_ids = _at_frame_size(logits, ids, geometry)
    # Most of a picture shows nobody, and is not looked at again.
    around = _window_of(person_ids)
    there, seen = _only(person_ids[around], _areas(person_ids[around], len(kept)) > 0)
    person_ids[around] = there
    scores = np.minimum(scores[kept][seen], 1.0)
    beliefs = _of_body(believed[kept][seen])
    boxes = _boxes(there, len(scores), around)
    return ParsedFrame(labels, person_ids, scores, boxes, beliefs=beliefs, doubtful=doubtful)


def _window_of(person_ids: LabelMap) -> Window:
    """Around everybody."""
    left, top, width, height = cv2.boundingRect(person_ids)
    return slice(top, top + height), slice(left, left + width)


def _doubtful(
    logits: Plane, foreground: BoolMask, anybody: LabelMap, kept: LabelMap, geometry: Geometry
) -> Boxes:
    """Boxes, in the frame, of whoever is left out, and of pieces of heads that are nobody's.

    Args:
        logits: Shape (14, h, w) at stride 4.
        foreground: Shape (h, w), what is not background.
        anybody: Shape (h, w), persons before some were left out.
        kept: Those who are left.
        geometry: How the frame lies in the input.
    """
    left_out = np.where(kept == 0, anybody, 0).astype(np.uint8)
    pieces = [
        cv2.boundingRect((left_out == number).view(np.uint8)) for number in np.unique(left_out) if number
    ]
    loose = foreground & (anybody == 0)
    loose[loose] = np.isin(logits[:, loose].argmax(axis=0), _HEAD_CLASSES)
    count, _, stats, _ = cv2.connectedComponentsWithStats(loose.view(np.uint8))
    pieces += [tuple(piece[:4]) for piece in stats[1:count].tolist() if piece[4] >= _LEAST_LOOSE]
    step = np.array([geometry.width / geometry.scaled_width, geometry.height / geometry.scaled_height])
    corners = np.array([(x, y, x + wide, y + high) for x, y, wide, high in pieces]).reshape(-1, 4)
    return np.asarray(corners * STRIDE * np.tile(step, 2), np.float32)


def decode_middle(
    logits: Plane, geometry: Geometry, options: MiddleOptions, odds: float | None = None
) -> ParsedFrame:
    """The person in the middle of a crop, by a network that takes everybody else for background.

    Args:
        logits: Shape (14, h, w) float32 at stride 4.
        geometry: How the crop lies in the input.
        options: Thresholds.
        odds: What the finder says of whether somebody is there, as log odds.

    Returns:
        One person or none. The score is how likely this person's pixels are, on average, to be somebody's.
    """
    rows, columns = geometry.grid
    shown = logits[:, :rows, :columns]
    if not options.somebody(shown, odds):
        return ParsedFrame.empty(geometry.height, geometry.width)
    ids = foreground_of(shown).astype(np.uint8)
    believed = _believed(shown, ids, 1)
    labels, person_ids = _at_frame_size(shown, ids, geometry)
    around = _window_of(person_ids)
    if not person_ids[around].size:
        return ParsedFrame.empty(geometry.height, geometry.width)
    scores = np.array([1 - believed[0, 0]], np.float32)
    boxes = _boxes(person_ids[around], 1, around)
    return ParsedFrame(labels, person_ids, scores, boxes, beliefs=_of_body(believed))


def clearness(logits: Plane) -> float:
    """How clearly somebody stands out in a crop, 0 to 1.

    The beliefs that somebody's pixels are somebody's, summed, by the number of pixels of which that is believed at all. Where
    nobody is, much is thought possible and little is decided.

    Args:
        logits: Shape (14, h, w) float32.
    """
    powers = np.exp(logits - logits.max(axis=0))
    somebody = 1 - powers[0] / powers.sum(axis=0)
    thinkable = np.count_nonzero(somebody > _THINKABLE)
    return float(somebody[foreground_of(logits)].sum() / max(1, thinkable))


def foreground_of(logits: Plane) -> BoolMask:
    """Where a part and not the background is likeliest, shape (h, w); of equals the background counts.

    Args:
        logits: Shape (C, h, w) float32, the background first.
    """
    # A tenth of the time of `argmax`, which tells which part.
    return np.asarray(logits[1:].max(axis=0) > logits[0])


def _find_centres(heat: Plane, options: DecodeOptions) -> tuple[Points, Scores]:
    """Peaks of the heat map, highest first; of equal ones within a window, which int8 makes common, the upper left."""
    window = np.ones((options.peak_window, options.peak_window), np.uint8)
    peaks = (heat == cv2.dilate(heat, window)) & (heat > options.centre_threshold)
    ys, xs = np.nonzero(peaks)
    order = np.argsort(-heat[ys, xs], kind="stable")
    places = np.stack([ys[order], xs[order]], axis=1)
    places = places[_first_of_equals(places, options.peak_window // 2)][:_MOST_PERSONS]
    return places.astype(np.float32), heat[places[:, 0], places[:, 1]]


def _first_of_equals(places: npt.NDArray[np.intp], reach: int) -> BoolMask:
    """Which places, in their order, have no earlier one of these within that many rows and columns."""
    kept = np.ones(len(places), np.bool_)
    for number, place in enumerate(places):
        if kept[number]:
            kept[number + 1 :] &= np.abs(places[number + 1 :] - place).max(axis=1, initial=0) > reach
    return kept


def _assign(foreground: BoolMask, offset: Plane, centres: Points, reach: float) -> LabelMap:
    """Give each foreground pixel to the centre nearest to where it points; 0 is nobody."""
    ids = np.zeros(foreground.shape, np.uint8)
    ys, xs = np.nonzero(foreground)
    if len(centres) == 0 or len(ys) == 0:
        return ids
    pointed = np.stack([ys + offset[0, ys, xs], xs + offset[1, ys, xs]], axis=1)
    distance = np.linalg.norm(pointed[:, None, :] - centres[None, :, :], axis=2)
    nearest = distance.argmin(axis=1)
    reached = distance[np.arange(len(ys)), nearest] <= reach
    ids[ys[reached], xs[reached]] = nearest[reached] + 1
    return ids


def _likely(
    logits: Plane, ids: LabelMap, scores: Scores, believed: Believed, options: DecodeOptions
) -> BoolMask:
    """Which persons are large enough and, going by all of their pixels, sure enough."""
    mine, count = ids > 0, len(scores)
    owners, parts = ids[mine], logits[:, mine].argmax(axis=0)
    areas = np.maximum(1, _areas(ids, count))
    foreground = 1 - believed[:, 0]
    covered = [
        _sums(owners, count, np.isin(parts, [LITE_CLASSES.index(part) for part in region]))
        for region in _REGIONS
    ]
    regions = (np.stack(covered) > _SEEN * areas).sum(axis=0)
    doubtful = (regions < 2) | (scores < options.sure_centre)
    least = np.where(doubtful, options.least_foreground_of_doubtful, options.least_foreground)
    return np.asarray((areas >= options.least_area) & (foreground >= least))


def _believed(logits: Plane, ids: LabelMap, count: int) -> Believed:
    """How likely each person's pixels are, on average, to be of each class, shape (count, 14)."""
    mine = ids > 0
    owners, chosen = ids[mine], logits[:, mine]
    powers = np.exp(chosen - chosen.max(axis=0, initial=-np.inf))
    likely = powers / powers.sum(axis=0)
    sums = np.stack([_sums(owners, count, plane) for plane in likely], axis=1)
    return np.asarray(sums / np.maximum(1, _areas(ids, count))[:, None])


def _of_body(believed: Believed) -> Beliefs:
    """The same by `BodyPart`, shape (count, 24)."""
    beliefs = np.zeros((len(believed), len(BodyPart)), np.float32)
    beliefs[:, _TO_BODY_PART] = believed
    return beliefs


def _sums(owners: LabelMap, count: int, values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    """The sum of the values of each person's pixels, shape (count,)."""
    return np.asarray(np.bincount(owners, values, count + 1)[1:], np.float64)


def _areas(ids: LabelMap, count: int) -> npt.NDArray[np.intp]:
    """Pixels of each person, shape (count,)."""
    return np.bincount(ids.ravel(), minlength=count + 1)[1:]


def _only(ids: LabelMap, wanted: BoolMask) -> tuple[LabelMap, npt.NDArray[np.intp]]:
    """Drop the other persons and close the gaps in the numbers; also the old positions (id - 1) of those kept."""
    kept = np.flatnonzero(wanted)
    if len(kept) == len(wanted):
        return ids, kept
    table = np.zeros(_MOST_PERSONS + 1, np.uint8)
    table[kept + 1] = np.arange(1, len(kept) + 1)
    return (np.asarray(cv2.LUT(ids, table), np.uint8) if ids.size else ids), kept


def _at_frame_size(logits: Plane, ids: LabelMap, geometry: Geometry) -> tuple[LabelMap, LabelMap]:
    """Parts and persons at frame size, worked out only around those who are there."""
    labels = np.zeros((geometry.height, geometry.width), np.uint8)
    person_ids = np.zeros_like(labels)
    grown = np.where(ids > 0, ids, cv2.dilate(ids, np.ones((3, 3), np.uint8)))
    count, _, stats, _ = cv2.connectedComponentsWithStats((grown > 0).astype(np.uint8))
    for left, top, width, height, _area in stats[1:count]:
        # One more pixel on each side: enlarging looks at the neighbours.
        coarse = (
            slice(max(0, top - 1), min(ids.shape[0], top + height + 1)),
            slice(max(0, left - 1), min(ids.shape[1], left + width + 1)),
        )
        fine, to_coarse = _enlargement(coarse, geometry)
        parts = _enlarged_argmax(logits[:, *coarse], to_coarse, labels[fine].shape)
        owners = cv2.warpAffine(
            grown[coarse], to_coarse, parts.shape[::-1], flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        )
        mine = (parts > 0) & (owners > 0)
        labels[fine][mine] = parts[mine]
        person_ids[fine][mine] = owners[mine]
    return labels, person_ids


def _enlargement(coarse: Window, geometry: Geometry) -> tuple[Window, npt.NDArray[np.float64]]:
    """Where a window of the stride-4 grid lies in the frame, and the matrix from there back into the window (x, y).

    Pixel centres correspond: frame x + 0.5 is (x + 0.5) * scale in the input and a quarter of that on the grid.
    """
    fine: list[slice] = []
    matrix = np.zeros((2, 3))
    sizes = ((geometry.height, geometry.scaled_height), (geometry.width, geometry.scaled_width))
    for axis, (window, (size, scaled)) in enumerate(zip(coarse, sizes, strict=True)):
        step = scaled / size / STRIDE
        start, stop = max(0, int(window.start / step)), min(size, int(np.ceil(window.stop / step)))
        fine.append(slice(start, stop))
        row = 1 - axis
        matrix[row, row] = step
        matrix[row, 2] = (start + 0.5) * step - 0.5 - window.start
    return (fine[0], fine[1]), matrix


def _enlarged_argmax(logits: Plane, to_coarse: npt.NDArray[np.float64], shape: tuple[int, ...]) -> LabelMap:
    """Enlarge the logits bilinearly and decide, which gives smooth outlines.

    Class by class with a running maximum: no (14, H, W) array is ever made. Classes that win nowhere at stride 4 are left out: what
    could win only in between is a sliver that nobody misses, and half the time is saved.
    """
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    best = np.full(shape, -np.inf, np.float32)
    parts = np.zeros(shape, np.uint8)
    for channel in np.flatnonzero(np.bincount(logits.argmax(axis=0).ravel())):
        plane = cv2.warpAffine(
            logits[channel], to_coarse, shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        wins = plane > best
        np.maximum(best, plane, out=best)
        np.copyto(parts, _TO_BODY_PART[channel], where=wins)
    return parts


def _boxes(person_ids: LabelMap, count: int, window: Window) -> Boxes:
    """In the frame, of whoever is seen in that window of it."""
    boxes = np.zeros((count, 4), np.float32)
    for person in range(count):
        left, top, width, height = cv2.boundingRect((person_ids == person + 1).view(np.uint8))
        boxes[person] = left, top, left + width, top + height
    return boxes + np.array([window[1].start, window[0].start] * 2, np.float32)
