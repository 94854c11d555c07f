"""A parsed frame on its way to whoever looks at it: covered first, then drawn."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from domain.events import FrameObserved
from domain.frame import BgrImage, BoolMask, Frame
from domain.parsing import ParsedFrame

OverlayStyle: TypeAlias = Literal["tint", "solid", "outline", "colors"]
"""Parts in a thin tint or filled, the borders of parts alone, or each garment in the colour that it is called."""

Cover: TypeAlias = Literal["none", "faces", "heads", "people"]
"""What no picture shows: nothing, faces, faces with hair and hats, or whole people."""


@dataclass(frozen=True, slots=True, eq=False)
class CoveredFrame(Frame):
    """A frame that may be shown: what is to be covered is no longer in its picture.

    `pipeline.privacy` alone makes one; whoever takes pictures takes this type, and so has the picture of the
    camera only where nothing is to be covered.

    Attributes:
        cover: What is covered.
        hidden: Shape (H, W) bool, where the picture is not as the camera took it; None where all of it is. The cover's soft edge is
            in it.

    Raises:
        ValueError: As of a frame; or `hidden` has another size.
    """

    cover: Cover = "none"
    hidden: BoolMask | None = None

    def __post_init__(self) -> None:
        # `super()` is not known in a class with slots that a decorator makes anew.
        Frame.__post_init__(self)
        if self.hidden is not None:
            if self.hidden.shape != self.image.shape[:2] or self.hidden.dtype != np.bool_:
                raise ValueError(
                    f"hidden must be {self.image.shape[:2]} bool, got {self.hidden.shape} {self.hidden.dtype}"
                )
            self.hidden.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class RenderedFrame:
    """What a frame sink gets.

    Attributes:
        frame: The picture, covered.
        parsed: Its label maps.
        observed: Tracks and garments of its persons.
        overlay: The drawn picture, shape (H, W, 3) uint8 BGR, or None where no sink wants one.

    Raises:
        TypeError: The frame has not been covered.
    """

    frame: CoveredFrame
    parsed: ParsedFrame
    observed: FrameObserved
    overlay: BgrImage | None

    def __post_init__(self) -> None:
        if not isinstance(self.frame, CoveredFrame):
            raise TypeError("a picture is covered before anybody gets it (pipeline.privacy.Coverer)")
