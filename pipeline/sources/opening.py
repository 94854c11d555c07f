"""What a user means by the name of a source."""

import re
import unicodedata
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from domain.errors import SourceError
from domain.urls import encoded_url, redact_url

SourceKind = Literal["rtsp", "images", "file", "synthetic"]

_SCHEME = re.compile(r"(?P<name>[a-z][a-z0-9+.\-]*)://", re.IGNORECASE)
_SECRET_PARAMETER = re.compile(r"[\w\-]*=\*{3}")
_LONGEST_ID = 100


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
        return "images" if Path(location).is_dir() else "file"
    scheme = url["name"].lower()
    if scheme not in ("rtsp", "rtsps"):
        raise SourceError(
            f"{redact_url(text)} cannot be read: {scheme}:// is not understood; "
            "name a video file, a folder of images, rtsp://, rtsps:// or synthetic:"
        )
    if not urlsplit(encoded_url(text)).hostname:
        raise SourceError(f"{redact_url(text)} names no host; write rtsp://HOST/PATH")
    return "rtsp"


def default_stream_id(location: str) -> str:
    """A name for the stream of a source: a file without its ending, a folder, or host and path of a camera.

    It holds letters, digits, `.`, `_` and `-` only, at most 100 of them, so that it can name files and be a Kafka key, and never
    user or password. Different sources may get the same name.

    Raises:
        SourceError: As `source_kind`.
    """
    kind = source_kind(location)
    if kind == "rtsp":
        return _safe(_camera(location))
    if kind == "synthetic":
        return _safe(location.strip().partition("?")[0])
    path = Path(location)
    name = path.resolve().name if path.name in ("", "..") else path.name
    return _safe(name if kind == "images" else Path(name).stem)


def _camera(location: str) -> str:
    parts = urlsplit(redact_url(encoded_url(location)))
    query = _SECRET_PARAMETER.sub("", parts.query)  # a channel is often told by the query alone
    return "-".join(
        part
        for part in (parts.netloc.rpartition("@")[2], _SECRET_PARAMETER.sub("", parts.path), query)
        if part
    )


def _safe(text: str) -> str:
    plain = unicodedata.normalize("NFC", text)
    name = re.sub(r"-{2,}", "-", re.sub(r"[^\w.\-]", "-", plain)).strip("-.")
    return name[:_LONGEST_ID].rstrip("-.") or "stream"
