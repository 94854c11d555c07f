"""How the pictures of a stream come, and whether its reader shows signs of life."""

from time import monotonic
from typing import Literal, TypeAlias

from domain.frame import Frame, SignalLost, SourceItem
from pipeline.sources.base import FrameSource, WatchedSource

Signal: TypeAlias = Literal["connecting", "live", "stalled", "lost"]
"""`connecting` until the first picture; `stalled` where pictures are overdue; `lost` once the source has given the signal up."""

_STALLED_AFTER_S = 2.0
_STALLED_AFTER_STEPS = 3.0
_FORGETTING = 0.9


class SignalWatch:
    """Told by the thread that reads; asked by any.

    Args:
        source: What is read.

    Attributes:
        no_signal: Why there are no pictures, in one line, where the source has said so.
    """

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self._asked_at: float | None = None
        self._usual_s: float | None = None
        self.no_signal: str | None = None

    def asking(self) -> None:
        """The source is waited for from now on."""
        self._asked_at = monotonic()

    def came(self, item: SourceItem) -> None:
        """It has given that, and is not waited for."""
        self.no_signal = item.reason if isinstance(item, SignalLost) else None
        if isinstance(item, Frame):
            waited_s = monotonic() - self._asked_at if self._asked_at is not None else 0.0
            step_s = self._source.picture_step_s
            # The longest of late: keyframes alone come seconds apart.
            self._usual_s = (
                step_s if self._usual_s is None else max(step_s, waited_s, _FORGETTING * self._usual_s)
            )
        self._asked_at = None

    def over(self) -> None:
        """The source is not waited for any more."""
        self._asked_at = None

    @property
    def connected(self) -> bool:
        """Whether the source has not given the signal up."""
        return self.no_signal is None

    @property
    def signal(self) -> Signal:
        """How the pictures come at this moment."""
        usual_s, asked_at = self._usual_s, self._asked_at
        if usual_s is None:
            return "connecting"
        if not self.connected:
            return "lost"
        overdue_s = max(_STALLED_AFTER_S, _STALLED_AFTER_STEPS * usual_s)
        stalled = self._source.live and asked_at is not None and monotonic() - asked_at > overdue_s
        return "stalled" if stalled else "live"

    @property
    def stuck_s(self) -> float:
        """Seconds for which the reader has shown no sign of life; 0 where its source shows none at all."""
        asked_at, source = self._asked_at, self._source
        if asked_at is None or not isinstance(source, WatchedSource):
            return 0.0
        return min(source.silent_s, monotonic() - asked_at)
