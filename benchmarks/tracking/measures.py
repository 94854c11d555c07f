"""HOTA, IDF1 and MOTA of a tracker on a clip, computed by `trackers.eval`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from trackers.eval import compute_clear_metrics, compute_hota_metrics, compute_identity_metrics

from benchmarks.tracking.clips import Ids, ParsedClip, Similarities
from domain.frame import Frame
from domain.parsing import UNTRACKED, ParsedFrame, TrackIds

_PASSES = 9


class Follows(Protocol):
    """As `Tracker.update`."""

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        """Give each person of the frame a track."""
        ...


@dataclass(frozen=True, slots=True)
class Score:
    """How well a tracker did on a clip.

    Attributes:
        hota: Luiten et al., 2021; 0 to 1.
        idf1: Ristani et al., 2016; 0 to 1.
        mota: Bernardin and Stiefelhagen, 2008; at most 1.
        switches: How often a true person's track became another one.
    """

    hota: float
    idf1: float
    mota: float
    switches: int


def score(clip: ParsedClip, make: Callable[[], Follows]) -> Score:
    """Follow the clip and compare with its truth. Who belongs to no confirmed track was not found."""
    tracker = make()
    found = [tracker.update(frame, parsed) for frame, parsed in clip.frames]
    true_ids, track_ids, similarities = _columns(clip, found)
    clear = compute_clear_metrics(true_ids, track_ids, similarities)
    identity = compute_identity_metrics(true_ids, track_ids, similarities)
    hota = compute_hota_metrics(true_ids, track_ids, similarities)
    return Score(
        hota=float(hota["HOTA"]),
        idf1=float(identity["IDF1"]),
        mota=float(clear["MOTA"]),
        switches=int(clear["IDSW"]),
    )


def thread_milliseconds(clips: Sequence[ParsedClip], make: Callable[[], Follows], persons: int) -> float:
    """Processor time of a frame with so many persons: of each frame the best of several passes, of these the median.

    Frames with one person more or less count too. NaN where there is no such frame.
    """
    best: dict[tuple[str, int], float] = {}
    for _ in range(_PASSES):
        for clip in clips:
            tracker = make()
            for number, (frame, parsed) in enumerate(clip.frames):
                began = time.thread_time()
                tracker.update(frame, parsed)
                took = time.thread_time() - began
                if abs(len(parsed) - persons) <= 1:
                    key = clip.name, number
                    best[key] = min(best.get(key, took), took)
    return 1000 * float(np.median(list(best.values()))) if best else float("nan")


def _columns(clip: ParsedClip, found: Sequence[TrackIds]) -> tuple[list[Ids], list[Ids], list[Similarities]]:
    """True ids, track ids and similarities of each frame, ids counted from 0 without gaps."""
    kept = [(tracks != UNTRACKED) & truth.judged for tracks, truth in zip(found, clip.truth, strict=True)]
    tracks = [ids[which] for ids, which in zip(found, kept, strict=True)]
    similarities = [truth.similarities[:, which] for truth, which in zip(clip.truth, kept, strict=True)]
    return _renumbered([truth.ids for truth in clip.truth]), _renumbered(tracks), similarities


def _renumbered(ids: Sequence[Ids]) -> list[Ids]:
    known = np.unique(np.concatenate(ids))
    return [np.searchsorted(known, each) for each in ids]
