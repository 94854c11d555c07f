"""What all events share: their first fields, and how their ids are made."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.frame import TimeSource

_NAMESPACE = UUID("6f0f7a11-fa11-5f00-8f00-7ca41c5e1e57")

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Count: TypeAlias = Annotated[int, Field(ge=0)]
Seconds: TypeAlias = Annotated[float, Field(ge=0)]


def event_id(stream_id: str, event_type: str, about: str) -> str:
    """The id of the event of that stream and kind that is about this; the same words give the same id on every machine."""
    return str(uuid5(_NAMESPACE, f"{stream_id}\n{event_type}\n{about}"))


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
    """

    topic: ClassVar[str]

    event_id: str
    schema_version: Literal[1] = 1
    stream_id: str
    event_time: AwareDatetime = Field(description="When it happened, UTC")
    time_source: TimeSource
    event_type: str
