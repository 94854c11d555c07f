"""Where people were within an interval, and which way they went."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AwareDatetime, Field, JsonValue

from domain.events.base import Count, Detail, Event, EventPart, Seconds
from domain.events.tables import EventTable, ListTable, TableIndex
from domain.events.window import Coverage

Toward: TypeAlias = Literal[
    "right", "lower-right", "down", "lower-left", "left", "upper-left", "up", "upper-right"
]
"""Eight directions in the picture."""


class PresenceCell(EventPart):
    """Time for which people stood in one cell."""

    across: Count = Field(description="Cells from the left edge of the picture to this one")
    down: Count = Field(description="Cells from the upper edge of the picture to this one")
    seconds: Seconds = Field(description="Seconds of presence; two persons for a second are two")
    square_metres: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="Area of the cell on the floor; null where not calibrated"
    )


class PresenceFlow(EventPart):
    """People who went from one cell in one direction."""

    across: Count = Field(description="Cells from the left edge of the picture to this one")
    down: Count = Field(description="Cells from the upper edge of the picture to this one")
    toward: Toward = Field(description="Direction in the picture")
    persons: Count = Field(description="How often somebody went that way")


class PresenceMapped(Event):
    """Where people stood within an interval, on a grid over the picture. `event_time` is its end."""

    topic: ClassVar[str] = "footfall.presence.v1"
    detail: ClassVar[Detail] = "windows"
    about: ClassVar[str] = (
        "where people stood within an interval, and which way they went: heat map and flow map"
    )
    time: ClassVar[str] = "the end of the interval"
    table: ClassVar[EventTable] = EventTable(
        "presence",
        holds="presence events with their coverage",
        indexes=(TableIndex("ix_presence_stream_start", ("stream_id", "interval_start")),),
        renamed={"coverage.share": "coverage_share"},
        inner=(
            ListTable(
                "presence_cells",
                field="cells",
                holds="seconds of presence in a cell of the picture's grid",
                owner="presence_id",
            ),
            ListTable(
                "presence_flows",
                field="flows",
                holds="how often people went from a cell in a direction",
                owner="presence_id",
            ),
        ),
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "4f6f3c0e-2a55-5d1f-9a68-0d3c6a4b7e15",
        "stream_id": "door",
        "event_time": "2026-05-04T10:00:00Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "interval_start": "2026-05-04T09:00:00Z",
        "interval_s": 3600,
        "width": 768,
        "height": 432,
        "columns": 48,
        "rows": 27,
        "coverage": {
            "frames_read": 36000,
            "frames_sampled": 18000,
            "frames_parsed": 18000,
            "frames_dropped": 0,
            "frames_damaged": 0,
            "seconds_observed": 3600.0,
            "seconds_without_signal": 0.0,
            "share": 1.0,
        },
        "cells": [{"across": 20, "down": 21, "seconds": 84.6}, {"across": 21, "down": 21, "seconds": 12.2}],
        "flows": [{"across": 20, "down": 21, "toward": "right", "persons": 7}],
    }

    event_type: Literal["presence"] = "presence"
    interval_start: AwareDatetime = Field(description="When it begins, UTC")
    interval_s: Annotated[int, Field(gt=0, description="Its length, seconds")]
    width: Count = Field(description="Of the picture, pixels")
    height: Count = Field(description="Of the picture, pixels")
    columns: Annotated[int, Field(gt=0, description="Cells from the left to the right edge of the picture")]
    rows: Annotated[int, Field(gt=0, description="Cells from the upper to the lower edge of the picture")]
    coverage: Coverage = Field(description="What this rests on")
    cells: tuple[PresenceCell, ...] = Field(default=(), description="Cells in which anybody stood")
    flows: tuple[PresenceFlow, ...] = Field(
        default=(),
        description="Which way people went on, two cells further: the usual ways through the picture",
    )
