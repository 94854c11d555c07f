"""How a picture is drawn, in the words of every address that gives one."""

from typing import Literal, TypeAlias

from domain.rendering import OverlayStyle

Drawn: TypeAlias = Literal[OverlayStyle, "none"]
"""In one of the styles, or not at all."""
