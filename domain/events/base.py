"""What all events share: their first fields, and how their ids are made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias, get_args
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.events.report import ReportList
from domain.events.tables import EventTable
from domain.frame import TimeSource

_NAMESPACE = UUID("6f0f7a11-fa11-5f00-8f00-7ca41c5e1e57")

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Count: TypeAlias = Annotated[int, Field(ge=0)]
Seconds: TypeAlias = Annotated[float, Field(ge=0)]

Detail: TypeAlias = Literal["full", "visits", "windows"]
"""How much a kind of event tells of single people: `full` where they are moment by moment, `visits` what each of them did,
`windows` sums over an interval, or nothing of people."""

DETAILS: tuple[Detail, ...] = get_args(Detail)
"""From the most to the least."""


def event_id(whose: str, event_type: str, about: str) -> str:
    """The id of an event; the same words give the same id on every machine.

    Args:
        whose: The analysis; the stream where no analysis is known.
        event_type: The kind of event.
        about: What it is about.
    """
    return str(uuid5(_NAMESPACE, f"{whose}\n{event_type}\n{about}"))


def timestamp(moment: datetime) -> str:
    """An aware moment as it goes into event ids: ISO 8601 with microseconds."""
    return moment.isoformat(timespec="microseconds")


class EventPart(BaseModel):
    """Something inside an event. A field that a newer version adds is read over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(EventPart):
    """What leaves the system. One kind of event is one subclass, in a file of its own.

    Attributes:
        topic: Of Kafka; the name of the JSON Schema, too.
        detail: How much it tells of single people: whether it leaves with that setting of `privacy.events`. A kind that does not
            say tells everything.
        of_people: Whether it holds numbers of people. Such a kind leaves with `privacy.min_group` only where
            `pipeline.privacy.gate` knows how.
        table: How it is kept in SQL.
        about: What an event of this kind is about, for the documentation.
        time: What `event_time` is, for the documentation.
        example: One event, for the documentation.
        report: How the report lists events of this kind; None where it has no list of them.
    """

    topic: ClassVar[str]
    detail: ClassVar[Detail] = "full"
    of_people: ClassVar[bool] = True
    table: ClassVar[EventTable]
    about: ClassVar[str]
    time: ClassVar[str]
    example: ClassVar[Mapping[str, JsonValue]]
    report: ClassVar[ReportList | None] = None

    event_id: str = Field(description="Made from the analysis, the kind and what the event is about")
    schema_version: Literal[1] = Field(default=1, description="Of this kind of event")
    stream_id: str = Field(description="Name of the camera or recording")
    event_time: AwareDatetime = Field(description="When it happened, UTC")
    time_source: TimeSource = Field(
        description="What the time rests on: the camera's clock, this machine's, or the file's"
    )
    event_type: str
    analysis_id: str | None = Field(
        default=None,
        description="Which analysis of its source this is: parser, settings, version; null in events of before there were analyses",
    )

    @classmethod
    def leaves_with(cls, events: Detail) -> bool:
        """Whether events of this kind leave with that setting of `privacy.events`."""
        return DETAILS.index(cls.detail) >= DETAILS.index(events)

    @classmethod
    def kind(cls) -> str:
        """The `event_type` of this class."""
        return str(cls.model_fields["event_type"].default)
