"""Where pictures come from, and how many of them are looked at."""

import re
import unicodedata
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, Self, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, SecretStr, model_validator

from config.component import Flag
from config.quantities import FramesPerSecond, PositiveSeconds, Section
from domain.urls import encoded_url, redact_url

SourceKind = Literal["path", "rtsp", "synthetic"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def _check_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(
            "must be 1 to 64 letters, digits, '.', '_' or '-', and begin with a letter or a digit"
        )
    return text


def _check_source(source: SecretStr) -> SecretStr:
    text = source.get_secret_value()
    scheme = _SCHEME.match(text)
    if not text.strip() or "\0" in text:
        raise ValueError("must be a file, a folder, an rtsp:// or rtsps:// address, or synthetic:")
    if scheme and scheme[1].lower() not in ("rtsp", "rtsps"):
        raise ValueError(
            f"must be a file, a folder, an rtsp:// or rtsps:// address, or synthetic:, and not {scheme[1]}://"
        )
    if not scheme and re.match(r"[^/\\:\s]+:[^/\\\s]+@", text):
        raise ValueError("looks like the address of a camera; write rtsp:// in front of it")
    if scheme and not _host(text):
        raise ValueError(
            "must name a host and, if any, a port from 1 to 65535, as in rtsp://camera.example:554/stream"
        )
    return source


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(encoded_url(url))
        return parts.hostname if parts.port != 0 else None
    except ValueError:  # a port that is none, or a broken IPv6 address
        return None


def _kind(source: str) -> SourceKind:
    if _SCHEME.match(source):
        return "rtsp"
    return "synthetic" if source.lower().startswith("synthetic:") else "path"


def _derived_id(values: dict[str, Any]) -> str:
    """File name, host and end of the address, or `synthetic`; cut down to the characters that an id may have."""
    source = values["source"].get_secret_value()
    kind = _kind(source)
    if kind == "synthetic":
        words = "synthetic"
    elif kind == "path":
        words = PurePath(source).stem.strip(".") or Path(source).resolve().name
    else:
        words = _camera_words(source)
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain)[:64].strip("-._") or "camera"


def _camera_words(source: str) -> str:
    parts = urlsplit(encoded_url(source))
    end = "-".join(filter(None, (PurePath(parts.path).name, parts.query)))
    # Some cameras carry user and password in the path or the query ("/user=admin_password=..."): of those take the host alone.
    is_plain = redact_url(end) == end and not re.search("user|login|[;:@]", end, re.IGNORECASE)
    return f"{_host(source)}-{end}" if end and is_plain else str(_host(source))


def _only_text(value: Any) -> Any:
    # Pydantic would read a bare number as seconds since 1970, which nobody means.
    if not isinstance(value, str) or value.strip().lstrip("+-").replace(".", "", 1).isdigit():
        raise ValueError("must be a date and time with its zone, as in 2026-11-22T09:00:00+01:00")
    return value


CameraId: TypeAlias = Annotated[str, AfterValidator(_check_id)]
CameraSource: TypeAlias = Annotated[SecretStr, AfterValidator(_check_source)]
RecordedAt: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_only_text)]


class CameraSettings(Section):
    """One camera or recording. What is not given here is taken from `sampling`."""

    source: CameraSource = Field(
        description="File, folder of images, `rtsp://` or `rtsps://` address, or `synthetic:`"
    )
    id: CameraId = Field(
        default_factory=_derived_id,
        description="Name of the stream in events, tables and file names; made from the source where it is left out",
    )
    sample_fps: FramesPerSecond | None = Field(
        default=None, description="Frames looked at a second, for this camera only"
    )
    keyframes_only: bool | None = Field(
        default=None, description="Decode nothing but keyframes, for this camera only"
    )
    recorded_at: RecordedAt | None = Field(
        default=None,
        description="When a file or folder begins; where it is left out, the file's own creation time",
    )
    must_start: bool = Field(
        default=True,
        description="Refuse to run when this source cannot be opened at the start; false goes on with the others",
    )

    @model_validator(mode="after")
    def _only_files_are_dated(self) -> Self:
        if self.recorded_at is not None and _kind(self.source.get_secret_value()) != "path":
            raise ValueError("recorded_at is for files and folders; a camera's time is its own")
        return self


class SamplingSettings(Section):
    """How many pictures are looked at, unless a camera says otherwise."""

    sample_fps: Annotated[FramesPerSecond, Flag("--sample-fps")] = Field(
        default=5.0, description="Frames looked at a second, by time stamp"
    )
    keyframes_only: Annotated[bool, Flag("--keyframes-only")] = Field(
        default=False, description="Decode nothing but keyframes: a tenth of the cost, a picture every 1-4 s"
    )
    limit_s: Annotated[PositiveSeconds | None, Flag("--limit-seconds", metavar="S")] = Field(
        default=None, description="Stop each source after so much media time; without it, at its end"
    )


class RtspSettings(Section):
    """Patience with network cameras."""

    open_timeout_s: PositiveSeconds = Field(default=10.0, description="Give up opening a camera after")
    read_timeout_s: PositiveSeconds = Field(
        default=10.0, description="Take the signal for lost after so long without data"
    )
    reconnect_min_s: PositiveSeconds = Field(
        default=0.5, description="Wait before the first try to reconnect; doubles"
    )
    reconnect_max_s: PositiveSeconds = Field(default=30.0, description="Longest wait between two tries")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.reconnect_min_s > self.reconnect_max_s:
            raise ValueError(
                f"reconnect_min_s ({self.reconnect_min_s:g}) must not be above reconnect_max_s ({self.reconnect_max_s:g})"
            )
        return self
