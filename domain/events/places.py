"""Words that the kinds of event about places share."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

FootSeen: TypeAlias = Literal["seen", "estimated", "unknown"]
"""Whether somebody's feet are seen, or where they are is estimated from head and size, or not known."""

Role: TypeAlias = Literal["visitor", "staff"]
"""Who somebody is: `visitor`, unless the settings say how staff are told."""

Place: TypeAlias = Annotated[float, Field(ge=-1e6, le=1e6)]
"""Pixels, or metres."""

Speed: TypeAlias = Annotated[float, Field(ge=0)]
"""Metres a second."""
