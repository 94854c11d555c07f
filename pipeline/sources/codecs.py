"""Which kinds of recordings and pictures this installation reads and writes."""

from typing import Literal

from av.codec import Codec
from av.codec.codec import UnknownCodecError
from PIL import features

DECODERS = ("h264", "hevc", "av1", "vp9", "mpeg4", "mjpeg")
"""What cameras and telephones send."""
ENCODER = "libx264"
"""Of the overlay."""


def missing_codecs() -> tuple[str, ...]:
    """What of it is not there, in a few words each; empty where all is there."""
    missing = [f"no decoder for {name}" for name in DECODERS if not _there(name, "r")]
    if not _there(ENCODER, "w"):
        missing.append("no encoder for the overlay")
    if not features.check("avif"):
        missing.append("no AVIF")
    return tuple(missing)


def _there(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        Codec(name, mode)
    except UnknownCodecError:
        return False
    return True
