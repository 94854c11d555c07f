"""What a visit came to."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field, JsonValue

from domain.events.base import Count, Detail, Event, EventPart, Seconds, Share
from domain.events.clothing import (
    ColorName,
    CoveredPart,
    CoveringGarment,
    GarmentName,
    SleeveLength,
    TrouserLength,
)
from domain.events.places import Role
from domain.events.report import ReportColumn, ReportList
from domain.events.tables import EventTable, ListTable, TableIndex


class OutfitItem(EventPart):
    """A garment of a whole visit: the vote over its frames, weighted by visible pixels."""

    part: GarmentName = Field(description="What it is")
    color: ColorName = Field(
        description="Its colour; unknown where too few frames tell, or too many different ones"
    )
    share: Share = Field(
        description="Part of the visit's frames, weighted by visible pixels, in which the garment was seen"
    )
    color_share: Share = Field(
        description="Part of the votes on this garment's colour that fell to this colour"
    )
    confidence: Share = Field(description="How far to trust the colour, 0 to 1")


class BodyWorn(EventPart):
    """What covers the upper or the lower body in a whole visit, whatever it is called."""

    part: CoveredPart = Field(description="What is covered")
    garment: CoveringGarment = Field(
        description="By which garment, the outer one of two; unknown where that cannot be told"
    )
    garment_confidence: Share = Field(
        description="How probably it is the garment that it looks most like, also where that is too little to name it"
    )
    color: ColorName = Field(description="Its colour; unknown where that cannot be told")
    share: Share = Field(
        description="Part of the visit's views, weighted by visible pixels, in which any of these garments was seen"
    )
    color_share: Share = Field(description="Part of the votes on the colour that fell to this colour")
    confidence: Share = Field(description="How far to trust the colour, 0 to 1")


class DerivedLengths(EventPart):
    """Derived from how much skin of arms and legs is seen, not told by the parser."""

    sleeves: SleeveLength = Field(default="unknown", description="None: bare arms")
    trousers: TrouserLength = Field(default="unknown", description="Knee: to the knee")


class VisitEnded(Event):
    """A confirmed track has ended. `event_time` is the end of the visit."""

    topic: ClassVar[str] = "footfall.visits.v1"
    detail: ClassVar[Detail] = "visits"
    about: ClassVar[str] = "one confirmed track, with its outfit"
    time: ClassVar[str] = "the end of the visit"
    table: ClassVar[EventTable] = EventTable(
        "visits",
        holds="visit events; `event_time` is the end",
        indexes=(
            TableIndex("ix_visits_stream_time", ("stream_id", "event_time")),
            TableIndex("ix_visits_time", ("event_time", "stream_id", "event_id")),
        ),
        inner=(
            ListTable(
                "visit_garments",
                field="outfit",
                holds="the outfit of a visit",
                owner="visit_id",
                indexes=(TableIndex("ix_visit_garments_part_color", ("part", "color")),),
            ),
            ListTable(
                "visit_body",
                field="body",
                holds="what covers the upper and the lower body in a visit, whatever it is called",
                owner="visit_id",
                indexes=(TableIndex("ix_visit_body_part_color", ("part", "color")),),
            ),
        ),
    )
    report: ClassVar[ReportList | None] = ReportList(
        heading="Visits",
        order=("started_at", "stream_id", "track_id"),
        columns=(
            ReportColumn("Stream", "stream_id"),
            ReportColumn("Track", "track_id", "track"),
            ReportColumn("From", "started_at", "moment"),
            ReportColumn(
                "Duration",
                "duration_s",
                "duration",
                remarks={"stream-end": "until the end"},
                remark="ended_by",
            ),
            ReportColumn("Views", "views", "number"),
            ReportColumn("Upper and lower body", "body", "body"),
            ReportColumn("Outfit", "outfit", "clothing"),
            ReportColumn("Derived", "derived", "lengths"),
        ),
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "89111247-6b78-57ce-846e-903f3475b79c",
        "stream_id": "door",
        "event_time": "2026-05-04T09:30:32Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "track_id": 1,
        "started_at": "2026-05-04T09:30:20Z",
        "duration_s": 12.0,
        "frames": 60,
        "ended_by": "lost",
        "outfit": [
            {"part": "upper-clothes", "color": "red", "share": 1.0, "color_share": 0.8, "confidence": 0.75},
            {"part": "pants", "color": "unknown", "share": 0.6, "color_share": 0.0, "confidence": 0.0},
        ],
        "derived": {"sleeves": "short", "trousers": "unknown"},
        "views": 6,
        "body": [
            {
                "part": "upper-body",
                "garment": "upper-clothes",
                "garment_confidence": 0.88,
                "color": "red",
                "share": 1.0,
                "color_share": 0.8,
                "confidence": 0.75,
            },
            {
                "part": "lower-body",
                "garment": "pants",
                "garment_confidence": 0.97,
                "color": "unknown",
                "share": 0.6,
                "color_share": 0.0,
                "confidence": 0.0,
            },
        ],
    }

    event_type: Literal["visit"] = "visit"
    track_id: int = Field(description="The track; unique within a run of a stream")
    started_at: AwareDatetime = Field(description="First frame of the confirmed track, UTC")
    duration_s: Seconds = Field(description="From the first to the last frame")
    frames: Count = Field(description="Frames in which the person was seen")
    ended_by: Literal["lost", "stream-end"] = Field(
        description="Whether the person was lost from view, or the stream ended"
    )
    outfit: tuple[OutfitItem, ...] = Field(
        description="What this person wore, as far as it can be told; see `body` for whom it matters little what it is called"
    )
    derived: DerivedLengths = Field(
        description="Lengths of sleeves and trousers, derived from the skin that is seen"
    )
    views: Count | None = Field(
        default=None,
        description="Frames in which the person was parsed, which the outfit rests on; null in events of before they were counted",
    )
    role: Role = Field(
        default="visitor",
        description="Who it is: `staff` by the rules of the camera's settings, else `visitor`",
    )
    body: tuple[BodyWorn, ...] = Field(
        default=(),
        description="What covers the upper and the lower body, also where it cannot be told whether that is a coat or a dress; "
        "empty in events of before there was this",
    )
