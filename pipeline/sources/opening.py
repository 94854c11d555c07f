"""What a user means by the name of a source, and what lies there."""

from pathlib import Path
from typing import Literal

from domain import locations
from domain.errors import SourceError
from domain.names import shown_name
from domain.urls import shown_location

SourceKind = Literal["rtsp", "images", "file", "synthetic"]


def source_kind(location: str) -> SourceKind:
    """Which kind of source a location names.

    Args:
        location: A file, a folder of images, `rtsp://...`, `rtsps://...` or `synthetic:...`.

    Raises:
        SourceError: It is an address of another kind, one without a host, or empty.
    """
    try:
        kind = locations.source_kind(location)
    except ValueError as error:
        raise SourceError(f"the source {_veiled(location)} cannot be read: it {error}") from None
    if kind == "path":
        return "images" if _is_folder(location) else "file"
    return kind


def _veiled(location: str) -> str:
    """Nothing of what looks like an address whose parts cannot be told apart."""
    if "://" in location:
        return shown_location(location)
    return "***" if "@" in location else f"'{shown_name(location)}'"


def _is_folder(location: str) -> bool:
    try:
        return Path(location).is_dir()
    except (
        OSError
    ):  # a name too long, a folder above it that may not be searched: opening the file will say which
        return False
