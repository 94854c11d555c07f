"""What a user means by the name of a source."""

import os
import re
from typing import Literal

from domain.urls import Address

SourceKind = Literal["path", "rtsp", "synthetic"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_FORGOTTEN_SCHEME = re.compile(r"[^/:]*:.*@", re.DOTALL)
_KINDS = "must be a file, a folder, an rtsp:// or rtsps:// address, or synthetic:"


def source_kind(location: str) -> SourceKind:
    """Whether a location names a camera, drawn people, or else a file or folder.

    `rtsp://` and `rtsps://` are cameras. Everything else is a path if there is something of that name, whatever it is called: a
    file may be named `synthetic:`, `a://b` or `user:pass@host`.

    Raises:
        ValueError: It is empty, an address of another kind, or one that names no host. The message quotes nothing but the scheme.
    """
    text = location.strip()
    if not text or "\0" in text:
        raise ValueError(_KINDS)
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() in {"rtsp", "rtsps"}:
        if not _names_one_host(text):
            raise ValueError(
                "must name a host and, if any, a port from 1 to 65535, as in rtsp://camera.example:554/stream"
            )
        return "rtsp"
    if os.path.lexists(location):
        return "path"
    if text.lower().startswith("synthetic:"):
        return "synthetic"
    if scheme:
        raise ValueError(f"{_KINDS}, and not {scheme[1]}://")
    if _FORGOTTEN_SCHEME.match(text):
        raise ValueError(
            "must name a file that is there; for the address of a camera write rtsp:// in front of it"
        )
    return "path"


def _names_one_host(text: str) -> bool:
    try:
        return len(Address.parse(text).hosts) == 1
    except ValueError:
        return False
