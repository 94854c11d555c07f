"""What of people is shown, kept and told."""

from typing import Annotated

from pydantic import Field

from config.component import Flag
from config.quantities import PositiveSeconds, Section
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


class PrivacySettings(CameraPrivacy):
    """What of people is shown, kept and told."""

    requests: Cover | None = Field(
        default=None,
        description="The same for pictures that are sent to the service, in what it draws and colours; without it, as `overlay`",
    )

    @property
    def of_requests(self) -> Cover:
        """What is covered in pictures that are sent to the service."""
        return self.requests or self.overlay
