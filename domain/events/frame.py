"""What one frame shows."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, JsonValue

from domain.events.base import Count, Detail, Event, EventPart, Seconds, Share
from domain.events.clothing import ColorName, GarmentName
from domain.events.places import FootSeen, Place
from domain.events.tables import EventTable, ListTable, TableIndex


class GarmentSeen(EventPart):
    """A garment of one person in one frame."""

    part: GarmentName = Field(description="What it is")
    color: ColorName = Field(description="Its colour; unknown where the pixels do not tell")
    share: Share = Field(description="Part of the person's visible pixels that this garment covers")
    color_share: Share = Field(
        description="Part of the garment's pixels that have this colour; 0 when it is unknown"
    )
    confidence: Share = Field(description="How far to trust the colour, 0 to 1")


class PersonObserved(EventPart):
    """One person of one frame."""

    track_id: int | None = Field(
        description="Track that the person belongs to; null until the track is confirmed"
    )
    box: tuple[int, int, int, int] = Field(
        description="Left, top, right, bottom in pixels; right and bottom exclusive"
    )
    score: Share = Field(description="How sure the parser is of this person")
    garments: tuple[GarmentSeen, ...] = Field(description="What this person wears")
    foot: FootSeen = Field(
        default="unknown",
        description="Whether the feet are seen, or where they are is estimated, or not known",
    )
    foot_x: Place | None = Field(
        default=None, description="Where this person stands, pixels; null where it is not known"
    )
    foot_y: Place | None = Field(
        default=None, description="The same downwards; may be below the picture where it is estimated"
    )
    foot_confidence: Share = Field(
        default=0.0, description="How far to trust where this person stands, 0 to 1"
    )
    floor_x_m: Place | None = Field(
        default=None, description="The same on the floor, metres; null where not calibrated"
    )
    floor_y_m: Place | None = Field(
        default=None, description="The same on the floor, metres; null where not calibrated"
    )


class FrameObserved(Event):
    """One parsed frame: who is in it and what they wear."""

    topic: ClassVar[str] = "footfall.frames.v1"
    detail: ClassVar[Detail] = "full"
    about: ClassVar[str] = "who is in one parsed frame, and what they wear"
    time: ClassVar[str] = "when the picture was taken"
    table: ClassVar[EventTable] = EventTable(
        "frames",
        holds="frame events; `persons` is their number",
        indexes=(
            TableIndex("ix_frames_stream_time", ("stream_id", "event_time")),
            # Whatever sums over a time need: no row is looked up.
            TableIndex(
                "ix_frames_time", ("event_time", "stream_id", "persons", "analysis_id", "time_source")
            ),
        ),
        counted=("persons",),
        inner=(
            ListTable(
                "persons",
                field="persons",
                holds="persons of a frame: track, box, score",
                owner="frame_id",
                position_below="person_position",
                parts={"box": ("box_left", "box_top", "box_right", "box_bottom")},
                lists=(
                    ListTable(
                        "person_garments",
                        field="garments",
                        holds="garments of a person in a frame",
                        owner="frame_id",
                    ),
                ),
            ),
        ),
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "90984ee3-6195-594f-91d0-07175bbccd95",
        "stream_id": "door",
        "event_time": "2026-05-04T09:30:08.400000Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "frame_index": 42,
        "media_time_s": 8.4,
        "width": 768,
        "height": 432,
        "persons": [
            {
                "track_id": 1,
                "box": [0, 20, 60, 200],
                "score": 0.9,
                "garments": [
                    {
                        "part": "upper-clothes",
                        "color": "red",
                        "share": 0.4,
                        "color_share": 0.9,
                        "confidence": 0.8,
                    }
                ],
                "foot": "seen",
                "foot_x": 31.5,
                "foot_y": 196.0,
                "foot_confidence": 0.9,
            }
        ],
    }

    event_type: Literal["frame"] = "frame"
    frame_index: Count = Field(description="Position among all frames of the source, from 0")
    media_time_s: Seconds = Field(description="Seconds since the beginning of the source")
    width: Count = Field(description="Of the picture, pixels")
    height: Count = Field(description="Of the picture, pixels")
    persons: tuple[PersonObserved, ...] = Field(description="Everybody who is seen")
