"""Where pictures come from, and how many of them are looked at."""

import re
import unicodedata
from datetime import datetime
from pathlib import Path, PurePath
from typing import Annotated, Any, Self, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, SecretStr, model_validator

from config.address_files import from_file
from config.component import Flag
from config.paths import check_path, secret_text
from config.quantities import FramesPerSecond, PositiveSeconds, Section
from domain.camera_paths import is_plain_path
from domain.locations import source_kind
from domain.moments import check_moment
from domain.urls import Address

_LONGEST_LOGIN = 127
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _check_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(
            "must be 1 to 64 letters, digits, '.', '_' or '-', and begin with a letter or a digit"
        )
    return text


def _check_source(source: SecretStr) -> SecretStr:
    text = source.get_secret_value()
    kind = source_kind(text)
    if kind == "path":
        check_path(text)
    if kind == "rtsp" and len(Address.parse(text).user_info()) > _LONGEST_LOGIN:
        raise ValueError(
            f"must have user and password of at most {_LONGEST_LOGIN} characters, percent-encoded: FFmpeg sends no more"
        )
    return source


def _derived_id(values: dict[str, Any]) -> str:
    """File name, host and end of the address, or `synthetic`; cut down to the characters that an id may have."""
    source = values["source"].get_secret_value()
    kind = source_kind(source)
    if kind == "synthetic":
        words = "synthetic"
    elif kind == "path":
        words = PurePath(source).stem.strip(".") or Path(source).resolve().name
    else:
        words = _camera_words(Address.parse(source))
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain)[:64].strip("-._") or "camera"


def _camera_words(address: Address) -> str:
    if not address.certain:
        return "camera"
    end = "-".join(filter(None, (PurePath(address.path).name, address.query)))
    # The rest of an address may be its key, which a name must not show: of those take the host alone.
    return (
        f"{address.host}-{end}" if end and is_plain_path(f"{address.path}?{address.query}") else address.host
    )


def _only_text(value: Any) -> Any:
    # Pydantic would read a bare number as seconds since 1970, which nobody means.
    if not isinstance(value, str) or value.strip().lstrip("+-").replace(".", "", 1).isdigit():
        raise ValueError("must be a date and time with its zone, as in 2026-11-22T09:00:00+01:00")
    return value


def _possible(moment: datetime) -> datetime:
    check_moment(moment)
    return moment


CameraId: TypeAlias = Annotated[str, AfterValidator(_check_id)]
CameraSource: TypeAlias = Annotated[
    SecretStr, BeforeValidator(secret_text), BeforeValidator(from_file), AfterValidator(_check_source)
]
RecordedAt: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_only_text), AfterValidator(_possible)]


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
        if self.recorded_at is not None and source_kind(self.source.get_secret_value()) != "path":
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
