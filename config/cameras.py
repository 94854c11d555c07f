"""Where pictures come from, and how many of them are looked at."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, model_validator

from config.choice import NOTHING, AsAbove, Chosen, Named
from config.component import BesideNumbers, Component, Flag
from config.floor import CalibrationSettings, Lines, Rooms, Zones, check_names, check_stages
from config.overlays import OverlayLook
from config.privacy import CameraPrivacy
from config.quantities import FramesPerSecond, PositiveSeconds, Section
from domain.moments import check_moment

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _check_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(
            "must be 1 to 64 letters, digits, '.', '_' or '-', and begin with a letter or a digit"
        )
    return text


def _derived_id(values: dict[str, Any]) -> str:
    """What the source calls itself, cut down to the characters that an id may have."""
    plain = unicodedata.normalize("NFKD", values["source"].words).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain)[:64].strip("-._") or "camera"


def _only_text(value: Any) -> Any:
    # Pydantic would read a bare number as seconds since 1970, which nobody means.
    if not isinstance(value, str) or value.strip().lstrip("+-").replace(".", "", 1).isdigit():
        raise ValueError("must be a date and time with its zone, as in 2026-11-22T09:00:00+01:00")
    return value


def _possible(moment: datetime) -> datetime:
    check_moment(moment)
    return moment


CameraId: TypeAlias = Annotated[str, AfterValidator(_check_id)]
RecordedAt: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_only_text), AfterValidator(_possible)]


STAGES = ("observation", "frames", "visits", "ways", "crossings", "zones", "windows", "totals")
"""Stages that are there without being asked for."""


class SamplingSettings(Section):
    """How many pictures are looked at; a camera may say otherwise for itself."""

    fps: Annotated[FramesPerSecond, Flag("--sample-fps", help="Frames a second to look at")] = Field(
        default=5.0, description="Frames looked at a second, by time stamp"
    )
    keyframes_only: Annotated[
        bool, Flag("--keyframes-only", help="Decode keyframes only: coarse, and much cheaper")
    ] = Field(
        default=False,
        description="Decode nothing but keyframes: a fraction of the cost, a picture every 1-4 s",
    )
    limit_s: Annotated[
        PositiveSeconds | None,
        Flag("--limit-seconds", metavar="S", help="Stop after that much of each source"),
    ] = Field(default=None, description="Stop each source after so much media time; without it, at its end")


class CameraSettings(Section):
    """One camera or recording."""

    model_config = ConfigDict(defer_build=True)

    source: Annotated[Component, Chosen("footfall.sources", addresses=True)] = Field(
        description="Where its pictures come from"
    )
    id: Annotated[
        CameraId, BesideNumbers("a recording is its content, and a camera's name makes its source")
    ] = Field(
        default_factory=_derived_id,
        description="Name of the stream in events, tables and file names; made from the source where it is left out",
    )
    sampling: Annotated[SamplingSettings, AsAbove()] = Field(
        default=SamplingSettings(), description="What differs for this camera from `sampling`"
    )
    tracker: Annotated[Component, Chosen("footfall.trackers", default="bytetrack"), AsAbove()] = Field(
        default=NOTHING, description="What differs for this camera from `tracker`"
    )
    analytics: Annotated[Mapping[str, Component], Named("footfall.stages", STAGES), AsAbove()] = Field(
        default=NOTHING, description="What differs for this camera from `analytics`"
    )
    overlay: Annotated[OverlayLook, AsAbove(), BesideNumbers("it is about pictures")] = Field(
        default=OverlayLook(), description="What differs for this camera from `overlay`"
    )
    privacy: Annotated[CameraPrivacy, AsAbove(), BesideNumbers("it is about what leaves")] = Field(
        default=CameraPrivacy(), description="What differs for this camera from `privacy`"
    )
    lines: Lines = Field(default_factory=dict, description="Lines on the floor that people cross, by name")
    zones: Zones = Field(default_factory=dict, description="Pieces of the floor that people stay in, by name")
    rooms: Rooms = Field(default_factory=dict, description="Rooms whose doors are among the lines, by name")
    calibration: CalibrationSettings | None = Field(
        default=None,
        description="Where four points of the floor lie in metres; without it there are no metres",
    )

    @model_validator(mode="after")
    def _floor_fits_together(self) -> "CameraSettings":
        check_names(self.lines, self.zones, self.rooms)
        check_stages(self.analytics, self.zones)
        return self
