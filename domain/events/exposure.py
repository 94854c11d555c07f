"""How much of garments, colours and brands was to be seen."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field, JsonValue

from domain.events.base import Detail, Event, EventPart, Seconds, Share
from domain.events.clothing import ColorName, GarmentName
from domain.events.tables import EventTable, ListTable, TableIndex


class ExposureItem(EventPart):
    """One garment in one colour, or one brand, everywhere in the picture or within a zone."""

    zone: str | None = Field(description="The zone in which its wearers stood; null for the whole picture")
    part: GarmentName | None = Field(description="The garment; null for a brand")
    color: ColorName | None = Field(description="Its colour; null for a brand")
    brand: str | None = Field(description="The brand, by the palette in the settings; null for a garment")
    screen_s: Seconds = Field(description="Time in which it was to be seen on somebody")
    person_s: Seconds = Field(description="The same, added up over all who wore it")
    picture_share: Share = Field(
        description="Part of the picture that it covered, on average over the time in which it was to be seen"
    )


class ExposureMeasured(Event):
    """How much of garments, colours and brands was to be seen in a window. `event_time` is its end."""

    topic: ClassVar[str] = "footfall.exposures.v1"
    detail: ClassVar[Detail] = "windows"
    about: ClassVar[str] = "how long and how large garments, colours and brands were to be seen in a window"
    time: ClassVar[str] = "the end of the window"
    table: ClassVar[EventTable] = EventTable(
        "exposures",
        holds="windows in which something worn was to be seen; `event_time` is the end",
        indexes=(TableIndex("ix_exposures_stream_time", ("stream_id", "event_time")),),
        inner=(
            ListTable(
                "exposure_items",
                field="items",
                holds="a garment in a colour, or a brand, of such a window",
                owner="exposure_id",
                indexes=(TableIndex("ix_exposure_items_brand", ("brand",)),),
            ),
        ),
    )
    example: ClassVar[Mapping[str, JsonValue]] = {
        "event_id": "3f0c7a76-0c1c-5d7c-9a0e-6f0b8f9f7d21",
        "stream_id": "door",
        "event_time": "2026-05-04T09:31:00Z",
        "time_source": "file",
        "analysis_id": "3c1b0f7e52d84a6e9f04b7c2a1d5e860",
        "window_start": "2026-05-04T09:30:00Z",
        "window_s": 60,
        "seconds_observed": 60.0,
        "items": [
            {
                "zone": None,
                "part": "upper-clothes",
                "color": "red",
                "brand": None,
                "screen_s": 12.0,
                "person_s": 18.4,
                "picture_share": 0.021,
            },
            {
                "zone": "promotion",
                "part": None,
                "color": None,
                "brand": "acme",
                "screen_s": 4.6,
                "person_s": 4.6,
                "picture_share": 0.012,
            },
        ],
    }

    event_type: Literal["exposure"] = "exposure"
    window_start: AwareDatetime = Field(description="When it begins, UTC")
    window_s: Annotated[int, Field(gt=0, description="Its length, seconds")]
    seconds_observed: Seconds = Field(
        description="Time with pictures in it: divide by it for parts of the time"
    )
    items: tuple[ExposureItem, ...] = Field(
        description="What was to be seen, first in the whole picture, then by zone; garments, then brands"
    )
