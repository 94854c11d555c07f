"""What is done later than it is asked for: pictures and recordings that the service takes and works off."""

from typing import Annotated, TypeAlias

from pydantic import Field

from config.quantities import Number, PositiveSeconds, Section

_Bytes: TypeAlias = Annotated[int, Field(ge=1024, le=1 << 40), Number]
_Several: TypeAlias = Annotated[int, Field(ge=1, le=10_000), Number]
_Frames: TypeAlias = Annotated[int, Field(ge=1, le=100_000_000), Number]


class JobsSettings(Section):
    """Jobs: pictures and recordings that are worked off one after the other, also after a restart."""

    max_waiting: _Several = Field(
        default=32, description="Jobs that may wait or be under way; beyond that the answer is 429"
    )
    max_uploads: _Several = Field(default=8, description="Jobs that may be on their way here at a time")
    upload_timeout_s: PositiveSeconds = Field(default=600.0, description="Longest time to send a job")
    max_pictures: _Several = Field(default=200, description="Most pictures of a job")
    max_recording_bytes: _Bytes = Field(
        default=512 << 20, description="Largest recording, and largest form with pictures"
    )
    max_recording_s: PositiveSeconds = Field(default=3_600.0, description="Longest recording")
    max_recording_frames: _Frames = Field(
        default=50_000, description="Most pictures of a recording that are looked at"
    )
    max_bytes: _Bytes = Field(
        default=10 << 30, description="Room on the disk for what was sent and what was made of it"
    )
    keep_s: PositiveSeconds = Field(
        default=86_400.0, description="How long a job that has ended, and its results, are kept"
    )
    download_timeout_s: PositiveSeconds = Field(
        default=600.0, description="Longest time to fetch a recording from an address"
    )
