"""What happened in a window of time."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, JsonValue

from domain.events.base import Count, Detail, Event, EventPart, Seconds, Share
from domain.events.clothing import BodyCounts, ClothingCounts
from domain.events.tables import EventTable, ListTable, MappingTable, TableIndex
from domain.events.window_places import LineCounts, RoomCounts, ZoneCounts


class Coverage(EventPart):
    """What the numbers beside it rest on."""

    frames_read: Count = Field(description="Frames that arrived from the source")
    frames_sampled: Count = Field(description="Frames picked for parsing")
    frames_parsed: Count = Field(description="Frames in which persons were looked for")
    frames_dropped: Count = Field(
        description="Sampled frames that were never parsed, because parsing was too slow for a live stream"
    )
    frames_damaged: Count = Field(
        default=0, description="Frames that were left out because parts of them are missing or wrong"
    )
    seconds_observed: Seconds = Field(description="Time with a signal")
    seconds_without_signal: Seconds = Field(
        description="Time for which the camera was away, or a recording paused"
    )
    share: Share = Field(
        description="seconds_observed / length, times frames_parsed / frames_sampled, times the part of frames_read that is "
        "not damaged: 1 is all of it"
    )


class WindowClosed(Event):
    """Counts of a tumbling window, aligned to the epoch. `event_time` is the end of the window."""

    topic: ClassVar[str] = "footfall.windows.v1"
    detail: ClassVar[Detail] = "windows"
    about: ClassVar[str] = "counts of a tumbling window, aligned to the epoch"
    time: ClassVar[str] = "the end of the window"
    table: ClassVar[EventTable] = EventTable(
        "windows",
        holds="window events with their coverage",
        indexes=(
            TableIndex("ix_windows_stream_length_start", ("stream_id", "window_s", "window_start")),
            TableIndex("ix_windows_stream_time", ("stream_id", "event_time", "event_id")),
            TableIndex("ix_windows_time", ("event_time", "stream_id", "event_id")),
        ),
        renamed={"coverage.share": "coverage_share"},
        inner=(
            MappingTable(
                "window_garments",
                field="garments",
                holds="visits that ended in a window, by garment and colour",
                owner="window_id",
                keys=("part", "color"),
                value="visits",
            ),
            MappingTable(
                "window_staff_garments",
                field="staff_garments",
                holds="of `window_garments`, what staff wore",
                owner="window_id",
                keys=("part", "color"),
                value="visits",
            ),
            MappingTable(
                "window_body",
                field="body",
                holds="visits that ended in a window, by what covers the upper and the lower body, and its colour",
                owner="window_id",
                keys=("part", "color"),
                value="visits",
            ),
            MappingTable(
                "window_staff_body",
                field="staff_body",
                holds="of `window_body`, what covers staff",
                owner="window_id",
                keys=("part", "color"),
                value="visits",
            ),
            ListTable(
                "window_lines", field="lines", holds="who crossed a line within a window", owner="window_id"
            ),
            ListTable(
                "window_zones", field="zones", holds="who was in a zone within a window", owner="window_id"
            ),
            ListTable(
                "window_rooms",
                field="rooms",
                holds="who is inside a room at the end of a window",
                owner="window_id",
            ),
        ),
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "b8d92535-2b55-5e9a-a787-b17c1339658f",
        "stream_id": "door",
        "event_time": "2026-05-04T09:30:10Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "window_start": "2026-05-04T09:30:00Z",
        "window_s": 10,
        "persons_min": 0,
        "persons_mean": 0.5,
        "persons_max": 2,
        "visits_begun": 1,
        "visits_ended": 1,
        "garments": {"upper-clothes": {"red": 1}, "pants": {"unknown": 1}},
        "body": {"upper-body": {"red": 1}, "lower-body": {"unknown": 1}},
        "coverage": {
            "frames_read": 100,
            "frames_sampled": 50,
            "frames_parsed": 50,
            "frames_dropped": 0,
            "frames_damaged": 0,
            "seconds_observed": 10.0,
            "seconds_without_signal": 0.0,
            "share": 1.0,
        },
    }

    event_type: Literal["window"] = "window"
    window_start: AwareDatetime = Field(description="When it begins, UTC")
    window_s: Annotated[int, Field(gt=0, description="Its length, seconds")]
    persons_min: Count = Field(description="Fewest persons in a parsed frame")
    persons_mean: Annotated[float, Field(ge=0, description="Persons in a parsed frame on average")]
    persons_max: Count = Field(description="Most persons in a parsed frame")
    visits_begun: Count = Field(description="Visits of which the first frame lies in it")
    visits_ended: Count = Field(description="Visits of which the last frame lies in it")
    garments: ClothingCounts = Field(
        description="Visits that ended in this window, counted by garment and its colour; these sum up to the run's totals"
    )
    coverage: Coverage = Field(description="What these counts rest on")
    staff_ended: Count = Field(default=0, description="Of `visits_ended`, those of staff")
    staff_mean: Annotated[float, Field(ge=0)] = Field(
        default=0.0, description="Of `persons_mean`, those who were known to be staff by then"
    )
    staff_garments: ClothingCounts = Field(default_factory=dict, description="Of `garments`, what staff wore")
    tracks_ended: Count | None = Field(
        default=None,
        description="Confirmed tracks of which the last frame lies in it: visits, and who was seen too shortly for one; null in "
        "events of before they were counted",
    )
    visitors_first: Count = Field(
        default=0,
        description="Of the visits that ended, those of estimated visitors who had not been here, without staff; 0 without the "
        "stage `visitors`",
    )
    visitors_again: Count = Field(
        default=0, description="Likewise, those of estimated visitors who have come back"
    )
    groups_ended: Count = Field(
        default=0,
        description="Groups of two or more of whom the last was seen last in it; 0 without the stage `groups`",
    )
    grouped_ended: Count = Field(default=0, description="How many persons these groups were")
    lines: tuple[LineCounts, ...] = Field(default=(), description="Each line of the camera")
    zones: tuple[ZoneCounts, ...] = Field(default=(), description="Each zone of the camera")
    rooms: tuple[RoomCounts, ...] = Field(default=(), description="Each room of the camera")
    body: BodyCounts = Field(
        default_factory=dict,
        description="Visits that ended in this window, counted by what covers the upper and the lower body, and its colour, "
        "whatever it is called",
    )
    staff_body: BodyCounts = Field(default_factory=dict, description="Of `body`, what covers staff")
    min_group: Annotated[int, Field(ge=1)] = Field(
        default=1,
        description="With more than 1: fewest people that a number of it is about. It was merged until so many visits had ended in "
        "it, and 0, null or nothing stands where there were fewer, or others would tell of them",
    )
