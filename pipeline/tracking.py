"""Persons over time, behind a small seam."""

from typing import Protocol

from domain.frame import Frame
from domain.parsing import ParsedFrame, TrackIds


class Tracker(Protocol):
    """Follows the persons of one stream from frame to frame. One thread, frames in order."""

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        """Give each person of the frame a track.

        Returns:
            Shape (N,) int64: entry i is the track of person i + 1, or UNTRACKED while its track is not confirmed yet. A track id is
            never used again for another person in the same run.
        """
        ...
