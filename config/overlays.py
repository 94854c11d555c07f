"""How overlays look."""

from typing import Annotated

from pydantic import Field

from config.component import Flag
from config.quantities import Section
from domain.rendering import OverlayStyle


class OverlayLook(Section):
    """How overlays look, in `overlay.mp4`, the report and live pictures; a camera may say otherwise for itself."""

    style: Annotated[OverlayStyle, Flag("--overlay-style", help="How persons are drawn in overlays")] = Field(
        default="tint",
        description="`tint`: parts thinly tinted; `solid`: parts filled; `outline`: their borders alone; `colors`: garments "
        "filled with the colour that they are called",
    )
    floor: bool = Field(
        default=True, description="Draw the lines and zones of the camera, with what they have counted so far"
    )
    legend: bool = Field(default=True, description="Explain the colours at the bottom left")
    tags: bool = Field(
        default=True,
        description="Say beside each person the track's number and what was seen of garments, and how many are in the picture; not "
        "where `privacy.min_group` is more than 1",
    )
