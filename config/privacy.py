"""What of people is shown, kept and told."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from config.component import Flag
from config.keeping import KeepDays
from config.quantities import FewSeconds, People, PositiveSeconds, Section
from domain.events import Detail
from domain.rendering import Cover


class CameraPrivacy(Section):
    """What of people is shown; a camera may say otherwise for itself."""

    overlay: Annotated[Cover, Flag("--privacy-overlay", help="Which pixels of people no picture shows")] = (
        Field(
            default="heads",
            description="Pixels that a flat colour replaces in every picture of a camera or recording, before anything is drawn or "
            "encoded: `faces`; `heads`: with hair and hats; whole `people`; `none`",
        )
    )
    hold_s: PositiveSeconds = Field(
        default=1.0,
        description="How long somebody stays covered, and is followed by the cover, after the parser has lost sight",
    )
    look_ahead_s: FewSeconds = Field(
        default=0.4,
        description="How much of what comes next is looked at before a picture is covered, since who is seen a moment later was "
        "there; a camera's events and live pictures come later by that, and by one picture at least",
    )


class PrivacySettings(CameraPrivacy):
    """What of people is shown, kept and told."""

    of_cameras: ClassVar[type[Section] | None] = CameraPrivacy

    requests: Cover | None = Field(
        default=None,
        description="The same for pictures that are sent to the service, in what it draws and colours; without it, as `overlay`",
    )
    events: Detail | None = Field(
        default=None,
        description="Which events leave at all: `full`: all of them; `visits`: none of single frames; `windows`: none of single "
        "people; without it `full`, and `windows` where `min_group` is more than 1",
    )
    min_group: People = Field(
        default=1,
        description="Fewest people that a number may be about: intervals are merged until so many visits have ended in them, and "
        "what is about fewer is left out; with more than 1 no event of single people leaves",
    )

    keep_days: KeepDays = Field(
        default=KeepDays(), description="How long what is kept stays; without a number, until you delete it"
    )

    @property
    def of_requests(self) -> Cover:
        """What is covered in pictures that are sent to the service."""
        return self.requests or self.overlay

    @property
    def leaving(self) -> Detail:
        """Which events leave."""
        return self.events or ("full" if self.min_group == 1 else "windows")

    @model_validator(mode="after")
    def _fits_together(self) -> "PrivacySettings":
        if self.min_group > 1 and self.leaving != "windows":
            raise ValueError(
                f"min_group: {self.min_group} lets no event of single people leave, and events: {self.events} asks for them; "
                "take events: windows, or min_group: 1"
            )
        return self
