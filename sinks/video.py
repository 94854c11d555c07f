"""Overlays as a video that browsers play."""

import json
from pathlib import Path

import av
import cv2
import numpy as np

from domain.errors import OutputError
from domain.frame import BgrImage, LabelMap
from domain.names import shown_name
from domain.rendering import RenderedFrame
from sinks.staging import Beside, Staging, remove
from sinks.video_segments import TIME_BASE, Segment, SegmentWriter, gaps, join

# What browsers' hardware decoders take.
_LARGEST_SIDE = 4096
_NOTHING = json.dumps([None, 0.0, [], True, 0.0])
"""A mark of before there was a video."""


class VideoSink:
    """A `RewindableFrameSink` that writes overlays as H.264 in MP4, every frame at its own media time (variable frame rate).

    The video has the size of the first overlay, made even and at most 4096 pixels long; overlays of another size are scaled to fit
    and centred on black. It gets its name when it is finished, so a failure leaves nothing half-written and an earlier video
    untouched. Without any frame there is no file. Until then there is a file that plays, to which whoever goes on after a crash
    adds; its last pictures are missing, five seconds and one picture at most.

    A 768x432 frame takes 3.7 ms of CPU time, conversion included (`ultrafast`; `superfast` 7.5 ms at half the bytes).

    Args:
        path: The video, ending in `.mp4`.
        fps_hint: Frames a second to expect: sets how long the last frame is shown.
        staging: Where it is written before it gets its name.
        unfinished: A folder for what whoever goes on after a crash adds to; None where nobody will.
    """

    name = "overlay"

    def __init__(
        self, path: Path, *, fps_hint: float, staging: Staging | None = None, unfinished: Path | None = None
    ) -> None:
        self._path, self._unfinished = path, unfinished
        self._staging = staging or Beside()
        self._fps = max(0.01, fps_hint)
        self._segments: list[Segment] = []
        self._size: tuple[int, int] | None = None
        self._writer: SegmentWriter | None = None
        self._last_pts = -1
        self._origin_s = 0.0
        self._begins_late = self._closed = False
        self.missing_s = 0.0

    @property
    def wants_overlay(self) -> bool:
        """Always."""
        return True

    def write(self, rendered: RenderedFrame) -> None:
        """Encode one overlay.

        Raises:
            OutputError: The file cannot be written; the sink is closed then, and what it began is removed.
            ValueError: There is no overlay, or the sink is closed.
        """
        if rendered.overlay is None or self._closed:
            raise ValueError("a video needs overlays, and a sink that is open")
        try:
            writer = self._writer or self._begin(rendered.overlay, rendered.frame.media_time_s)
            pts = self._next_pts(rendered.frame.media_time_s)
            writer.write(_to_yuv(fit(rendered.overlay, *writer.size)), pts - self._segments[-1].origin)
        except (av.FFmpegError, OSError) as error:
            raise self._failed(error) from error

    def mark(self) -> str:
        """See `RewindableFrameSink.mark`: the pieces, where they begin, whether that is late, and what is missing in them."""
        segments = [[segment.path.name, segment.origin] for segment in self._segments]
        return json.dumps([self._size, self._origin_s, segments, self._begins_late, self.missing_s])

    def rewind(self, mark: str | None) -> None:
        """See `RewindableFrameSink.rewind`. Another piece begins with the next picture."""
        size, self._origin_s, segments, *more = json.loads(mark if mark is not None else _NOTHING)
        # Marks of before end there.
        self._begins_late, self.missing_s = more or [False, 0.0]
        if size is None or self._unfinished is None:
            return
        self._size = (size[0], size[1])
        self._segments = [self._segment(self._unfinished, name, origin) for name, origin in segments]
        if not self._segments[-1].path.exists() and self._path.exists():
            # Whoever was killed had put the video together, of which nobody knew yet: pieces go then, the newest first.
            self.missing_s += gaps(self._path, self._segments, 1 / self._fps)
            self._segments = [Segment(self._path, 0)]

    def _segment(self, folder: Path, name: str, origin: int) -> Segment:
        return Segment(self._path if name == self._path.name else folder / name, origin)

    def suspend(self) -> None:
        """See `RewindableFrameSink.suspend`: the newest piece is finished, so that nothing of it is missing.

        Raises:
            OutputError: It cannot be finished; nothing is left of the video.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if self._writer is not None:
                self._writer.finish()
        except (av.FFmpegError, OSError) as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Finish the video and give it its name.

        Raises:
            OutputError: It cannot be finished; nothing is left of it.
        """
        if self._closed:
            return
        self._closed = True
        if not self._segments or self._segments == [Segment(self._path, 0)]:
            return
        try:
            if self._writer is not None:
                self._writer.finish()
            staged = self._staging.stage(self._path)
            try:
                self.missing_s += join(
                    self._segments, staged, 1 / self._fps, last=self._writer.pictures if self._writer else 0
                )
            except (av.FFmpegError, OSError):
                remove(staged)
                raise
            self._staging.publish(staged, self._path)
        except (av.FFmpegError, OSError) as error:
            raise self._failed(error) from error
        self._remove()

    def _begin(self, overlay: BgrImage, media_time_s: float) -> SegmentWriter:
        if self._size is None:
            self._size, self._origin_s = _video_size(overlay), media_time_s
            self.missing_s = media_time_s if self._begins_late else 0.0
        if self._unfinished is None:
            path = self._staging.stage(self._path)
        else:
            path = self._unfinished / f"{self._path.stem}-{len(self._segments) + 1}{self._path.suffix}"
        origin = max(0, self._pts(media_time_s))
        self._segments.append(Segment(path, origin))
        self._last_pts = origin - 1
        self._writer = SegmentWriter(path, self._size, self._fps)
        return self._writer

    def _pts(self, media_time_s: float) -> int:
        return round((media_time_s - self._origin_s) / TIME_BASE)

    def _next_pts(self, media_time_s: float) -> int:
        """Time stamps must grow: one that does not is put right behind the one before."""
        self._last_pts = max(self._last_pts + 1, self._pts(media_time_s))
        return self._last_pts

    def _failed(self, error: Exception) -> OutputError:
        self._closed = True
        if self._writer is not None:
            self._writer.give_up()
        self._remove()
        reason = getattr(error, "strerror", None) or str(error)
        return OutputError(
            f"{shown_name(self._path)} cannot be written: {reason}; make room or run without --overlay"
        )

    def _remove(self) -> None:
        for segment in reversed(self._segments):
            if segment.path != self._path:
                remove(segment.path)


