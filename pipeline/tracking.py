"""Persons over time, behind a small seam."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import supervision as sv
from trackers import BIoU, ByteTrackTracker

from domain.frame import Frame
from domain.parsing import UNTRACKED, ParsedFrame, TrackIds


class Tracker(Protocol):
    """Follows the persons of one stream from frame to frame. One thread, frames in order."""

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        """Give each person of the frame a track.

        Returns:
            Shape (N,) int64: entry i is the track of person i + 1, or UNTRACKED while its track is not confirmed yet. A track id is
            never used again for another person in the same run.
        """
        ...


@dataclass(frozen=True, slots=True)
class TrackingOptions:
    """How persons are followed.

    Attributes:
        sample_fps: Usual distance of frames; times of the frames themselves decide, this only scales the motion model.
        confirm_frames: A track is confirmed when it was matched in that many frames in a row.
        lost_after_s: A track not seen for longer is over; the same person coming back later is a new visit.
        least_score: Persons below that score neither begin a track nor match in the first round; they may continue one.
        least_overlap: Least overlap (IoU of the boxes grown by `growth`) of a person with where the track is expected.
        growth: Boxes are grown by this part of their size on every side before they are compared: at 5 frames a second somebody
            small walks further than the own width (buffered IoU; Yang et al., 2023).
    """

    sample_fps: float = 5.0
    confirm_frames: int = 2
    lost_after_s: float = 2.0
    least_score: float = 0.4
    least_overlap: float = 0.1
    growth: float = 0.3


class ByteTracker:
    """ByteTrack (Zhang et al., 2022) of the package `trackers`, on the boxes of the parsed persons and the frames' own times."""

    def __init__(self, options: TrackingOptions) -> None:
        self._tracker = ByteTrackTracker(
            lost_track_buffer=round(options.lost_after_s * 30),  # the package counts in frames of 30 a second
            frame_rate=options.sample_fps,
            track_activation_threshold=options.least_score,
            minimum_consecutive_frames=options.confirm_frames,
            minimum_iou_threshold=options.least_overlap,
            high_conf_det_threshold=options.least_score,
            iou=BIoU(options.growth),
        )

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        """See `Tracker.update`. Track ids begin at 1."""
        detections = sv.Detections(
            xyxy=np.array(parsed.boxes),
            confidence=np.array(parsed.scores),
            data={"position": np.arange(len(parsed))},
        )
        tracked = self._tracker.update(detections, timestamp=frame.media_time_s)
        track_ids = np.full(len(parsed), UNTRACKED, np.int64)
        if len(tracked):
            ids = np.asarray(tracked.tracker_id, np.int64)
            track_ids[tracked.data["position"]] = np.where(ids < 0, UNTRACKED, ids + 1)
        return track_ids
