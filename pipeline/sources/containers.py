"""What files and cameras have in common for FFmpeg: opening, finding the pictures, decoding, time stamps."""

import threading
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

import av
from av import Packet, VideoCodecContext, VideoFrame, VideoStream
from av.container import InputContainer
from av.stream import Disposition, Stream

from domain.errors import SourceError
from domain.names import shown_name

if TYPE_CHECKING:
    AnyPacket: TypeAlias = Packet[Stream] | Packet[VideoStream]
else:
    # The class takes a parameter in its stub only.
    AnyPacket = Packet

_OPTIONS = {
    # A recording never makes FFmpeg fetch anything.
    "protocol_whitelist": "file",
    # Clip%03d.jpg is a name, not a pattern.
    "pattern_type": "none",
}
MOST_PIXELS = 16_384 * 8_192
"""A damaged header must not ask for gigabytes."""
_DRAWN_TEXT = {"tty", "bin", "adf", "idf", "xbin"}
_LISTS_OF_FILES = {"hls", "dash", "concat", "sdp", "rtsp", "sap", "lavfi", "ffmetadata"}
_COVER = Disposition.attached_pic | Disposition.timed_thumbnails
# Whose distances tell that of all.
_KEYFRAMES, _PICTURES = 3, 16
_LONGEST_STEP_S = 3_600.0
_DEFAULT_STEP_S = 0.04
# A damaged header must not make a picture of gigabytes.
_MOST_STRETCHED = 8
# Rounded widths, such as 1366 for 1365 1/3.
_HARDLY = 0.01
_SLOW_FPS = 2
"""A lower mean rate than this, and below the rate of most pictures, is that of a recording with pauses in it."""
_CURE = "name a video file (mp4, mkv, avi, gif or whatever else FFmpeg decodes)"


