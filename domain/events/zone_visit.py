"""Somebody's stay in a zone has ended."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field, JsonValue

from domain.events.base import Detail, Event, Seconds, Share
from domain.events.places import Role
from domain.events.report import ReportColumn, ReportList
from domain.events.tables import EventTable, TableIndex


class ZoneVisitEnded(Event):
    """Somebody's stay in a zone has ended. `event_time` is its end."""

    topic: ClassVar[str] = "footfall.zone-visits.v1"
    detail: ClassVar[Detail] = "visits"
    about: ClassVar[str] = "somebody's stay in a zone"
    time: ClassVar[str] = "the end of the stay"
    table: ClassVar[EventTable] = EventTable(
        "zone_visits",
        holds="stays in zones; `event_time` is the end",
        indexes=(
            TableIndex("ix_zone_visits_stream_time", ("stream_id", "event_time")),
            TableIndex("ix_zone_visits_zone_time", ("zone", "event_time")),
        ),
    )
    report: ClassVar[ReportList | None] = ReportList(
        heading="Stays in zones",
        order=("entered_at", "stream_id", "track_id"),
        columns=(
            ReportColumn("Stream", "stream_id"),
            ReportColumn("Zone", "zone"),
            ReportColumn("Track", "track_id", "track"),
            ReportColumn("From", "entered_at", "moment"),
            ReportColumn("Dwell", "dwell_s", "duration"),
            ReportColumn("Out of sight", "unseen_s", "duration"),
            ReportColumn("Ended", "ended_by", "words"),
            ReportColumn("Who", "role"),
        ),
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "5f7e6c58-35c1-5ad5-8f5b-0f2f0b7e6a12",
        "stream_id": "door",
        "event_time": "2026-05-04T09:30:29.800000Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "zone": "promotion",
        "track_id": 1,
        "entered_at": "2026-05-04T09:30:22.300000Z",
        "dwell_s": 7.5,
        "unseen_s": 0.4,
        "began_by": "entered",
        "ended_by": "left",
        "role": "visitor",
        "foot_confidence": 0.85,
    }

    event_type: Literal["zone_visit"] = "zone_visit"
    zone: str = Field(description="Name of the zone")
    track_id: int = Field(description="The track, the latest where several were joined")
    entered_at: AwareDatetime = Field(description="When it began, UTC")
    dwell_s: Seconds = Field(description="From then to the end, time out of sight included")
    unseen_s: Seconds = Field(description="Of this, time for which the person was out of sight")
    began_by: Literal["entered", "appeared"] = Field(
        description="Whether the person walked in, or was first seen inside"
    )
    ended_by: Literal["left", "lost", "stream-end"] = Field(
        description="Whether the person walked out, was lost from view inside, or the stream ended"
    )
    role: Role = Field(default="visitor", description="Who it is, as far as was known by then")
    foot_confidence: Share = Field(description="How far to trust where the feet were, on average, 0 to 1")
