"""A video in pieces: one for each process that has written at it, each of which plays, however its process ended."""

import errno
import logging
import os
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import av
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream

from domain.frame import LabelMap
from domain.names import shown_name

_log = logging.getLogger(__name__)

TIME_BASE = Fraction(1, 90_000)
"""Of all time stamps here, seconds."""

_KEYFRAME_EVERY_S = 5.0
"""Also so that a viewer can jump about in a video of few frames a second. What is behind the last one dies with the process."""
_NEVER = 1 << 20
# What OpenCV's conversion makes; players guess by size where nothing is said.
_BT601, _LIMITED_RANGE = 5, 1


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a video.

    Attributes:
        path: MP4 in fragments.
        origin: When it begins in the whole video, in TIME_BASE.
    """

    path: Path
    origin: int


class SegmentWriter:
    """Writes one piece, H.264 in fragmented MP4. A fragment begins with each keyframe, and is in the file when the next one comes.

    Attributes:
        pictures: How many were written.

    Args:
        path: Where nothing is yet.
        size: Width and height in pixels, even.
        fps: Frames a second to expect.

    Raises:
        OSError, av.FFmpegError: It cannot be written.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: float) -> None:
        # FFmpeg opens it with the first packet only, which is late to find it cannot.
        path.touch()
        options = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}
        self._container: OutputContainer = av.open(f"file:{path}", "w", format="mp4", options=options)
        self._stream: VideoStream = self._container.add_stream(
            "libx264", rate=Fraction(fps).limit_denominator(1001)
        )
        self._stream.width, self._stream.height = self.size = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"preset": "ultrafast", "crf": "26"}
        codec = self._stream.codec_context
        codec.time_base = TIME_BASE
        codec.gop_size = _NEVER
        codec.thread_count = 2
        codec.colorspace, codec.color_range = _BT601, _LIMITED_RANGE
        self._lasts = round(1 / (fps * TIME_BASE))
        self._keyframe_at: int | None = None
        self.pictures = 0

    def write(self, yuv: LabelMap, pts: int) -> None:
        """Encode a picture.

        Args:
            yuv: Shape (H * 3 / 2, W) uint8, planar YUV 4:2:0.
            pts: When it is shown, since the beginning of the piece, in TIME_BASE; above that of the one before.

        Raises:
            OSError, av.FFmpegError: It cannot be written.
        """
        picture = av.VideoFrame.from_ndarray(yuv, format="yuv420p")
        picture.time_base, picture.pts, picture.duration = TIME_BASE, pts, self._lasts
        if self._keyframe_at is None or (pts - self._keyframe_at) * TIME_BASE >= _KEYFRAME_EVERY_S:
            self._keyframe_at, picture.pict_type = pts, PictureType.I
        self._container.mux(self._stream.encode(picture))
        self.pictures += 1

    def finish(self) -> None:
        """Write what is still in the encoder, and let the file go.

        Raises:
            OSError, av.FFmpegError: It cannot be written.
        """
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def give_up(self) -> None:
        """Let the file go, however it is."""
        with suppress(av.FFmpegError, OSError):
            self._container.close()


def join(segments: Sequence[Segment], target: Path, step_s: float, *, last: int) -> float:
    """Put the pieces together as one MP4 with its index in front, without encoding anything anew.

    Of a piece, what comes after the beginning of the next is left out: it was drawn again. A piece that cannot be read any more, or
    was coded otherwise, is missing.

    Args:
        segments: In order.
        target: Where to write.
        step_s: Usual distance of the pictures, seconds.
        last: How many pictures the last piece must hold. FFmpeg does not always say that the disk was full.

    Returns:
        Seconds of pictures that are missing between them, and before the first.

    Raises:
        OSError, av.FFmpegError: It cannot be written, or the last piece cannot be read.
    """
    target.touch()
    with av.open(f"file:{target}", "w", format="mp4", options={"movflags": "faststart"}) as container:
        with av.open(f"file:{segments[-1].path}") as newest:
            template = newest.streams.video[0]
            coding = template.codec_context.extradata
            stream = container.add_stream_from_template(template)
        shown_until, missing_s = 0.0, 0.0
        for segment, following in zip_longest(segments, segments[1:]):
            begins, left = True, last if following is None else 0
            for packet, at_s in _packets(segment, following, coding):
                if begins and at_s - shown_until > step_s / 2:
                    missing_s += at_s - shown_until
                begins, shown_until, left = False, at_s + step_s, left - 1
                packet.stream = stream
                container.mux(packet)
            if left > 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return missing_s


def gaps(whole: Path, segments: Sequence[Segment], step_s: float) -> float:
    """What `join` has returned of a video that it has put together of these pieces; 0.0 where it cannot be read any more."""
    moments: list[float] = []
    with suppress(OSError, av.FFmpegError, IndexError), av.open(f"file:{whole}") as source:
        video = source.streams.video[0]
        if video.time_base is not None:
            step = video.time_base
            moments += [float(packet.pts * step) for packet in source.demux(video) if packet.pts is not None]
    missing_s = 0.0
    for segment in segments:
        # The container rounds; a picture is never that near to another.
        begins = bisect_left(moments, float(segment.origin * TIME_BASE) - 0.001)
        shown_until = moments[begins - 1] + step_s if begins else 0.0
        if begins < len(moments) and moments[begins] - shown_until > step_s / 2:
            missing_s += moments[begins] - shown_until
    return missing_s


def _packets(
    segment: Segment, following: Segment | None, coding: bytes | None
) -> Iterator[tuple["av.Packet[VideoStream]", float]]:
    """Those of a piece up to the beginning of the next one, with time stamps of the whole video, the second time in seconds."""
    try:
        with av.open(f"file:{segment.path}") as source:
            video = source.streams.video[0]
            if video.codec_context.extradata != coding:
                raise OSError(0, "it was coded by another version")
            for packet in source.demux(video):
                if packet.pts is None or video.time_base is None:
                    continue
                pts = segment.origin + round(packet.pts * video.time_base / TIME_BASE)
                if following is not None and pts >= following.origin:
                    return
                lasts = round((packet.duration or 0) * video.time_base / TIME_BASE)
                packet.time_base, packet.pts, packet.dts, packet.duration = TIME_BASE, pts, pts, lasts
                yield packet, float(pts * TIME_BASE)
    except (OSError, av.FFmpegError, IndexError) as error:
        if following is None:
            raise
        why = getattr(error, "strerror", None) or str(error)
        _log.warning("the rest of %s is lost: %s", shown_name(segment.path), why)