def open_file(path: Path, containers: Sequence[str] = ()) -> InputContainer:
    """Open a recording; nothing but this file is read, whatever is in it.

    Args:
        path: The file.
        containers: Kinds that it may be, by FFmpeg's names; without any, all. Others are refused before they are looked into.

    Raises:
        SourceError: FFmpeg cannot, or takes it for something that is no recording.
    """
    name = shown_name(path)
    options = _OPTIONS | ({"format_whitelist": ",".join(containers)} if containers else {})
    try:
        container = av.open(f"file:{path}", options=options, metadata_errors="replace")
    except av.PermissionError:
        raise SourceError(f"{name} may not be read; give this user the right to read it") from None
    except (av.FFmpegError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise SourceError(
            f"{name} is not a video, or is damaged or cut off ({said.lower()}); {_CURE}, or copy it again"
        ) from None
    if container.format.name == "webp_pipe" and _moves(path):
        container.close()
        raise SourceError(
            f"{name} is a moving WebP, which FFmpeg does not decode; convert it to a video first"
        )
    if set(container.format.name.split(",")) & (_DRAWN_TEXT | _LISTS_OF_FILES):
        taken_for = container.format.name
        container.close()
        raise SourceError(f"{name} is not a video (FFmpeg takes it for {taken_for}); {_CURE}")
    return container


def _moves(path: Path) -> bool:
    """Whether a WebP file says in its header that it is animated."""
    with path.open("rb") as file:
        header = file.read(21)
    return header[12:16] == b"VP8X" and bool(header[20] & 0x02)


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """The stream of pictures that FFmpeg holds for the main one; covers of music and thumbnails do not count.

    Raises:
        SourceError: There is none, or none that can be decoded; the message begins with `name`.
    """
    streams = [stream for stream in container.streams.video if not stream.disposition & _COVER]
    if not streams and container.streams.audio:
        raise SourceError(f"{name} has sound but no pictures; name something with video in it")
    if not streams:
        raise SourceError(f"{name} holds no video; name something with video in it")
    best = container.streams.best("video")
    stream = next((candidate for candidate in streams if candidate is best), streams[0])
    if not stream.codec_context:
        raise SourceError(f"{name} is coded in a way that FFmpeg does not decode; convert it to H.264 first")
    return stream


def prepare_decoder(
    stream: VideoStream, *, threads: int, strict: bool = False, most_pixels: int = MOST_PIXELS
) -> None:
    """Set up the decoder of a stream before its first packet.

    Args:
        stream: Of an open container.
        threads: 2 halve the time of a recording on two cores; a keyframe decoded alone gains nothing, and a live picture would come
            one frame late.
        strict: Refuse pictures with errors where the decoder does not mark them; see `marks_nothing`.
        most_pixels: Larger pictures are refused.
    """
    codec = stream.codec_context
    codec.options = {"max_pixels": str(most_pixels)} | ({"err_detect": "explode"} if strict else {})
    codec.thread_type = "AUTO"
    codec.thread_count = threads


def marks_nothing(stream: VideoStream) -> bool:
    """Whether FFmpeg's decoder gives out pictures of this stream with parts missing and does not say so, unless it is strict.

    Others that are strict refuse what they could have marked.
    """
    return stream.codec_context.name == "mjpeg"


def decode_keyframe(codec: VideoCodecContext, packet: AnyPacket | None) -> list[VideoFrame]:
    """Decode a keyframe alone: hand it in, drain, flush.

    FFmpeg's own `skip_frame=NONKEY` costs the same, but in streams with B-frames holds a keyframe back for up to two groups of
    pictures.

    Raises:
        av.FFmpegError: It cannot be decoded; the decoder is ready for the next one.
    """
    try:
        return [*codec.decode(packet), *codec.decode(None)]
    finally:
        codec.flush_buffers()


def usual_step_s(stream: VideoStream) -> float:
    """Usual distance between two frames in seconds, between a millisecond and 10 s; 25 frames a second where nobody says."""
    average, guessed = stream.average_rate, stream.guessed_rate
    paused = average is not None and guessed is not None and average < _SLOW_FPS and average < guessed
    rate = guessed if paused else average or guessed
    return min(10.0, max(0.001, 1.0 / float(rate))) if rate else _DEFAULT_STEP_S


def measured_step_s(path: Path, stop: threading.Event, *, keyframes_only: bool) -> float:
    """Distance of the first pictures of a recording, or of its first keyframes, in seconds; `usual_step_s` without time stamps.

    Headers may tell the rate of a camera that has left most pictures out, or the unit of its clock.

    Raises:
        SourceError: As `open_file` and `video_stream`.
    """
    with open_file(path) as container:
        stream = video_stream(container, shown_name(path))
        times: list[float] = []
        most = _KEYFRAMES if keyframes_only else _PICTURES
        try:
            for packet in container.demux(stream):
                time_s = stamp_s(packet, stream)
                if packet.size and time_s is not None and (packet.is_keyframe or not keyframes_only):
                    times.append(time_s)
                if len(times) > most or stop.is_set():
                    break
        except av.FFmpegError:
            # Whoever reads it will say so.
            pass
        steps = [after - before for before, after in pairwise(sorted(times)) if after > before]
        return min(_LONGEST_STEP_S, median(steps)) if steps else usual_step_s(stream)


def pixel_aspect(stream: VideoStream) -> Fraction:
    """Width of a pixel by its height; 1 where nobody says, where it is hardly anything else, or where it makes no sense."""
    aspect = stream.sample_aspect_ratio
    if not aspect or not 1 / _MOST_STRETCHED <= aspect <= _MOST_STRETCHED or abs(aspect - 1) < _HARDLY:
        return Fraction(1)
    return aspect


def stamp_s(timed: AnyPacket | VideoFrame, stream: Stream) -> float | None:
    """Time stamp of a packet or frame in seconds of its stream's own clock: when to show it, else when to decode it, else None."""
    stamp = timed.dts if timed.pts is None else timed.pts
    return None if stamp is None or not stream.time_base else float(stamp * stream.time_base)


def reason(error: av.FFmpegError) -> str:
    """What went wrong, without the address that FFmpeg adds."""
    return (error.strerror or type(error).__name__).lower()
