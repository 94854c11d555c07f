"""A recording as a frame source."""

import math
import threading
from collections.abc import Generator, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import av

from domain.errors import MediaBroken, SourceError
from domain.frame import BgrImage, Frame, SignalLost, SignalRestored, SourceItem
from domain.moments import check_moment
from domain.names import shown_name
from pipeline.sources.base import SourcePosition, SourceStats
from pipeline.sources.beginning import guessed_start
from pipeline.sources.containers import MOST_PIXELS, measured_step_s, reason
from pipeline.sources.content import content_of_file
from pipeline.sources.pauses import Pause
from pipeline.sources.pictures import ColorCheck, PictureConverter, shown_size
from pipeline.sources.recording import Picture, Recording
from pipeline.sources.sampling import TimeSampler


class FileSource:
    """Frames of a video file, sampled by their time stamps.

    Event times are the recording's start plus media time. The start is `recorded_at`; else the container's own `creation_time`,
    which cameras and phones write; else the time at which the file was last modified. That is a guess: a camera closes a file at
    the end of the recording, and a copy may be younger still. It is rounded down to `grid_s`, so that neither windows nor ids
    depend on it. Name `recorded_at` where the time of day matters.

    Damaged pictures are left out with a warning, and counted. A file that ends well before its declared end, or that cannot be read
    or decoded from some point on, raises MediaBroken after everything before that point was yielded. Where a container does
    not declare its length (MPEG-TS, a Matroska file that was never finished) nobody can tell that it was cut off. A pause, for
    which there are no pictures, is time without a signal.

    Args:
        path: The file.
        stream_id: Name of the stream.
        sample_fps: Frames a second to sample at most.
        keyframes_only: Decode keyframes only; then `frames_read` counts video packets seen instead of frames decoded.
        recorded_at: When the recording began, with a time zone.
        limit_s: Seconds of media after which to end.
        most_pixels: Larger pictures are left out as damaged ones are.
        grid_s: The time of modification is rounded down to a multiple of this, seconds.

    Raises:
        ValueError: `sample_fps` or `limit_s` is not above 0, or `recorded_at` has no time zone.
    """

    def __init__(  # noqa: PLR0913 - each is a setting
        self,
        path: Path,
        *,
        stream_id: str,
        sample_fps: float,
        keyframes_only: bool = False,
        recorded_at: datetime | None = None,
        limit_s: float | None = None,
        grid_s: int = 1,
        most_pixels: int = MOST_PIXELS,
    ) -> None:
        check_times(recorded_at, limit_s)
        self._path = path
        self._name = shown_name(path)
        self._stream_id = stream_id
        self._sample_fps = sample_fps
        # Also refuses a wrong rate at once.
        self._sampler = TimeSampler(sample_fps)
        self._keyframes_only = keyframes_only
        self._start, self._grid_s, self._most_pixels = recorded_at, grid_s, most_pixels
        self._limit_s = math.inf if limit_s is None else limit_s
        self._native_step_s = 0.0
        self._frames_sampled = 0
        self._done = 0
        self._colors = ColorCheck(str(path))
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._iterating = False
        self._recording: Recording | None = None
        self._first: Picture | None = None
        self._size: tuple[int, int] | None = None
        self._rest: Generator[Picture] | None = None

    @property
    def stream_id(self) -> str:
        """Name of the stream."""
        return self._stream_id

    @property
    def location(self) -> str:
        """The path as the user gave it, as `shown_name` shows it."""
        return self._name

    @property
    def live(self) -> bool:
        """False: a file waits."""
        return False

    @property
    def duration_s(self) -> float | None:
        """Declared length in seconds, or the limit if that is shorter; None before `open` and where nobody knows."""
        declared_s = self._recording.declared_s if self._recording else None
        return min(declared_s, self._limit_s) if declared_s is not None else None

    @property
    def picture_step_s(self) -> float:
        """That of the sampled pictures, or of those in the file where they are further apart."""
        return max(1.0 / self._sample_fps, self._native_step_s)

    @property
    def picture_size(self) -> tuple[int, int] | None:
        """See `Measured`."""
        return self._size

    @property
    def started_at(self) -> datetime | None:
        """When the recording began, after `open`."""
        return self._start

    def content(self) -> str | None:
        """The fingerprint of the file; see `content`."""
        return content_of_file(self._path)

    def open(self) -> None:
        """Open the file and decode its first picture.

        Raises:
            SourceError: There is no such file, or it is not a video with a picture in it.
        """
        refuse_unless_file(self._path)
        self._begin(strict=True)
        if self._first is None and self._recording is not None and self._recording.strict:
            # A camera that never writes quite what it should, rather than damage.
            self._begin(strict=False)
        if self._first is None or self._recording is None:
            raise SourceError(
                f"{self._name} holds no picture that can be decoded; it is damaged or cut off: copy or record it again"
            )
        self._native_step_s = (
            measured_step_s(self._path, self._stop, keyframes_only=True)
            if self._keyframes_only
            else self._recording.step_s
        )
        self._start = self._start or self._recording.created or guessed_start([self._path], self._grid_s)
        self._size = shown_size(self._first.frame, self._first.pixel_aspect)

    def resume(self, position: SourcePosition) -> None:
        """See `FrameSource.resume`. Pictures that are left out are decoded, since those behind them are built on them."""
        self._done, self._start = position.items, position.started_at or self._start

    def items(self) -> Iterator[SourceItem]:
        """Sampled frames in order, and between them, where the recording pauses, the loss and the return of its signal.

        Raises:
            MediaBroken: The file breaks in the middle; everything before was yielded.
        """
        with self._lock:
            self._iterating = True
        try:
            yield from self._frames()
        finally:
            with self._lock:
                self._iterating = False
                self._release()

    def stats(self) -> SourceStats:
        """Counts so far; the length of what was read never exceeds the limit."""
        recording = self._recording
        if recording is None:
            return SourceStats(0, 0, 0.0)
        return SourceStats(
            recording.frames_read,
            self._frames_sampled,
            min(recording.media_seconds, self._limit_s),
            recording.frames_damaged,
        )

    def close(self) -> None:
        """End `items` before the next packet; the file is closed by whoever reads it, or here if nobody does."""
        self._stop.set()
        with self._lock:
            if not self._iterating:
                self._release()

    def _begin(self, *, strict: bool) -> None:
        """Open the file and take its first picture, if there is one that can be converted."""
        self._sampler = TimeSampler(self._sample_fps)
        recording = Recording(
            self._path,
            self._sampler,
            self._keyframes_only,
            self._stop,
            strict=strict,
            most_pixels=self._most_pixels,
        )
        self._recording, self._rest = recording, recording.pictures()
        try:
            self._first = next(self._rest, None)
            if self._first is not None:
                PictureConverter().to_bgr(self._first.frame)
        except (MediaBroken, av.FFmpegError):
            self._first = None
        if self._first is None:
            recording.close()
            self._rest = None

    def _release(self) -> None:
        if self._rest is not None and self._recording is not None:
            self._rest.close()
            self._recording.close()
            self._first = self._rest = None

    def _frames(self) -> Iterator[SourceItem]:
        if self._first is None or self._rest is None or self._start is None:
            return
        converter = PictureConverter()
        position = 0
        for picture in chain([self._first], self._rest):
            if self._stop.is_set() or picture.media_time_s >= self._limit_s:
                return
            changes = list(self._without_signal(self._start, picture.pauses)) if self._frames_sampled else []
            begin, position = position, position + len(changes) + 1
            if position <= self._done:
                self._frames_sampled += 1
                continue
            frame = self._frame(converter, picture, self._start)
            yield from changes[max(0, self._done - begin) :]
            self._frames_sampled += 1
            yield frame

    def _frame(self, converter: PictureConverter, picture: Picture, start: datetime) -> Frame:
        return Frame(
            stream_id=self._stream_id,
            index=picture.index,
            sample_index=self._frames_sampled,
            image=self._converted(converter, picture),
            media_time_s=picture.media_time_s,
            event_time=start + timedelta(seconds=picture.media_time_s),
            time_source="file",
            frames_damaged=picture.frames_damaged,
            colors_known=self._colors.known(picture.frame),
        )

    def _without_signal(self, start: datetime, pauses: Iterable[Pause]) -> Iterator[SourceItem]:
        for pause in pauses:
            begin, end = (start + timedelta(seconds=at_s) for at_s in (pause.begin_s, pause.end_s))
            yield SignalLost(self._stream_id, begin, "file", "the recording has no pictures")
            yield SignalRestored(self._stream_id, end, "file", gap_s=pause.end_s - pause.begin_s)

    def _converted(self, converter: PictureConverter, picture: Picture) -> BgrImage:
        try:
            return converter.to_bgr(picture.frame, picture.pixel_aspect)
        except av.FFmpegError as error:
            raise MediaBroken(
                f"{self._name} breaks off after {picture.media_time_s:.1f} s: "
                f"its pictures change to {picture.frame.format.name}, which cannot be converted ({reason(error)})"
            ) from error


def check_times(recorded_at: datetime | None, limit_s: float | None) -> None:
    """Refuse a start without a time zone or at the ends of the calendar, and a limit that leaves nothing.

    Raises:
        ValueError: One of them is wrong.
    """
    if recorded_at is not None:
        try:
            check_moment(recorded_at)
        except ValueError as error:
            raise ValueError(f"recorded_at {error}") from None
    if limit_s is not None and not limit_s > 0:
        raise ValueError(f"limit_s must be above 0, got {limit_s}")


def refuse_unless_file(path: Path) -> None:
    """Make sure that there is a file with something in it.

    Raises:
        SourceError: There is not.
    """
    name = shown_name(path)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise SourceError(f"there is no file {name}; check the path") from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "the name is not valid"
        raise SourceError(f"{name} cannot be read ({said}); check the path and the rights on it") from None
    if path.is_dir():
        raise SourceError(f"{name} is a folder; name a video file, or a folder of images")
    if not path.is_file():
        raise SourceError(f"{name} is a device, a pipe or a socket; name a video file")
    if size == 0:
        raise SourceError(f"{name} is empty; copy or record it again")