def fit(image: BgrImage, width: int, height: int) -> BgrImage:
    """The picture scaled to fit into width x height pixels, its shape kept, centred on black.

    Returns:
        Shape (height, width, 3) uint8; the picture itself where it has that size already.
    """
    rows, columns = image.shape[:2]
    if (rows, columns) == (height, width):
        return image
    scale = min(width / columns, height / rows)
    inner_width = min(width, max(1, round(columns * scale)))
    inner_height = min(height, max(1, round(rows * scale)))
    if (
        width - inner_width < 2 and height - inner_height < 2
    ):  # made even: a black line of one pixel helps nobody
        inner_width, inner_height = width, height
    canvas = np.zeros((height, width, 3), np.uint8)
    top, left = (height - inner_height) // 2, (width - inner_width) // 2
    shrinking = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas[top : top + inner_height, left : left + inner_width] = cv2.resize(
        image, (inner_width, inner_height), interpolation=shrinking
    )
    return canvas


def _video_size(image: BgrImage) -> tuple[int, int]:
    """Width and height in pixels, both even, as yuv420p needs them."""
    height, width = image.shape[:2]
    scale = min(1.0, _LARGEST_SIDE / max(height, width))
    return _even(width * scale), _even(height * scale)


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2 + 1e-9))


def _to_yuv(image: BgrImage) -> LabelMap:
    """BGR to planar YUV 4:2:0, shape (H * 3 / 2, W) uint8."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8)
