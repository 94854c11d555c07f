"""Keeps one stream going: a camera begins again after a fault of Footfall's own."""

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event, Lock, Thread
from time import monotonic
from typing import Literal, TypeAlias

from domain.errors import UsageError
from domain.provenance import RunState
from domain.summary import StreamSummary
from pipeline.stream import StreamProgress, StreamRun
from pipeline.totals import combined

_log = logging.getLogger(__name__)

StreamStatus: TypeAlias = Literal[
    "connecting", "live", "running", "stalled", "lost", "restarting", "ended", "interrupted", "failed"
]
"""How a stream fares:

- `connecting`: no picture yet, be it that its camera has never answered.
- `live`, `running`: the pictures of a camera, of a recording come.
- `stalled`: a camera's pictures are overdue, and its time limit is not over yet.
- `lost`: its signal is gone, and it is tried on.
- `restarting`: between two parts.
- `ended`: a recording at its end, a camera when it was told to.
- `interrupted`: a recording that was told to end before.
- `failed`: for a reason of its own.
"""

_OF_STATES: Mapping[RunState, StreamStatus] = {
    "running": "running",
    "complete": "ended",
    "interrupted": "interrupted",
    "failed": "failed",
}

Build: TypeAlias = Callable[[], StreamRun]
"""Makes the next part of the stream, with a source that is open; raises UsageError where it cannot be opened."""

Pause: TypeAlias = Callable[[Event, float], bool]
"""Waits for the event, at most so many seconds; whether it is set."""

_COUNTS = ("frames_read", "frames_sampled", "frames_parsed", "frames_dropped", "frames_damaged", "visits")
"""Of `StreamProgress` and `StreamSummary`."""

_LOOK_S = 1.0
_READING_UP_S = 0.25
"""A camera ends by its own pictures; one that sends none is closed so much later, when the others have read up."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When a camera begins again.

    Attributes:
        most: Faults in a row after which it is given up.
        first_s: Wait after the first of them, seconds; doubles with each.
        longest_s: The longest wait, seconds.
        calm_s: After so many seconds without a fault, the next is the first in a row.
        stuck_s: A reader that has shown no sign of life for so long is given up, which is a fault, seconds.
    """

    most: int = 5
    first_s: float = 1.0
    longest_s: float = 60.0
    calm_s: float = 600.0
    stuck_s: float = 60.0

    def delay_s(self, in_a_row: int) -> float:
        """How long to wait after that many failures in a row, seconds."""
        doublings = min(in_a_row - 1, 32)
        return min(self.first_s * 2.0**doublings, self.longest_s)


def wait_for(event: Event, seconds: float) -> bool:
    """The `Pause` of production."""
    return event.wait(seconds)


