"""A queue has become too long, or is not any more."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field, JsonValue

from domain.events.base import Detail, Event
from domain.events.report import ReportColumn, ReportList
from domain.events.tables import EventTable, TableIndex


class AlertChanged(Event):
    """A limit of a queue is passed, or kept again, for as long as its hold time says. `event_time` is when that was known."""

    topic: ClassVar[str] = "footfall.alerts.v1"
    detail: ClassVar[Detail] = "windows"
    about: ClassVar[str] = "a queue that is too long, or is not any more"
    time: ClassVar[str] = "when it was known: the hold time after it began"
    table: ClassVar[EventTable] = EventTable(
        "alerts",
        holds="alerts that were raised or cleared",
        indexes=(TableIndex("ix_alerts_stream_time", ("stream_id", "event_time")),),
    )
    report: ClassVar[ReportList | None] = ReportList(
        heading="Alerts",
        columns=(
            ReportColumn("Stream", "stream_id"),
            ReportColumn("When", "event_time", "moment"),
            ReportColumn("Zone", "zone"),
            ReportColumn("About", "quantity"),
            ReportColumn("State", "state"),
            ReportColumn("Value", "value", "text"),
            ReportColumn("Limit", "allowed", "text"),
        ),
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "c2b4a3a4-0a5e-5b6c-8a51-64c1b2ad2f13",
        "stream_id": "door",
        "event_time": "2026-05-04T09:31:10Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "zone": "till",
        "quantity": "length",
        "state": "raised",
        "since": "2026-05-04T09:31:00Z",
        "value": 6.0,
        "allowed": 5.0,
    }

    event_type: Literal["alert"] = "alert"
    zone: str = Field(description="Name of the queue's zone")
    quantity: Literal["length", "wait"] = Field(
        description="What is limited: persons who wait, or seconds for which the first has waited"
    )
    state: Literal["raised", "cleared"] = Field(
        description="Whether it is too much now, or not any more; at the end of the stream what is raised is cleared, "
        "whatever `value` is"
    )
    since: AwareDatetime = Field(description="When it began to be so, UTC")
    value: float = Field(ge=0, description="Persons or seconds when it was known")
    allowed: float = Field(ge=0, description="The limit of the settings")
