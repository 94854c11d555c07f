"""What a user means by the name of a source."""

import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from domain.errors import SourceError
from domain.urls import encoded_url, shown_location

SourceKind = Literal["rtsp", "images", "file", "synthetic"]

_SCHEME = re.compile(r"(?P<name>[a-z][a-z0-9+.\-]*)://", re.IGNORECASE)


def source_kind(location: str) -> SourceKind:
    """Which kind of source a location names.

    Args:
        location: A file, a folder of images, `rtsp://...`, `rtsps://...` or `synthetic:...`.

    Raises:
        SourceError: It is a URL of another kind, or empty.
    """
    text = location.strip()
    if text.lower().startswith("synthetic:"):
        return "synthetic"
    url = _SCHEME.match(text)
    if url is None:
        if not text:
            raise SourceError(
                "a source has no name; name a video file, a folder of images or rtsp://HOST/PATH"
            )
        return "images" if _is_folder(location) else "file"
    scheme = url["name"].lower()
    if scheme not in ("rtsp", "rtsps"):
        raise SourceError(
            f"{shown_location(text)} cannot be read: {scheme}:// is not understood; "
            "name a video file, a folder of images, rtsp://, rtsps:// or synthetic:"
        )
    if not urlsplit(encoded_url(text)).hostname:
        raise SourceError(f"{shown_location(text)} names no host; write rtsp://HOST/PATH")
    return "rtsp"


def _is_folder(location: str) -> bool:
    try:
        return Path(location).is_dir()
    except (
        OSError
    ):  # a name too long, a folder above it that may not be searched: opening the file will say which
        return False
