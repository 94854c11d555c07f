"""Overlays as a video that browsers play."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np

from domain.errors import OutputError
from domain.frame import BgrImage, LabelMap
from domain.names import shown_name
from domain.rendering import RenderedFrame
from sinks.staging import Beside, Staging, remove

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

_TIME_BASE = Fraction(1, 90_000)
# What browsers' hardware decoders take.
_LARGEST_SIDE = 4096
# So that a viewer can jump about in a video of few frames a second.
_SECONDS_BETWEEN_KEYFRAMES = 5.0
# What OpenCV's conversion makes; players guess by size where nothing is said.
_BT601, _LIMITED_RANGE = 5, 1


class VideoSink:
    """A `FrameSink` that writes overlays as H.264 in MP4, every frame at its own media time (variable frame rate).

    The video has the size of the first overlay, made even and at most 4096 pixels long; overlays of another size are scaled to fit
    and centred on black. It gets its name when it is finished, so a failure leaves nothing half-written and an earlier video
    untouched. Without any frame there is no file.

    A 768x432 frame takes 3.7 ms of CPU time, conversion included (`ultrafast`; `superfast` 7.5 ms at half the bytes).

    Args:
        path: The video, ending in `.mp4`.
        fps_hint: Frames a second to expect: sets how far keyframes are apart and how long the last frame is shown.
        staging: Where it is written before it gets its name.
    """

    def __init__(self, path: Path, *, fps_hint: float, staging: Staging | None = None) -> None:
        self._path = path
        self._staging = staging or Beside()
        self._staged: Path | None = None
        self._fps = max(0.01, fps_hint)
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._last_pts = -1
        self._origin_s = 0.0
        self._closed = False

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
            stream = self._stream or self._open(rendered.overlay, rendered.frame.media_time_s)
            picture = av.VideoFrame.from_ndarray(
                _to_yuv(fit(rendered.overlay, stream.width, stream.height)), format="yuv420p"
            )
            picture.time_base = _TIME_BASE
            picture.pts = self._next_pts(rendered.frame.media_time_s)
            picture.duration = round(1 / (self._fps * _TIME_BASE))
            self._mux(stream.encode(picture))
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
        if self._container is None or self._stream is None or self._staged is None:
            return
        try:
            self._mux(self._stream.encode(None))
            self._container.close()
            self._staging.publish(self._staged, self._path)
        except (av.FFmpegError, OSError) as error:
            raise self._failed(error) from error

    def _open(self, overlay: BgrImage, origin_s: float) -> "VideoStream":
        self._origin_s = origin_s
        self._staged = self._staging.stage(self._path)
        # FFmpeg opens it with the first packet only, which is late to find it cannot.
        self._staged.touch()
        self._container = av.open(
            f"file:{self._staged}", "w", format="mp4", options={"movflags": "faststart"}
        )
        self._stream = stream = self._container.add_stream(
            "libx264", rate=Fraction(self._fps).limit_denominator(1001)
        )
        stream.width, stream.height = _video_size(overlay)
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "26"}
        codec = stream.codec_context
        codec.time_base = _TIME_BASE
        codec.gop_size = max(1, round(self._fps * _SECONDS_BETWEEN_KEYFRAMES))
        codec.thread_count = 2
        codec.colorspace, codec.color_range = _BT601, _LIMITED_RANGE
        return stream

    def _next_pts(self, media_time_s: float) -> int:
        """Time stamps must grow: one that does not is put right behind the one before."""
        pts = max(self._last_pts + 1, round((media_time_s - self._origin_s) / _TIME_BASE))
        self._last_pts = pts
        return pts

    def _mux(self, packets: "list[av.Packet[VideoStream]]") -> None:
        if self._container is not None:
            self._container.mux(packets)

    def _failed(self, error: Exception) -> OutputError:
        self._closed = True
        container, self._container, self._stream = self._container, None, None
        if container is not None:
            with suppress(
                av.FFmpegError, OSError
            ):  # it failed before; what matters is that the file is let go
                container.close()
        if self._staged is not None:
            remove(self._staged)
        reason = getattr(error, "strerror", None) or str(error)
        return OutputError(
            f"{shown_name(self._path)} cannot be written: {reason}; make room or run without --overlay"
        )


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
