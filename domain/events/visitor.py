"""A visit was taken for one of a new visitor, or of one who has come back."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, JsonValue

from domain.events.base import Detail, Event, Seconds, Share
from domain.events.report import ReportColumn, ReportList
from domain.events.tables import EventTable, TableIndex


class VisitorSeen(Event):
    """Whose visit it was, as far as clothes tell. An estimate, with how sure; `event_time` is the end of the visit."""

    topic: ClassVar[str] = "footfall.visitors.v1"
    detail: ClassVar[Detail] = "visits"
    about: ClassVar[str] = (
        "whether a visit was somebody's first, or somebody has come back, as far as clothes tell"
    )
    time: ClassVar[str] = "the end of the visit"
    table: ClassVar[EventTable] = EventTable(
        "visitors",
        holds="of each visit, whose it is estimated to be",
        indexes=(TableIndex("ix_visitors_stream_time", ("stream_id", "event_time")),),
    )
    report: ClassVar[ReportList | None] = ReportList(
        heading="Who came back (estimated from clothes)",
        columns=(
            ReportColumn("Stream", "stream_id"),
            ReportColumn("Visitor", "visitor", "number"),
            ReportColumn("Visit", "visit", "number"),
            ReportColumn("Track", "track_id", "track"),
            ReportColumn("Away before", "away_s", "duration"),
            ReportColumn("Until", "event_time", "moment"),
        ),
        only={"seen": ("again",)},
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "b5e6a3d0-6c49-5f0f-8a57-5a3c1c2d9e10",
        "stream_id": "door",
        "event_time": "2026-05-04T09:34:12Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "visitor": 1,
        "visit": 2,
        "seen": "again",
        "track_id": 9,
        "started_at": "2026-05-04T09:34:00Z",
        "away_s": 208.0,
        "likeness": 0.91,
        "next_likeness": 0.42,
    }

    event_type: Literal["visitor"] = "visitor"
    visitor: Annotated[int, Field(gt=0)] = Field(
        description="Number of the estimated visitor; unique within a run of a stream, and nobody's name"
    )
    visit: Annotated[int, Field(gt=0)] = Field(
        description="Which visit of that visitor it is; 1 is the first"
    )
    seen: Literal["first", "again"] = Field(
        description="Whether it is the visitor's first visit within the time that is set, or one has come back"
    )
    track_id: int = Field(description="The track of the visit")
    started_at: AwareDatetime = Field(description="When the visit began, UTC")
    away_s: Seconds | None = Field(description="Since the end of the visit before; null for a first one")
    likeness: Share = Field(
        description="How alike the clothes are to those of the visitor; of a first visit, to those of whoever came nearest"
    )
    next_likeness: Share = Field(
        description="The same of whoever else comes nearest: the closer to `likeness`, the less sure"
    )
