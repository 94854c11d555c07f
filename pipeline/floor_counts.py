"""What overlays say that lines and zones have counted, as values fit for JSON."""

from typing import Annotated, Literal

from pydantic import Field

from analytics.snapshots import State

_Count = Annotated[int, Field(ge=0)]


class FloorCountsState(State):
    """Numbers by the name of the line or zone: who came, who went, and stays that are over."""

    version: Literal[1] = 1
    came: dict[str, _Count]
    went: dict[str, _Count]
    stays: dict[str, _Count]
