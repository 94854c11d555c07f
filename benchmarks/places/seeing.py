"""From a scene to what Footfall counts in it: a parser that is not perfect, our tracker, tracks that break, the stages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analytics.building import DEFAULT, build_analytics
from analytics.observing import ObservationSettings
from analytics.stages.windows import WindowsSettings
from benchmarks.places.scenes import FPS, Scene, parsed_of
from domain.events import Event, LineCrossed, WindowClosed, ZoneVisitEnded
from domain.frame import Frame
from domain.labels import SHOES
from domain.parsing import UNTRACKED, ParsedFrame, TrackIds
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings

# Of the persons of a frame.
_OVERLOOKED, _FEET_MISSED = 0.03, 0.08
# Rows by which the outline of somebody's feet is wrong, standard deviation, as a share of the height.
_RAGGED = 0.012
# Breaks a second of each track, and how many frames somebody is not followed then.
_BREAKS_A_SECOND = 0.2
_GONE_FRAMES = 4
_TRACKING = ByteTrackSettings()


class Parses(Protocol):
    """Who sees a scene's pictures."""

    def __call__(self, frame: Frame, true: ParsedFrame) -> ParsedFrame:
        """The parse of a picture, of which the true one is known."""
        ...


class Noisy:
    """A parser that overlooks people, takes their shoes for floor, and sees their feet too high or too low."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([21, seed])

    def __call__(self, frame: Frame, true: ParsedFrame) -> ParsedFrame:
        """See `Parses`."""
        del frame
        labels, ids = true.labels.copy(), true.person_ids.copy()
        for number, (_, top, _, bottom) in enumerate(true.boxes.astype(int), start=1):
            mine = ids == number
            if self._rng.random() < _OVERLOOKED:
                labels[mine] = ids[mine] = 0
                continue
            if self._rng.random() < _FEET_MISSED:
                gone = mine & np.isin(labels, np.array(sorted(SHOES), np.uint8))
                labels[gone] = ids[gone] = 0
            wrong = max(0, round(float(self._rng.normal(0, _RAGGED)) * (bottom - top)))
            if wrong:
                labels[bottom - wrong : bottom][mine[bottom - wrong : bottom]] = 0
                ids[bottom - wrong : bottom][mine[bottom - wrong : bottom]] = 0
        return parsed_of(labels, ids)


@dataclass(frozen=True, slots=True)
class Counted:
    """What Footfall says of a scene.

    Attributes:
        crossings: Those that count, and the uncertain ones.
        stays: Stays in the zone.
        present_s: Seconds that persons were in the zone, by the windows.
    """

    crossings: tuple[LineCrossed, ...]
    stays: tuple[ZoneVisitEnded, ...]
    present_s: float


class Breaks:
    """Breaks tracks: from then on somebody has another number, after up to `_GONE_FRAMES` frames without any."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([22, seed])
        self._number: dict[int, int] = {}
        self._gone: dict[int, int] = {}
        self._next = 1000

    def __call__(self, parsed: ParsedFrame, track_ids: TrackIds) -> tuple[ParsedFrame, TrackIds]:
        """The frame as a tracker that breaks its tracks would have it: who is not followed is not in it."""
        kept, numbers = [], []
        for position, track_id in enumerate(track_ids.tolist()):
            if track_id == UNTRACKED:
                kept.append(position)
                numbers.append(UNTRACKED)
                continue
            if self._rng.random() < _BREAKS_A_SECOND / FPS:
                self._number[track_id] = self._next
                self._next += 1
                self._gone[track_id] = int(self._rng.integers(0, _GONE_FRAMES + 1))
            if self._gone.get(track_id, 0) > 0:
                self._gone[track_id] -= 1
                continue
            kept.append(position)
            numbers.append(self._number.get(track_id, track_id))
        return _only(parsed, kept), np.array(numbers, np.int64)


def _only(parsed: ParsedFrame, kept: list[int]) -> ParsedFrame:
    table = np.zeros(256, np.uint8)
    table[np.array(kept, np.intp) + 1] = np.arange(1, len(kept) + 1)
    ids = table[parsed.person_ids]
    return ParsedFrame(
        np.where(ids > 0, parsed.labels, np.uint8(0)),
        ids,
        parsed.scores[kept],
        parsed.boxes[kept],
        None if parsed.parsed is None else parsed.parsed[kept],
    )


class Follows(Protocol):
    """Who sees a scene's pictures in their order, and follows the people in them."""

    def __call__(self, frame: Frame, true: ParsedFrame) -> tuple[ParsedFrame, TrackIds]:
        """Who is seen in the next picture, of which the true parse is known, and their tracks, shape (N,)."""
        ...


class EveryFrame:
    """As a run with `parser.views: every`: everybody is parsed in every picture.

    Args:
        parses: Sees the pictures.
    """

    def __init__(self, parses: Parses) -> None:
        self._parses, self._tracker = parses, ByteTracker(_TRACKING)

    def __call__(self, frame: Frame, true: ParsedFrame) -> tuple[ParsedFrame, TrackIds]:
        """See `Follows`."""
        parsed = self._parses(frame, true)
        return parsed, self._tracker.update(frame, parsed)


class _Watch:
    """The stages of one stream; clothes are not looked at."""

    def __init__(self, scene: Scene, breaks: Breaks | None) -> None:
        self._breaks = breaks
        settings = {
            **DEFAULT,
            "observation": ObservationSettings(min_garment_pixels=1_000_000),
            "windows": WindowsSettings(lengths_s=(10,)),
        }
        self._analytics = build_analytics("scene", _TRACKING.lost_after_s, settings, scene.plan)
        self._events: list[Event] = []
        self._frames = 0

    def see(self, frame: Frame, parsed: ParsedFrame, track_ids: TrackIds) -> None:
        """The next picture."""
        if self._breaks is not None:
            parsed, track_ids = self._breaks(parsed, track_ids)
        self._events += self._analytics.observe(frame, parsed, track_ids)
        self._frames += 1

    def end(self) -> Counted:
        """What was counted."""
        return _counted([*self._events, *self._analytics.finish(self._frames, self._frames)])


def counted(scene: Scene, follows: Follows, *, seed: int) -> tuple[Counted, Counted]:
    """Run a scene through the stages: as it is, and with tracks that break."""
    whole, broken = _Watch(scene, None), _Watch(scene, Breaks(seed))
    for frame, true in scene.frames():
        parsed, track_ids = follows(frame, true)
        whole.see(frame, parsed, track_ids)
        broken.see(frame, parsed, track_ids)
    return whole.end(), broken.end()


def _counted(events: Sequence[Event]) -> Counted:
    zones = [
        (window.zones[0], window.coverage.seconds_observed)
        for window in events
        if isinstance(window, WindowClosed)
    ]
    return Counted(
        crossings=tuple(event for event in events if isinstance(event, LineCrossed)),
        stays=tuple(event for event in events if isinstance(event, ZoneVisitEnded)),
        present_s=sum(zone.occupancy_mean * seconds for zone, seconds in zones),
    )
