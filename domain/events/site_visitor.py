"""A visit, wherever in a site it was, was taken for one of a new visitor, or of one who was seen before by any of its cameras."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, JsonValue

from domain.events.base import Detail, Event, Seconds, Share
from domain.events.report import ReportColumn, ReportList
from domain.events.tables import EventTable, TableIndex


class SiteVisitorSeen(Event):
    """Whose visit it was among all cameras of a site, as far as clothes tell. An estimate, with how sure."""

    topic: ClassVar[str] = "footfall.site-visitors.v1"
    detail: ClassVar[Detail] = "visits"
    about: ClassVar[str] = (
        "whether a visit was somebody's first in a site, or any of its cameras has seen that one before, as far as clothes tell"
    )
    time: ClassVar[str] = "the end of the visit"
    table: ClassVar[EventTable] = EventTable(
        "site_visitors",
        holds="of each visit, whose it is estimated to be among all cameras of a site",
        indexes=(TableIndex("ix_site_visitors_site_time", ("site", "event_time")),),
    )
    report: ClassVar[ReportList | None] = ReportList(
        heading="Who went from camera to camera, or came back (estimated from clothes)",
        columns=(
            ReportColumn("Site", "site"),
            ReportColumn("Visitor", "visitor", "number"),
            ReportColumn("Visit", "visit", "number"),
            ReportColumn("Seen by", "stream_id"),
            ReportColumn("Before by", "before_stream_id"),
            ReportColumn("Away before", "away_s", "duration"),
            ReportColumn("Until", "event_time", "moment"),
        ),
        only={"seen": ("again",)},
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "0b0f5a54-91c4-5d0b-9f9a-0f6f3f7a4c11",
        "stream_id": "door",
        "event_time": "2026-05-04T09:36:02Z",
        "time_source": "camera",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "site": "mall",
        "visitor": 12,
        "visit": 2,
        "seen": "again",
        "track_id": 40,
        "started_at": "2026-05-04T09:35:41Z",
        "before_stream_id": "entrance",
        "away_s": 37.5,
        "likeness": 0.88,
        "next_likeness": 0.51,
        "in_doubt": False,
        "remembered_s": 600.0,
    }

    event_type: Literal["site_visitor"] = "site_visitor"
    site: str = Field(description="Name of the site")
    visitor: Annotated[int, Field(gt=0)] = Field(
        description="Number of the estimated visitor; unique within a run of a site, and nobody's name"
    )
    visit: Annotated[int, Field(gt=0)] = Field(
        description="Which visit of that visitor it is, before whatever camera; 1 is the first"
    )
    seen: Literal["first", "again"] = Field(
        description="Whether it is the visitor's first visit within the time that is set, or one has come back or gone on"
    )
    track_id: int = Field(description="The track of the visit")
    started_at: AwareDatetime = Field(description="When the visit began, UTC")
    before_stream_id: str | None = Field(description="The camera of the visit before; null for a first one")
    away_s: Seconds | None = Field(
        description="Since the end of the visit before, 0 where both cameras saw that one at once; null for a first one"
    )
    likeness: Share = Field(
        description="How alike the clothes are to those of the visitor; of a first visit, to those of whoever came nearest"
    )
    next_likeness: Share = Field(
        description="The same of whoever else comes nearest: the closer to `likeness`, the less sure"
    )
    in_doubt: bool = Field(
        description="Alike enough to somebody, not clearly more than to somebody else: counted as a first visit, and may be none"
    )
    remembered_s: Seconds = Field(
        description="How far back visits were remembered when this one began; less than is set after a start, also of a run "
        "that was cut off, since nobody's looks are stored"
    )
