"""What Footfall tracked with before: ByteTrack of the package `trackers`, on boxes alone."""

import numpy as np
import supervision as sv
from trackers import BIoU, ByteTrackTracker

from domain.frame import Frame
from domain.parsing import UNTRACKED, ParsedFrame, TrackIds


class BoxTracker:
    """With the settings that were Footfall's defaults at 5 frames a second."""

    def __init__(self, sample_fps: float = 5.0, lost_after_s: float = 2.0) -> None:
        self._tracker = ByteTrackTracker(
            lost_track_buffer=round(lost_after_s * 30),  # the package counts in frames of 30 a second
            frame_rate=sample_fps,
            track_activation_threshold=0.4,
            minimum_consecutive_frames=2,
            minimum_iou_threshold=0.1,
            high_conf_det_threshold=0.4,
            iou=BIoU(0.3),
        )

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        """See `pipeline.tracking.base.Tracker.update`."""
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
