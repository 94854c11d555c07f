"""People who came together have gone."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, JsonValue

from domain.events.base import Detail, Event, EventPart, Seconds, Share
from domain.events.report import ReportColumn, ReportList
from domain.events.tables import EventTable, ListTable, TableIndex


class GroupMember(EventPart):
    """One of a group."""

    track_id: int = Field(description="The track, the latest where several were joined")
    started_at: AwareDatetime = Field(description="When this one was seen first, UTC")
    ended_at: AwareDatetime = Field(description="When this one was seen last, UTC")


class GroupEnded(Event):
    """People who came together have gone. `event_time` is when the last of them was seen last."""

    topic: ClassVar[str] = "footfall.groups.v1"
    detail: ClassVar[Detail] = "visits"
    about: ClassVar[str] = "people who came in together and stayed near each other"
    time: ClassVar[str] = "when the last of them was seen last"
    table: ClassVar[EventTable] = EventTable(
        "visitor_groups",
        holds="people who came together; `event_time` is when the last of them was seen last",
        indexes=(TableIndex("ix_visitor_groups_stream_time", ("stream_id", "event_time")),),
        inner=(
            ListTable("visitor_group_members", field="members", holds="who was in a group", owner="group_id"),
        ),
    )
    report: ClassVar[ReportList | None] = ReportList(
        heading="Groups (estimated from who walked together)",
        order=("started_at", "stream_id"),
        columns=(
            ReportColumn("Stream", "stream_id"),
            ReportColumn("Persons", "size", "number"),
            ReportColumn("From", "started_at", "moment"),
            ReportColumn("Duration", "duration_s", "duration"),
            ReportColumn("Side by side", "together_s", "duration"),
        ),
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "0b9a3c62-6f0e-5f0f-9a55-7f1f5f2c4f11",
        "stream_id": "door",
        "event_time": "2026-05-04T09:30:32Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "size": 2,
        "started_at": "2026-05-04T09:30:20Z",
        "duration_s": 12.0,
        "together_s": 9.4,
        "confidence": 0.85,
        "members": [
            {"track_id": 1, "started_at": "2026-05-04T09:30:20Z", "ended_at": "2026-05-04T09:30:31Z"},
            {"track_id": 2, "started_at": "2026-05-04T09:30:21Z", "ended_at": "2026-05-04T09:30:32Z"},
        ],
    }

    event_type: Literal["group"] = "group"
    size: Annotated[int, Field(ge=2)] = Field(description="How many they were")
    started_at: AwareDatetime = Field(description="When the first of them was seen first, UTC")
    duration_s: Seconds = Field(description="From then to `event_time`")
    together_s: Seconds = Field(description="For how long those two of them who kept together longest did so")
    confidence: Share = Field(
        description="Part of the time in which two were both seen that they kept together; the mean over those who did"
    )
    members: tuple[GroupMember, ...] = Field(
        description="Each of them, in the order in which they were seen first"
    )
