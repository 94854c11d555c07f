"""How a stream fares."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, JsonValue

from domain.events.base import Count, Detail, Event, Seconds
from domain.events.report import ReportColumn, ReportList
from domain.events.tables import EventTable, TableIndex

HealthStatus = Literal["started", "running", "signal-lost", "signal-restored", "ended", "failed"]


class StreamHealth(Event):
    """How a stream fares."""

    topic: ClassVar[str] = "footfall.health.v1"
    detail: ClassVar[Detail] = "windows"
    of_people: ClassVar[bool] = False
    about: ClassVar[str] = "how a stream fares: started, running, signal lost and restored, ended, failed"
    time: ClassVar[str] = "when it happened"
    table: ClassVar[EventTable] = EventTable(
        "stream_health",
        holds="health events",
        indexes=(TableIndex("ix_stream_health_stream_time", ("stream_id", "event_time")),),
    )
    report: ClassVar[ReportList | None] = ReportList(
        heading="Signal",
        order=("stream_id", "event_time"),
        columns=(
            ReportColumn("Stream", "stream_id"),
            ReportColumn("When", "event_time", "moment"),
            ReportColumn("What", "status", "words", remark="message"),
            ReportColumn("Gap", "gap_s", "duration"),
        ),
        only={"status": ("signal-lost", "signal-restored", "failed")},
        latest=200,
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "a1263523-b801-5d4c-b145-5f370e9ee65f",
        "stream_id": "door",
        "event_time": "2026-05-04T09:31:00Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "status": "running",
        "message": "",
        "gap_s": None,
        "frames_read": 600,
        "frames_sampled": 300,
        "frames_parsed": 300,
        "frames_dropped": 0,
        "frames_damaged": 0,
    }

    event_type: Literal["health"] = "health"
    status: HealthStatus = Field(description="What has happened; running is a sign of life")
    message: str = Field(default="", description="Why, where there is something to say")
    gap_s: Seconds | None = Field(default=None, description="With signal-restored: seconds without a picture")
    frames_read: Count = Field(description="Frames that arrived from the source so far")
    frames_sampled: Count = Field(description="Frames picked for parsing so far")
    frames_parsed: Count = Field(description="Frames parsed so far")
    frames_dropped: Count = Field(description="Sampled frames that were never parsed so far")
    frames_damaged: Count = Field(default=0, description="Damaged frames that were left out so far")
