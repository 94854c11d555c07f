"""Which person of a frame is which track: two passes of ByteTrack and a third for those who were hidden.

1. Persons the parser is sure of go to the tracks they fit best. 2. Those it is not sure of go to what tracks are left; they
may be somebody half hidden (Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", 2022). Where
two are expected in one place and one is seen, it is more likely the nearer one. 3. Whoever is still left may be somebody who
walked on unseen, or far between two frames: such a one is known again by the clothes, as far away as the time allows.
"""

import numpy as np

from domain.frame import BoolMask
from domain.parsing import ParsedFrame
from pipeline.tracking.assignment import Indices, assign
from pipeline.tracking.boxes import grown_overlaps
from pipeline.tracking.kalman import Floats
from pipeline.tracking.occlusion import hidden_shares
from pipeline.tracking.settings import ByteTrackSettings
from pipeline.tracking.silhouettes import Silhouettes, color_differences, outline_overlaps
from pipeline.tracking.tracks import Tracks, shifts, silhouettes_of

NOBODY = -1

# Weights of what is compared.
_BOX, _OUTLINE, _COLORS = 0.5, 1.0, 1.0
# Cost of a pair that is just as likely none.
_MOST = 2 / 3 * (_BOX + _OUTLINE + _COLORS)
# Cost in the place of box and outline where nothing is known of the motion.
_UNSEEN = 0.6 * (_BOX + _OUTLINE)
# A second: trust in the motion of somebody unseen is halved after half a second, in favour of the colours.
_FORGETS = 2.0
# Cost of somebody whom another one hides wholly: who is seen there is more likely the nearer one.
_HIDDEN = 0.4
# Difference of colours up to which two may be one.
_DRESSED_ALIKE = 0.6
# Overlap of boxes from which somebody is in the expected place, whatever the colours, if seen in the frame before and no more
# seconds ago than that: whoever comes into the picture or is cut by its border shows other parts in each frame.
_IN_PLACE, _JUST_NOW = 0.6, 0.5
# Difference of colours up to which two may be one, where nothing else tells.
_KNOWN_AGAIN = 0.35
# By so much nobody else may be dressed as much like.
_UNLIKE = 0.05
# Heights, and heights a second, that somebody unseen may have moved off.
_REACH, _WALK = 0.5, 0.8


def associate(
    tracks: Tracks,
    seen: Silhouettes,
    parsed: ParsedFrame,
    times_s: tuple[float, float],
    settings: ByteTrackSettings,
) -> Indices:
    """Match, one person with one track at most.

    Args:
        tracks: Moved on to now.
        seen: The persons of the frame.
        parsed: The frame.
        times_s: Media times of the frame before and of this one.
        settings: Thresholds.

    Returns:
        Shape (N,): for each person the position of its track, or NOBODY.
    """
    before_s, now_s = times_s
    matching = _Matching(len(tracks), len(parsed))
    if not len(tracks) or not len(parsed):
        return matching.track_of
    known, sure = silhouettes_of(tracks), parsed.scores >= settings.least_score
    colors = color_differences(known, seen)
    boxes = grown_overlaps(tracks["box"], seen.boxes, settings.growth)
    outlines = outline_overlaps(known, shifts(tracks, now_s), seen, parsed.person_ids)
    trust = 1 / (1 + _FORGETS * (before_s - tracks["seen_s"]))[:, None]
    motion = trust * (_BOX * (1 - boxes) + _OUTLINE * (1 - outlines)) + (1 - trust) * _UNSEEN
    costs = motion + (2 - trust) * _COLORS * colors + _HIDDEN * hidden_shares(tracks["box"])[:, None]
    known_now = (colors <= _DRESSED_ALIKE) | _in_place(tracks, seen, times_s)
    allowed = (boxes >= settings.least_overlap) & known_now
    # Step 1.
    matching.match(costs, allowed & sure, _MOST)
    # Step 2.
    matching.match(costs, allowed & ~sure, _MOST)
    if matching.left:
        away = _heights_away(tracks, seen) / (_REACH + _WALK * (now_s - tracks["seen_s"]))[:, None]
        again = (away <= 1) & _unlike_others(colors) & sure
        # Step 3.
        matching.match(away + colors / _KNOWN_AGAIN, again, 2.0)
    return matching.track_of


class _Matching:
    """Pairs, as they are found."""

    def __init__(self, tracks: int, persons: int) -> None:
        self._free_tracks = np.ones(tracks, np.bool_)
        self.track_of = np.full(persons, NOBODY, np.intp)

    @property
    def left(self) -> bool:
        """Whether there are tracks and persons without each other."""
        return bool(self._free_tracks.any() and (self.track_of == NOBODY).any())

    def match(self, costs: Floats, allowed: BoolMask, most: float) -> None:
        """Match who is left."""
        free = self._free_tracks[:, None] & (self.track_of == NOBODY)
        rows, columns = assign(costs, allowed & free, most)
        self.track_of[columns] = rows
        self._free_tracks[rows] = False


def _in_place(tracks: Tracks, seen: Silhouettes, times_s: tuple[float, float]) -> BoolMask:
    """Pairs of somebody seen a moment ago and who is where that one is expected; shape (T, N)."""
    before_s, now_s = times_s
    recent = (tracks["seen_s"] >= before_s) & (now_s - before_s <= _JUST_NOW)
    return np.asarray(recent[:, None] & (grown_overlaps(tracks["box"], seen.boxes, 0.0) >= _IN_PLACE))


def _unlike_others(colors: Floats) -> BoolMask:
    """Pairs that the clothes alone tell: alike, and nobody else's track is dressed as much like that person; shape (T, N).

    So nobody is known again by the clothes where all wear the same, or where a camera by night sees no colours.
    """
    others = np.full(colors.shape, np.inf)
    if len(colors) > 1:
        first, second = np.partition(colors, 1, axis=0)[:2]
        others = np.where(colors == first, second, first)
    return np.asarray((colors <= _KNOWN_AGAIN) & (colors + _UNLIKE <= others))


def _heights_away(tracks: Tracks, seen: Silhouettes) -> Floats:
    """How far each person is from where each track is expected, or from where it was seen, whichever is nearer; shape (T, N)."""
    tall = np.maximum(np.maximum(tracks["box"][:, None, 3], seen.boxes[None, :, 3]), 1.0)
    expected = np.hypot(*np.moveaxis(tracks["box"][:, None, :2] - seen.boxes[None, :, :2], 2, 0))
    before = np.hypot(*np.moveaxis(tracks["seen_box"][:, None, :2] - seen.boxes[None, :, :2], 2, 0))
    return np.asarray(np.minimum(expected, before) / tall)
