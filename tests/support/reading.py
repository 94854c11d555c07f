"""Reading clips through a source, and what must be seen in them."""

from datetime import datetime
from pathlib import Path

import numpy as np

from domain.frame import BgrImage, Frame
from pipeline.sources.base import FrameSource
from pipeline.sources.file import FileSource
from tests.support.clips import BRIGHT, DARK, ClipOptions

CONTAINERS = {
    "clip.mp4": ClipOptions(b_frames=2),
    "clip.mkv": ClipOptions(b_frames=2),
    "clip.mov": ClipOptions(),
    "clip.avi": ClipOptions(codec="mpeg4"),
    "clip.webm": ClipOptions(codec="libvpx"),
    "clip.ts": ClipOptions(b_frames=2),
    "clip.flv": ClipOptions(),
    "clip.gif": ClipOptions(codec="gif", pixel_format="rgb8"),
}
"""A clip in each kind of container, by file name."""


def read(source: FrameSource) -> list[Frame]:
    """Open it, read it to its end, close it."""
    source.open()
    frames = [item for item in source.items() if isinstance(item, Frame)]
    source.close()
    return frames


def source_of(path: Path, sample_fps: float = 100.0, **options: bool | float | datetime) -> FileSource:
    """A source of that file which takes every frame unless told otherwise."""
    return FileSource(path, stream_id="clip", sample_fps=sample_fps, **options)  # type: ignore[arg-type]  # one of them each


def assert_upright(image: BgrImage, tolerance: int = 12) -> None:
    """Bright in the upper left quarter, dark to the right of it."""
    height, width = image.shape[:2]
    bright, dark = image[height // 4, width // 4], image[height // 4, width * 3 // 4]
    np.testing.assert_allclose(bright, BRIGHT, atol=tolerance)
    np.testing.assert_allclose(dark, DARK, atol=tolerance)
