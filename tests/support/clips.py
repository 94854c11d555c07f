"""Small recordings made on the spot, with what real ones get wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from domain.frame import BgrImage

MILLISECONDS = Fraction(1, 1000)
DARK, BRIGHT = (40, 30, 20), (200, 220, 240)


@dataclass(frozen=True, slots=True)
class ClipOptions:
    """How to write a clip.

    Attributes:
        codec: Name of FFmpeg's encoder.
        pixel_format: As the encoder takes it.
        size: Width and height in pixels.
        keyframe_every: Frames from one keyframe to the next.
        b_frames: Frames between two that are predicted forwards.
        container: FFmpeg's options for the container.
        metadata: Of the container.
        sound_s: Seconds of silence beside the pictures.
        pixel_aspect: Width of a pixel by its height.
    """

    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    size: tuple[int, int] = (96, 64)
    keyframe_every: int = 10
    b_frames: int = 0
    container: tuple[tuple[str, str], ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    sound_s: float = 0.0
    pixel_aspect: Fraction = Fraction(1)


def picture(number: int, size: tuple[int, int] = (96, 64)) -> BgrImage:
    """A dark picture of that width and height with a bright upper left quarter and a bar that wanders with the number."""
    width, height = size
    image = np.full((height, width, 3), DARK, np.uint8)
    image[: height // 2, : width // 2] = BRIGHT
    left = (number * 4) % max(1, width - 8)
    image[height * 3 // 4 :, left : left + 8] = BRIGHT
    return image


def write_clip(
    path: Path,
    times_ms: Sequence[int | None],
    options: ClipOptions = ClipOptions(),
    paint: Callable[[int, tuple[int, int]], BgrImage] = picture,
) -> Path:
    """Write a clip with one picture at each of these times; the ending of the path names the container."""
    with av.open(str(path), "w", options=dict(options.container)) as container:
        container.metadata.update(dict(options.metadata))
        stream = _video(container, options)
        sound = container.add_stream("aac", rate=48_000) if options.sound_s else None
        for number, time_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(paint(number, options.size), format="bgr24")
            frame = frame.reformat(format=options.pixel_format)
            frame.pts, frame.time_base = time_ms, MILLISECONDS
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            _silence(container, sound, options.sound_s)
    return path


def steady(frames: int, fps: int, start_ms: int = 0) -> list[int]:
    """Times of that many frames at a constant rate, rounded to milliseconds as many containers do."""
    return [start_ms + round(1000 * number / fps) for number in range(frames)]


def write_sound(path: Path, seconds: float) -> Path:
    """Write a file with silence and no pictures."""
    with av.open(str(path), "w") as container:
        _silence(
            container,
            container.add_stream("pcm_s16le" if path.suffix == ".wav" else "aac", rate=48_000),
            seconds,
        )
    return path


def _video(container: OutputContainer, options: ClipOptions) -> VideoStream:
    stream = container.add_stream(options.codec, rate=25)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height = options.size
    stream.pix_fmt = options.pixel_format
    stream.codec_context.time_base = MILLISECONDS
    stream.codec_context.sample_aspect_ratio = options.pixel_aspect
    stream.codec_context.gop_size = options.keyframe_every
    stream.codec_context.thread_count = (
        1  # two would cut each picture into two slices, and bytes would depend on the machine
    )
    if options.codec == "libx264":
        stream.codec_context.max_b_frames = options.b_frames
        stream.options = {
            "preset": "ultrafast",
            "crf": "20",
            "bf": str(options.b_frames),
            "sc_threshold": "0",
        }
    return stream


def _silence(container: OutputContainer, stream: AudioStream, seconds: float) -> None:
    frame_samples = 1024
    for number in range(int(seconds * 48_000 / frame_samples)):
        frame = av.AudioFrame(format=stream.format.name, layout="stereo", samples=frame_samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.pts, frame.sample_rate = number * frame_samples, 48_000
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def demo_picture() -> BgrImage:
    """A frame of the demo clip with three persons in it, shape (432, 768, 3)."""
    with av.open(Path(__file__).parents[2] / "cli" / "demo" / "demo.mp4") as clip:
        frame = next(frame for index, frame in enumerate(clip.decode(video=0)) if index == 200)
        return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
