"""ByteTrack on whole persons: motion, outlines and the colours of clothes, part by part (ADR 0012)."""

import numpy as np

from analytics.snapshots import as_json, must_be_same, state_from
from domain.frame import BoolMask, Frame
from domain.parsing import UNTRACKED, ParsedFrame, TrackIds
from pipeline.tracking.assignment import Indices
from pipeline.tracking.association import NOBODY, associate
from pipeline.tracking.base import TrackerSnapshot
from pipeline.tracking.occlusion import contested
from pipeline.tracking.settings import ByteTrackSettings
from pipeline.tracking.silhouettes import Silhouettes, remembered
from pipeline.tracking.tracks import (
    ByteTrackState,
    motion_of,
    new_tracks,
    no_tracks,
    silhouettes_of,
    write,
)

# Share of this frame in the colours that are remembered.
_FRESH_COLORS = 0.4


class ByteTracker:
    """See `Tracker`. Track ids begin at 1.

    Args:
        settings: Thresholds.
    """

    def __init__(self, settings: ByteTrackSettings | None = None) -> None:
        self._settings = settings or ByteTrackSettings()
        self._tracks = no_tracks()
        self._next_id = 1
        self._time_s: float | None = None

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        """See `Tracker.update`."""
        before_s = frame.media_time_s if self._time_s is None else self._time_s
        now_s = self._time_s = max(before_s, frame.media_time_s)
        self._move_on(before_s, now_s)
        seen = Silhouettes.of(frame, parsed)
        track_of = associate(self._tracks, seen, parsed, (before_s, now_s), self._settings)
        self._see(seen, track_of, now_s)
        self._begin(seen, track_of, parsed.scores >= self._settings.least_score, now_s)
        self._confirm()
        # NOBODY is the last position.
        ids = np.append(self._tracks["track_id"], 0)[track_of]
        self._tracks = self._tracks[(self._tracks["track_id"] > 0) | (self._tracks["seen_s"] >= now_s)]
        return np.where(ids > 0, ids, UNTRACKED)

    def snapshot(self) -> TrackerSnapshot:
        """See `Tracker.snapshot`."""
        state = ByteTrackState.of(self._tracks, self._next_id, self._time_s)
        # What `as_json` returns needs no checking, which would take as long as all the rest.
        return TrackerSnapshot.model_construct(
            kind=self._settings.kind, settings=as_json(self._settings), state=as_json(state)
        )

    def restore(self, snapshot: TrackerSnapshot) -> None:
        """See `Tracker.restore`."""
        must_be_same(snapshot.kind, self._settings.kind, of="the tracker", path="kind")
        must_be_same(snapshot.settings, as_json(self._settings), of="the tracker")
        state = state_from(ByteTrackState, snapshot.state, of="the tracker")
        self._tracks, self._next_id, self._time_s = state.array(), state.next_id, state.time_s

    def _move_on(self, before_s: float, now_s: float) -> None:
        """Forget who was not seen for too long, and expect the others where they should be now."""
        self._tracks = self._tracks[now_s - self._tracks["seen_s"] <= self._settings.lost_after_s]
        write(self._tracks, motion_of(self._tracks).after(now_s - before_s), silhouettes_of(self._tracks))

    def _see(self, seen: Silhouettes, track_of: Indices, now_s: float) -> None:
        """Correct the tracks of those who were matched; by what may be two people in one, no colours."""
        two = contested(self._tracks["box"], now_s - self._tracks["seen_s"], seen.boxes, track_of)
        matched = np.flatnonzero(track_of != NOBODY)
        tracks, now = self._tracks[track_of[matched]], seen.of_persons(matched)
        fresh = np.where(two[matched], 0.0, _FRESH_COLORS)
        tracks["frames"] += 1
        tracks["seen_s"] = now_s
        write(tracks, motion_of(tracks).seen(now.boxes), remembered(silhouettes_of(tracks), now, fresh))
        self._tracks[track_of[matched]] = tracks

    def _begin(self, seen: Silhouettes, track_of: Indices, sure: BoolMask, now_s: float) -> None:
        """Begin a track for each other person that the parser is sure of, and note its position in `track_of`."""
        new = np.flatnonzero((track_of == NOBODY) & sure)
        track_of[new] = len(self._tracks) + np.arange(len(new))
        self._tracks = np.concatenate([self._tracks, new_tracks(seen.of_persons(new), now_s)])

    def _confirm(self) -> None:
        """Number the tracks that have been seen often enough; until then one that is missed once is dropped."""
        due = np.flatnonzero(
            (self._tracks["track_id"] == 0) & (self._tracks["frames"] >= self._settings.confirm_frames)
        )
        self._tracks["track_id"][due] = self._next_id + np.arange(len(due))
        self._next_id += len(due)
