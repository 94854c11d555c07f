"""What time it is for a stream."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from domain.frame import TimeSource

Clock: TypeAlias = Callable[[], datetime]
"""The time of this machine, UTC."""


def utc_now() -> datetime:
    """The clock of production."""
    return datetime.now(UTC)


class StreamClock:
    """The newest moment of a stream, and how far its clock is behind that of this machine.

    Args:
        machine: The clock of this machine.
    """

    def __init__(self, machine: Clock) -> None:
        self._machine = machine
        self.newest: tuple[datetime, TimeSource] | None = None
        self.behind = timedelta()

    @property
    def now(self) -> datetime:
        """What the stream's clock says now."""
        return self._machine() - self.behind

    @property
    def moment(self) -> tuple[datetime, TimeSource]:
        """The newest one, or now, as long as nothing came."""
        return self.newest or (self._machine(), "arrival")

    def picture(self, event_time: datetime, time_source: TimeSource) -> None:
        """A picture came: this is what the stream's clock says."""
        self.newest = (event_time, time_source)
        self.behind = self._machine() - event_time

    def loss(self, event_time: datetime, time_source: TimeSource) -> None:
        """The signal was lost at that moment. It is told late, and says nothing about the clock."""
        self.newest = (event_time, time_source)

    def end(self) -> datetime | None:
        """When a camera ends now, by its own clock; None where nothing came."""
        return None if self.newest is None else max(self.now, self.newest[0])

    def resume(self, newest: tuple[datetime, TimeSource] | None, behind: timedelta) -> None:
        """Go on from there."""
        self.newest, self.behind = newest, behind

    def has_passed(self, event_time: datetime, behind: timedelta) -> bool:
        """Whether that moment has passed by a clock that is so far behind."""
        return event_time <= self._machine() - behind
