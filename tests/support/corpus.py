"""Small whole files in every format that is worth damaging."""

from pathlib import Path

import cv2

from tests.support.clips import ClipOptions, picture, steady, write_clip

RECORDINGS = {
    "back.mp4": ClipOptions(b_frames=2, sound_s=1.0),
    "front.mp4": ClipOptions(container=(("movflags", "faststart"),)),
    "fragments.mp4": ClipOptions(container=(("movflags", "frag_keyframe+empty_moov"),)),
    "clip.mkv": ClipOptions(b_frames=2),
    "clip.avi": ClipOptions(codec="mpeg4"),
    "clip.webm": ClipOptions(codec="libvpx"),
    "clip.ts": ClipOptions(),
    "clip.gif": ClipOptions(codec="gif", pixel_format="rgb8"),
    "motion.mov": ClipOptions(codec="mjpeg", pixel_format="yuvj420p"),
    "clip.flv": ClipOptions(codec="flv"),
}
PICTURES = ("1.jpg", "2.png", "3.webp", "4.bmp", "5.tif")


def write_recordings(folder: Path) -> list[Path]:
    """A clip of 1.5 s in each container and codec."""
    return [write_clip(folder / name, steady(15, 10), options) for name, options in RECORDINGS.items()]


def write_pictures(folder: Path) -> list[Path]:
    """One picture in each format."""
    for number, name in enumerate(PICTURES):
        cv2.imwrite(str(folder / name), picture(number))
    return [folder / name for name in PICTURES]
