"""Drawn clips and a parser with errors of its own: no network, so a change of the tracker is measured in a minute, always alike."""

import numpy as np

from benchmarks.accuracy.finding import boxes_of
from benchmarks.places.scenes import parsed_of
from benchmarks.places.seeing import Noisy
from benchmarks.tracking.clips import SAMPLE_FPS, ParsedClip, by_masks
from domain.frame import Frame, LabelMap
from domain.parsing import ParsedFrame
from pipeline.sources.synthetic.source import SyntheticSource
from pipeline.tracking.kalman import Floats

# Of those who stand before one another, two are seen as one that often in a frame, and in the next one again.
_MERGED, _STILL_MERGED = 0.2, 0.6
# Of the smaller of two boxes, from which they may be.
_TOGETHER = 0.35


class Merging:
    """Takes two who stand before one another for one, for some frames in a row, besides what `Noisy` does.

    Args:
        seed: What goes wrong.
    """

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([23, seed])
        self._noisy = Noisy(seed)
        self._merged: set[tuple[int, int]] = set()

    def __call__(self, frame: Frame, labels: LabelMap, people: LabelMap) -> ParsedFrame:
        """What such a parser sees.

        Args:
            frame: The picture.
            labels: Shape (H, W): the true parts.
            people: Shape (H, W): the true people.
        """
        people, merged = people.copy(), set()
        numbers, boxes = np.unique(people[people > 0]).tolist(), boxes_of(people).astype(np.float64)
        for one, far in enumerate(numbers):
            for other, near in enumerate(numbers):
                if boxes[one, 3] >= boxes[other, 3] or _shared(boxes[one], boxes[other]) < _TOGETHER:
                    continue
                likely = _STILL_MERGED if (far, near) in self._merged else _MERGED
                if self._rng.random() < likely:
                    people[people == far] = near
                    merged.add((far, near))
        self._merged = merged
        return self._noisy(frame, parsed_of(labels, people))


def composed_clip(name: str, location: str, seed: int) -> ParsedClip:
    """A location of the `synthetic:` source as `Merging` sees it."""
    source, sees = SyntheticSource(location, stream_id=name, sample_fps=SAMPLE_FPS), Merging(seed)
    known, frames, truth = source.truth(), [], []
    for item in source.items():
        if isinstance(item, Frame):
            true = known.at(item.index)
            parsed = sees(item, true.labels, true.visit_map)
            frames.append((item, parsed))
            truth.append(by_masks(true.visit_map, parsed))
    return ParsedClip(name, tuple(frames), tuple(truth))


def _shared(box: Floats, other: Floats) -> float:
    """Part of the smaller of two boxes that lies in the other."""
    sides = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    smaller = min(np.prod(box[2:] - box[:2]), np.prod(other[2:] - other[:2]))
    return float(np.prod(np.maximum(sides, 0)) / smaller)
