"""A parsed frame on its way to whoever looks at it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from domain.events import FrameObserved
from domain.frame import BgrImage, Frame
from domain.parsing import ParsedFrame

OverlayStyle: TypeAlias = Literal["tint", "solid", "outline", "colors"]
"""Parts in a thin tint or filled, the borders of parts alone, or each garment in the colour that it is called."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedFrame:
    """What a frame sink gets.

    Attributes:
        frame: The picture as it came.
        parsed: Its label maps.
        observed: Tracks and garments of its persons.
        overlay: The drawn picture, shape (H, W, 3) uint8 BGR, or None where no sink wants one.
    """

    frame: Frame
    parsed: ParsedFrame
    observed: FrameObserved
    overlay: BgrImage | None
