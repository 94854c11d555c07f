"""Picks a few overlay pictures of each stream for the report, in bounded memory."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from domain.events import FrameObserved
from domain.frame import BgrImage
from domain.rendering import CoveredFrame, RenderedFrame
from sinks.report import words
from sinks.report.data import Still


@dataclass(frozen=True, slots=True, order=True)
class Worth:
    """What makes a picture worth showing: many persons, tracks known, and as much of them in view as can be."""

    persons: int
    tracked: int
    visible: float


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A picture that may be shown. `picture` is pixels while its stretch of time still goes on, and JPEG from then on."""

    worth: Worth
    tracks: frozenset[int]
    stream_id: str
    media_time_s: float
    name: str | None
    picture: BgrImage | bytes

    def encoded(self, quality: int) -> "Candidate":
        """With its picture as JPEG."""
        if isinstance(self.picture, bytes):
            return self
        done, jpeg = cv2.imencode(".jpg", self.picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if not done:
            raise ValueError(f"OpenCV cannot encode a picture of shape {self.picture.shape}")
        return replace(self, picture=jpeg.tobytes())


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is kept of a stream.

    Attributes:
        stretch_s, current: Length of a stretch of time, and the newest.
        best: The best picture of each, by its number.
        plain: The emptiest picture, with nothing drawn over it.
    """

    stretch_s: float
    current: int
    best: Mapping[int, Candidate]
    plain: Candidate | None = None


@dataclass(slots=True)
class _Stream:
    """The best picture of each stretch of media time; stretches double in length when they become too many."""

    stretch_s: float = 2.0
    best: dict[int, Candidate] = field(default_factory=dict)
    current: int = -1
    plain: Candidate | None = None

    def stretch_of(self, frame: CoveredFrame) -> int:
        """The number of the stretch in which a frame lies."""
        return int(frame.media_time_s / self.stretch_s)

    def is_best(self, worth: Worth) -> bool:
        """Whether a picture worth that is the best of the newest stretch."""
        best = self.best.get(self.current)
        return best is None or worth > best.worth

    def is_plainest(self, worth: Worth) -> bool:
        """Whether a picture worth that is the emptiest."""
        return self.plain is None or worth < self.plain.worth


class StillCollector:
    """A `ChoosingFrameSink` that keeps the best overlays of each stream, spread over its time.

    How long a stream will be is not known while it runs. So its time is cut into stretches of which each keeps its best picture,
    and when there are more than twice as many as wanted, neighbours are joined. Held at any time, a stream: twice `stills_max` JPEG
    pictures and one uncompressed, `width_max` wide at most. Beside them the emptiest picture, covered but with nothing drawn
    over it, for the floor of the report.

    Args:
        stills_max: Of each stream.
        width_max: Pixels; wider overlays are reduced.
        quality: Of the JPEG, 0 to 100.
    """

    def __init__(self, *, stills_max: int = 4, width_max: int = 960, quality: int = 82) -> None:
        self._stills_max, self._width_max, self._quality = stills_max, width_max, quality
        self._streams: dict[str, _Stream] = {}

    @property
    def wants_overlay(self) -> bool:
        """Yes, those of some frames: see `wants_drawn`."""
        return True

    def wants_drawn(self, frame: CoveredFrame, observed: FrameObserved) -> bool:
        """Whether `write` would keep anything of this frame, or begin a stretch of time with it."""
        stream = self._streams.get(frame.stream_id)
        if stream is None or stream.stretch_of(frame) != stream.current:
            return True
        worth = _worth(frame, observed)
        return stream.is_best(worth) or stream.is_plainest(worth)

    def write(self, rendered: RenderedFrame) -> None:
        """Keep the overlay if it is the best of its stretch of time so far. A frame without an overlay is passed over."""
        if rendered.overlay is None:
            return
        frame = rendered.frame
        stream = self._streams.setdefault(frame.stream_id, _Stream())
        if (stretch := stream.stretch_of(frame)) != stream.current:
            self._next_stretch(stream, stretch)
            stream.current = stream.stretch_of(frame)
        worth = _worth(frame, rendered.observed)
        if stream.is_best(worth):
            stream.best[stream.current] = self._candidate(rendered, worth, rendered.overlay)
        if stream.is_plainest(worth):
            stream.plain = self._candidate(rendered, worth, frame.image).encoded(self._quality)

    def candidates(self, stream_id: str) -> "Candidates":
        """What is kept of a stream, all pictures as JPEG."""
        stream = self._streams.setdefault(stream_id, _Stream())
        for number, candidate in stream.best.items():
            stream.best[number] = candidate.encoded(self._quality)
        return Candidates(stream.stretch_s, stream.current, dict(stream.best), stream.plain)

    def restore(self, stream_id: str, candidates: "Candidates") -> None:
        """Keep these of a stream, and nothing else."""
        self._streams[stream_id] = _Stream(
            candidates.stretch_s, dict(candidates.best), candidates.current, candidates.plain
        )

    def close(self) -> None:
        """Nothing to finish; the stills can still be read."""

    @property
    def stills(self) -> list[Still]:
        """At most `stills_max` a stream, in order of time; empty scenes only where nothing else was seen."""
        return [still for stream in self._streams.values() for still in self._chosen(stream)]

    @property
    def floors(self) -> dict[str, Still]:
        """By stream the emptiest picture, without what overlays draw."""
        return {
            stream_id: self._still(stream.plain)
            for stream_id, stream in self._streams.items()
            if stream.plain is not None
        }

    def _candidate(self, rendered: RenderedFrame, worth: Worth, picture: BgrImage) -> Candidate:
        frame = rendered.frame
        tracks = frozenset(
            person.track_id for person in rendered.observed.persons if person.track_id is not None
        )
        return Candidate(
            worth, tracks, frame.stream_id, frame.media_time_s, frame.name, self._reduced(picture)
        )

    def _next_stretch(self, stream: _Stream, stretch: int) -> None:
        for number, candidate in stream.best.items():
            stream.best[number] = candidate.encoded(self._quality)
        while len(stream.best.keys() | {stretch}) > 2 * self._stills_max:
            stretch //= 2
            stream.stretch_s *= 2
            joined: dict[int, Candidate] = {}
            for number, candidate in stream.best.items():
                other = joined.get(number // 2)
                if other is None or candidate.worth > other.worth:
                    joined[number // 2] = candidate
            stream.best = joined

    def _chosen(self, stream: _Stream) -> list[Still]:
        found = list(stream.best.values())
        found = [candidate for candidate in found if candidate.worth.persons] or found[:1]
        found.sort(key=lambda candidate: candidate.worth, reverse=True)
        best = [*_of_new_tracks(found), *found]
        best = list(dict.fromkeys(best))[: self._stills_max]
        best.sort(key=lambda candidate: candidate.media_time_s)
        return [self._still(candidate) for candidate in best]

    def _still(self, candidate: Candidate) -> Still:
        picture = candidate.encoded(self._quality).picture
        where = candidate.name or f"at {words.duration(candidate.media_time_s)}"
        caption = f"{where}, {words.counted(candidate.worth.persons, 'person')}"
        return Still(candidate.stream_id, caption, bytes(picture))

    def _reduced(self, picture: BgrImage) -> BgrImage:
        height, width = picture.shape[:2]
        if width <= self._width_max:
            return picture.copy()
        size = self._width_max, max(1, round(height * self._width_max / width))
        return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _of_new_tracks(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Those that show somebody whom none before them shows, so that a long visit does not take all places."""
    shown: set[int] = set()
    for candidate in candidates:
        if candidate.tracks - shown:
            shown |= candidate.tracks
            yield candidate


def _worth(frame: CoveredFrame, observed: FrameObserved) -> Worth:
    persons = observed.persons
    height, width = frame.height, frame.width
    visible = 0.0
    for left, top, right, bottom in (person.box for person in persons):
        cut = left <= 0 or top <= 0 or right >= width or bottom >= height
        visible += (right - left) * (bottom - top) / (height * width) * (0.25 if cut else 1.0)
    return Worth(len(persons), sum(person.track_id is not None for person in persons), visible)
