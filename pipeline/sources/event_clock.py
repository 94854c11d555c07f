"""When a camera's pictures were taken: its own clock where it can be believed, in an order that never runs back."""

from datetime import datetime, timedelta

from domain.frame import TimeSource

BELIEVED_WITHIN = timedelta(minutes=1)
"""A camera's clock that is further from this machine's is not believed: it was never set, or its first report came too early."""

_SLOWDOWN = 0.1
"""How much faster or slower than pictures event time may pass while it is put right: visits keep their lengths within a tenth."""
_PUT_BACK = 0.5
_AT_ONCE = timedelta(minutes=1)
_BUCKET_S = 10.0
_NOTHING = timedelta()


class EventClock:
    """Places the pictures of one camera in time. One thread.

    Event time passes as media time does, which comes from the camera's own time stamps and knows neither the jitter of a network
    nor the order of decoding. Only where media time lies is estimated: by the sender reports, once there is one that can be
    believed, else by the earliest arrival. An estimate that changes moves event time by a tenth of its pace at most, so that it
    never runs back and nobody's visit is cut in two; more than a minute forward is jumped over, and more than a minute back is made
    up at half pace.
    """

    def __init__(self) -> None:
        self._zero: datetime | None = None
        self._last: tuple[float, datetime] | None = None
        self._reported: datetime | None = None
        self._recent: datetime | None = None
        self._before: datetime | None = None
        self._bucket_ends_s = 0.0

    @property
    def is_reported(self) -> bool:
        """Whether the camera has told this connection its time, and it can be believed."""
        return self._reported is not None

    def reconnected(self) -> None:
        """A new connection: nothing is known of when its media time is, but that it is later."""
        self._zero = self._reported = self._recent = self._before = None

    def note(self, media_s: float, arrived: datetime, taken: datetime | None) -> None:
        """Learn from a picture.

        Args:
            media_s: Its media time.
            arrived: When its packet came, by this machine's clock.
            taken: When it was taken, by the camera's sender reports; None before the first.
        """
        since_zero = timedelta(seconds=media_s)
        if self._recent is None or media_s >= self._bucket_ends_s:
            self._before, self._recent = self._recent, arrived - since_zero
            self._bucket_ends_s = media_s + _BUCKET_S
        self._recent = min(self._recent, arrived - since_zero)
        if taken is not None:
            self._reported = taken - since_zero if is_believed(taken, arrived) else None

    def place(self, media_s: float) -> tuple[datetime, TimeSource]:
        """When a picture of that media time was taken, and what that rests on. In order of media time, after a `note`."""
        wanted = self._wanted()
        passed = timedelta(seconds=0.0 if self._last is None else max(0.0, media_s - self._last[0]))
        self._zero = wanted if self._zero is None else self._zero + _correction(wanted - self._zero, passed)
        moment = self._zero + timedelta(seconds=media_s)
        if self._last is not None and moment < self._last[1]:
            # Only after a reconnection, or with a machine's clock set far back: go on from where time had come.
            moment = self._last[1] + passed * _PUT_BACK
            self._zero = moment - timedelta(seconds=media_s)
        self._last = media_s, moment
        return moment, "camera" if self._reported is not None else "arrival"

    def _wanted(self) -> datetime:
        if self._reported is not None:
            return self._reported
        assert self._recent is not None  # noqa: S101 - `note` comes first
        return min(self._recent, self._before or self._recent)


def is_believed(taken: datetime, arrived: datetime) -> bool:
    """Whether a camera's time agrees with this machine's well enough to be better than it."""
    return abs(arrived - taken) <= BELIEVED_WITHIN


def _correction(off: timedelta, passed: timedelta) -> timedelta:
    if off > _AT_ONCE:
        return off
    if off < -_AT_ONCE:
        return max(off, -passed * _PUT_BACK)
    return min(off, passed * _SLOWDOWN) if off > _NOTHING else max(off, -passed * _SLOWDOWN)
