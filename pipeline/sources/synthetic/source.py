"""Drawn people as a frame source."""

import hashlib
import math
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from domain.errors import SourceError
from domain.frame import Frame, SourceItem
from pipeline.sources.base import SourcePosition, SourceStats
from pipeline.sources.sampling import TimeSampler
from pipeline.sources.synthetic.drawing import Drawing, DrawnPerson
from pipeline.sources.synthetic.options import SyntheticOptions, parse_location
from pipeline.sources.synthetic.sprites import load_sprites
from pipeline.sources.synthetic.truth import (
    SyntheticFrame,
    SyntheticGarment,
    SyntheticTruth,
    SyntheticVisit,
    nobody,
)
from pipeline.sources.synthetic.walkers import plan_walkers

_RECORDED_AT = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)


class SyntheticSource:
    """People who walk through a drawn shop, in clothes of known colours: `synthetic:?persons=4&seconds=30&seed=1`.

    The same location gives the same pictures, whatever is sampled of them. It is not live: it waits for whoever reads it.

    Args:
        location: `synthetic:`, or with options as in `SyntheticOptions`; or these themselves.
        stream_id: Name of the stream.
        sample_fps: Frames a second to sample at most.
        recorded_at: When the recording is said to have begun, with a time zone; by default 2026-01-01 09:00 UTC.
        limit_s: Seconds of media after which to end.

    Raises:
        SourceError: The location has a key or a value that means nothing.
        ValueError: `sample_fps` or `limit_s` is not above 0, or `recorded_at` has no time zone.
    """

    def __init__(
        self,
        location: str | SyntheticOptions,
        *,
        stream_id: str,
        sample_fps: float,
        recorded_at: datetime | None = None,
        limit_s: float | None = None,
    ) -> None:
        self._options = parse_location(location) if isinstance(location, str) else location
        self._recorded_at = recorded_at or _RECORDED_AT
        if self._recorded_at.utcoffset() is None:
            raise ValueError(f"recorded_at must carry a time zone, got {self._recorded_at.isoformat()}")
        if limit_s is not None and not limit_s > 0:
            raise ValueError(f"limit_s must be above 0, got {limit_s}")
        self._location = location if isinstance(location, str) else location.location
        self._stream_id = stream_id
        self._sample_fps = sample_fps
        self._sampler = TimeSampler(sample_fps)
        self._frames = self._options.frames
        if limit_s is not None:
            self._frames = min(self._frames, max(1, math.ceil(limit_s * self._options.fps - 1e-9)))
        self._drawing: Drawing | None = None
        self._done = 0
        self._closed = threading.Event()
        self._stats = SourceStats(0, 0, 0.0)

    @property
    def stream_id(self) -> str:
        """Name of the stream."""
        return self._stream_id

    @property
    def location(self) -> str:
        """As the user gave it."""
        return self._location

    @property
    def live(self) -> bool:
        """False: it waits."""
        return False

    @property
    def duration_s(self) -> float | None:
        """Length in seconds, the limit considered."""
        return self._frames / self._options.fps

    @property
    def picture_size(self) -> tuple[int, int] | None:
        """See `Measured`."""
        width, height = self._options.size
        return width, height

    @property
    def picture_step_s(self) -> float:
        """What is asked for."""
        return 1.0 / self._sample_fps

    @property
    def started_at(self) -> datetime | None:
        """When the recording is said to have begun."""
        return self._recorded_at

    def content(self) -> str | None:
        """What is drawn, as a fingerprint."""
        return hashlib.blake2b(self._options.location.encode(), digest_size=16).hexdigest()

    def open(self) -> None:
        """Make the people and the shop.

        Raises:
            SourceError: The pack of sprites that comes with Footfall is not there.
        """
        self._ready()

    def resume(self, position: SourcePosition) -> None:
        """See `FrameSource.resume`. Pictures that are left out are not drawn."""
        self._done, self._recorded_at = position.items, position.started_at or self._recorded_at

    def items(self) -> Iterator[SourceItem]:
        """Sampled frames in order; ends after the last, or after `close`."""
        drawing = self._ready()
        sampled = 0
        for index in range(self._frames):
            if self._closed.is_set():
                return
            time_s = index / self._options.fps
            taken = self._sampler.take(time_s)
            sampled += taken
            self._stats = SourceStats(index + 1, sampled, (index + 1) / self._options.fps)
            if taken and sampled > self._done:
                yield Frame(
                    stream_id=self._stream_id,
                    index=index,
                    sample_index=sampled - 1,
                    image=drawing.picture(drawing.people(time_s), index),
                    media_time_s=time_s,
                    event_time=self._recorded_at + timedelta(seconds=time_s),
                    time_source="file",
                )

    def stats(self) -> SourceStats:
        """Counts so far."""
        return self._stats

    def close(self) -> None:
        """End `items` before the next frame."""
        self._closed.set()

    def truth(self) -> SyntheticTruth:
        """The known answers. Any time, before `open` too.

        Raises:
            SourceError: The pack of sprites that comes with Footfall is not there.
        """
        drawing = self._ready()
        spans = [
            (span[0], walker, span[1])
            for walker in range(len(drawing.walkers))
            if (span := self._span(drawing, walker)) is not None
        ]
        spans.sort()
        visits = tuple(
            SyntheticVisit(
                visit=number,
                enter_s=first / self._options.fps,
                leave_s=last / self._options.fps,
                garments=tuple(SyntheticGarment(*worn) for worn in drawing.walkers[walker].outfit),
            )
            for number, (first, walker, last) in enumerate(spans, start=1)
        )
        visit_of = {walker: number for number, (_, walker, _) in enumerate(spans, start=1)}
        return SyntheticTruth(visits, self._frames, lambda index: self._frame_truth(drawing, visit_of, index))

    def _ready(self) -> Drawing:
        if self._drawing is None:
            try:
                pack = load_sprites()
            except OSError as error:
                raise SourceError(
                    f"{self._location}: Footfall's own sprites cannot be read ({error.strerror}); install it again"
                ) from error
            self._drawing = Drawing(self._options, pack, plan_walkers(self._options, pack))
        return self._drawing

    def _span(self, drawing: Drawing, walker: int) -> tuple[int, int] | None:
        """First and last frame that shows a pixel of this walker."""
        fps, way = self._options.fps, drawing.walkers[walker]
        frames = range(math.floor(way.start_s * fps), min(self._frames, math.ceil(way.end_s * fps) + 1))
        first = next((frame for frame in frames if drawing.place(walker, frame / fps) is not None), None)
        if first is None:
            return None
        return first, next(
            frame for frame in reversed(frames) if drawing.place(walker, frame / fps) is not None
        )

    def _frame_truth(self, drawing: Drawing, visit_of: dict[int, int], index: int) -> SyntheticFrame:
        if not 0 <= index < self._frames:
            raise IndexError(f"there are frames 0 to {self._frames - 1}, got {index}")
        width, height = self._options.size
        people = drawing.people(index / self._options.fps)
        shown = nobody(height, width)
        for person in people:
            seen = person.labels > 0
            shown.labels[person.window][seen] = person.labels[seen]
            shown.visit_map[person.window][seen] = visit_of[person.walker]
        ordered = sorted(people, key=lambda person: visit_of[person.walker])
        return SyntheticFrame(
            visits=tuple(visit_of[person.walker] for person in ordered),
            boxes=np.array([_box(person) for person in ordered], np.float32).reshape(-1, 4),
            labels=shown.labels,
            visit_map=shown.visit_map,
        )


def _box(person: DrawnPerson) -> tuple[float, float, float, float]:
    rows, columns = np.nonzero(person.labels)
    left, top = person.left, person.top
    return (
        float(left + columns.min()),
        float(top + rows.min()),
        float(left + columns.max() + 1),
        float(top + rows.max() + 1),
    )