class SupervisedStream:
    """One stream from `start` to its end, in one part or several, with a thread of its own that watches over it.

    A fault (any exception that is not of the user or the medium) ends a part. A camera then begins another one: source, tracker and
    counts anew, as after a new start of the program, so no number rests on a state that may be wrong. A recording ends: it would
    meet the same fault at the same picture, and would count from its beginning what is counted already.

    Args:
        stream_id: Name of the stream.
        build: Makes its parts.
        policy: When it begins again.
        ended: Called when it has ended for good, in its own thread.
        clock: Monotonic seconds.
        pause: How to wait.

    Raises:
        UsageError: Its first part cannot be built.
    """

    def __init__(
        self,
        stream_id: str,
        build: Build,
        policy: RestartPolicy,
        *,
        ended: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = monotonic,
        pause: Pause = wait_for,
    ) -> None:
        self.stream_id = stream_id
        self._build, self._policy, self._ended = build, policy, ended
        self._clock, self._pause = clock, pause
        self._lock = Lock()
        self._stopping = Event()
        self._renewing = self._between = self._done = False
        self._run = build()
        self._earlier: list[StreamSummary] = []
        self._picture_problems: list[str] = []
        self._faults = self._in_a_row = 0
        # Not from the summaries, which round: what is told of a stream never falls.
        self._media_s = 0.0
        self._last_fault_s = -policy.calm_s
        self._told: set[str] = set()
        self._thread = Thread(target=self._supervise, name=f"{stream_id}-supervise")

    @property
    def live(self) -> bool:
        """Whether it is a camera."""
        return self._run.live

    @property
    def faults(self) -> int:
        """How many it has met."""
        return self._faults

    @property
    def finished(self) -> bool:
        """Whether it has ended for good."""
        return self._done

    @property
    def status(self) -> StreamStatus:
        """How it fares. Any thread."""
        with self._lock:
            run, between = self._run, self._between
        if self._done:
            return _OF_STATES[run.state]
        if between:
            return "restarting"
        signal = run.signal
        return signal if run.live or signal == "connecting" else "running"

    @property
    def problem(self) -> str | None:
        """Why its newest part ended before its end, in one line."""
        return self._run.failure

    @property
    def no_signal(self) -> str | None:
        """Why there are no pictures, in one line, where its source has said so."""
        return self._run.no_signal

    @property
    def picture_problems(self) -> Sequence[str]:
        """What pictures could not be written, one line each."""
        with self._lock:
            return (*self._picture_problems, *self._run.sink_problems)

    def start(self) -> None:
        """Begin. Once."""
        self._thread.start()

    def stop(self) -> None:
        """Read nothing more; what was read is still parsed, counted and stored. Any thread, any number of times."""
        self._stopping.set()
        with self._lock:
            self._run.stop()

    def suspend(self) -> None:
        """As `stop`, and leave what is open to a run that goes on from here. Any thread."""
        self._stopping.set()
        with self._lock:
            self._run.suspend()

    @property
    def suspended(self) -> bool:
        """See `StreamRun.suspended`."""
        return self._run.suspended

    def renew(self) -> None:
        """End the part that goes on, in order, and begin another one, for example with another parser. Any thread."""
        with self._lock:
            self._renewing = True
            self._run.stop()

    def join(self) -> None:
        """Wait until it has ended for good. One that was never started has."""
        if self._thread.ident is not None:
            self._thread.join()

    def progress(self) -> StreamProgress:
        """How far it has come, all parts together. Any thread."""
        with self._lock:
            now, earlier, media_s = self._run.progress(), tuple(self._earlier), self._media_s
        sums = {name: getattr(now, name) + sum(getattr(part, name) for part in earlier) for name in _COUNTS}
        return replace(
            now,
            **sums,
            media_s=now.media_s + media_s,
            connected=now.connected and not self._between,
            finished=self._done,
        )

    def summary(self) -> StreamSummary:
        """The whole of it, all parts together, after `join`."""
        with self._lock:
            whole = combined([*self._earlier, self._run.summary()])
            return whole.model_copy(update={"faults": self._faults, "problem": self.problem})

    def _supervise(self) -> None:
        began = self._clock()
        try:
            while True:
                self._run.start()
                self._await_end(self._run, began)
                if not (self._next_is_due(self._run) and self._begin_next()):
                    return
        finally:
            self._done = True
            self._ended()

    def _await_end(self, run: StreamRun, began: float) -> None:
        """Until the part has ended, in time and with a reader that shows signs of life."""
        ends = math.inf if run.live_limit_s is None else began + run.live_limit_s + _READING_UP_S
        while not run.join(min(_LOOK_S, max(0.0, ends - self._clock()))):
            if self._clock() >= ends:
                ends = math.inf
                self._stopping.set()
                run.stop()
            if run.stuck_s > self._policy.stuck_s:
                run.abandon_reader()

    def _next_is_due(self, run: StreamRun) -> bool:
        """Whether there is to be another part; counts a fault and says it."""
        with self._lock:
            renewed, self._renewing = self._renewing, False
        if run.bug is None:
            self._in_a_row = 0
            return renewed and not self._stopping.is_set()
        now = self._clock()
        self._in_a_row = 1 if now - self._last_fault_s >= self._policy.calm_s else self._in_a_row + 1
        self._last_fault_s = now
        self._faults += 1
        again = run.live and self._in_a_row <= self._policy.most and not self._stopping.is_set()
        self._tell(run.bug, again=again)
        return again

    def _tell(self, bug: BaseException, *, again: bool) -> None:
        """Log it, with a traceback the first time that it comes from that place."""
        place = _place(bug)
        known = place in self._told
        self._told.add(place)
        what = f"it begins again in {self._policy.delay_s(self._in_a_row):g} s" if again else "it has ended"
        if known:
            _log.error("%s: the same fault as before (%s): %s", self.stream_id, type(bug).__name__, what)
        else:
            _log.error("%s: a fault of Footfall's own: %s", self.stream_id, what, exc_info=bug)

    def _begin_next(self) -> bool:
        """Build the next part, again and again while its camera cannot be opened; whether there is one."""
        self._between = True
        failures = self._in_a_row
        while not self._pause(self._stopping, self._policy.delay_s(failures) if failures else 0.0):
            failures += 1
            try:
                run = self._build()
            except UsageError as error:
                _log.warning("%s: it cannot begin again yet: %s", self.stream_id, error)
                continue
            return self._take(run)
        return False

    def _take(self, run: StreamRun) -> bool:
        with self._lock:
            if self._stopping.is_set():
                run.stop()
                return False
            self._earlier = [combined([*self._earlier, self._run.summary()])]
            self._picture_problems += self._run.sink_problems
            self._media_s += self._run.progress().media_s
            self._run, self._between = run, False
            # It was asked for while this part was being built.
            if self._renewing:
                run.stop()
        return True


def _place(bug: BaseException) -> str:
    """Where it comes from, the same for the same fault."""
    step = bug.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    where = f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}" if step else ""
    return f"{type(bug).__qualname__} {where}"
