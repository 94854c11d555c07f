"""Somebody has crossed a line."""

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field, JsonValue

from domain.events.base import Detail, Event, Share
from domain.events.places import FootSeen, Place, Role, Speed
from domain.events.report import ReportColumn, ReportList
from domain.events.tables import EventTable, TableIndex

Direction: TypeAlias = Literal["in", "out"]
Certainty: TypeAlias = Literal["seen", "joined", "uncertain"]


class LineCrossed(Event):
    """Somebody has crossed a line. `event_time` is the moment, between the two frames."""

    topic: ClassVar[str] = "footfall.crossings.v1"
    detail: ClassVar[Detail] = "visits"
    about: ClassVar[str] = "somebody who crosses a line"
    time: ClassVar[str] = "the moment of the crossing, between two frames"
    table: ClassVar[EventTable] = EventTable(
        "crossings",
        holds="crossings of lines",
        indexes=(
            TableIndex("ix_crossings_stream_time", ("stream_id", "event_time")),
            TableIndex("ix_crossings_line_time", ("line", "event_time")),
        ),
    )
    report: ClassVar[ReportList | None] = ReportList(
        heading="Crossings",
        columns=(
            ReportColumn("Stream", "stream_id"),
            ReportColumn("When", "event_time", "moment"),
            ReportColumn("Line", "line"),
            ReportColumn("Direction", "direction"),
            ReportColumn("Track", "track_id", "track"),
            ReportColumn("Certainty", "certainty"),
            ReportColumn("Who", "role"),
        ),
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "0d0a1b1e-6c2f-5c39-9c8e-2f6f0a1c7d11",
        "stream_id": "door",
        "event_time": "2026-05-04T09:30:21.480000Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "line": "entrance",
        "direction": "in",
        "certainty": "seen",
        "track_id": 1,
        "role": "visitor",
        "line_position": 0.42,
        "x": 311.5,
        "y": 402.0,
        "foot": "seen",
        "foot_confidence": 0.9,
    }

    event_type: Literal["crossing"] = "crossing"
    line: str = Field(description="Name of the line")
    direction: Direction = Field(description="Whether this person came in or went out")
    certainty: Certainty = Field(
        description="`seen` on both sides; `joined`: the track was lost on one side and the only one near went on at once on the "
        "other; `uncertain`: it began or was lost near the line, and may have crossed it. Counts hold the first two"
    )
    track_id: int = Field(description="The track")
    role: Role = Field(default="visitor", description="Who it is, as far as was known by then")
    line_position: Share = Field(description="Where on the line: 0 at `from`, 1 at `to`")
    x: Place = Field(description="The place in the picture, pixels")
    y: Place = Field(description="The place in the picture, pixels")
    foot: FootSeen = Field(description="Whether the feet were seen or are estimated")
    foot_confidence: Share = Field(description="How far to trust where they are, 0 to 1")
    floor_x_m: Place | None = Field(
        default=None, description="The place on the floor, metres; null where not calibrated"
    )
    floor_y_m: Place | None = Field(
        default=None, description="The place on the floor, metres; null where not calibrated"
    )
    speed_m_s: Speed | None = Field(default=None, description="Metres a second; null where not calibrated")

    @property
    def counts(self) -> bool:
        """Whether it is in the counts, and not beside them."""
        return self.certainty != "uncertain"
