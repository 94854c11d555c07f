"""Which analysis the events of a stream belong to, and how their ids are made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid5

from domain.events.base import Event, event_id, timestamp

_NAMESPACE = UUID("6f0f7a11-fa11-5f00-8f00-7ca41c5e1e58")
_MICROSECOND = timedelta(microseconds=1)

AnyEvent = TypeVar("AnyEvent", bound=Event)


@dataclass(frozen=True, slots=True)
class StreamIdentity:
    """What the ids of a stream's events rest on.

    An id is made from the analysis, the kind of event and what it is about. The name of a recording is not in it, and moments count
    from the recording's start: the same recording gives the same ids under another name, and where its file has another date.

    Attributes:
        stream_id: Name of the stream.
        analysis_id: Of the analysis; None where none is known, then ids rest on the name and on absolute moments.
        origin: When the recording starts; None for a camera, whose moments are its own.
    """

    stream_id: str
    analysis_id: str | None = None
    origin: datetime | None = None

    def event_id(self, event_type: str, *about: str | int | datetime) -> str:
        """The id of the event of that kind that is about this.

        Args:
            event_type: The kind.
            about: Words, numbers and aware moments that no other event of this kind and analysis has.
        """
        words = " ".join(self._word(one) for one in about)
        return event_id(self.analysis_id or self.stream_id, event_type, words)

    def marked(self, event: AnyEvent) -> AnyEvent:
        """The event with its analysis. A stage of another package may have made its id without it: then it gets one that has it."""
        if self.analysis_id is None or event.analysis_id == self.analysis_id:
            return event
        made = str(uuid5(_NAMESPACE, f"{self.analysis_id}\n{event.event_id}"))
        return event.model_copy(update={"event_id": made, "analysis_id": self.analysis_id})

    def _word(self, about: str | int | datetime) -> str:
        if not isinstance(about, datetime):
            return str(about)
        if self.analysis_id is None or self.origin is None:
            return timestamp(about)
        return f"{(about - self.origin) // _MICROSECOND:+d}us"
