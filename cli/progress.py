"""How far a run is: a bar on a terminal, a log line every few seconds elsewhere."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console

from pipeline.runtime_parts import Watch
from pipeline.stream import StreamProgress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_log = logging.getLogger("footfall")

LOG_INTERVAL_S = 5.0
_RATE_OVER_S = 2.0


@contextmanager
def watching(console: Console, *, quiet: bool = False, bars: bool = True) -> Iterator[Watch]:
    """A watcher for `Runtime.run` that suits where the output goes; it says nothing if `quiet`, and only logs without `bars`."""
    if quiet:
        yield lambda _streams: None
        return
    if not (bars and console.is_terminal):
        yield LogLines()
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - for terminals only

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Bars(progress)


class _Rate:
    """Frames a second over the last moments."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, int]] = []

    def of(self, frames: int) -> float:
        now = monotonic()
        self._seen = [(at, count) for at, count in self._seen if now - at <= _RATE_OVER_S] + [(now, frames)]
        (first_at, first), (last_at, last) = self._seen[0], self._seen[-1]
        return (last - first) / (last_at - first_at) if last_at > first_at else 0.0


class Bars:
    """One bar a stream, with its rate, the persons in view, the visits and the drops."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._tasks: dict[str, tuple[TaskID, _Rate]] = {}

    def __call__(self, streams: Sequence[StreamProgress]) -> None:
        """Show this moment."""
        for stream in streams:
            if stream.stream_id not in self._tasks:
                task = self._progress.add_task(stream.stream_id, total=stream.duration_s, state="")
                self._tasks[stream.stream_id] = (task, _Rate())
            task, rate = self._tasks[stream.stream_id]
            done = stream.duration_s if stream.finished and stream.duration_s else stream.media_s
            self._progress.update(task, completed=done, state=describe(stream, rate.of(stream.frames_parsed)))


class LogLines:
    """One log line a stream every few seconds."""

    def __init__(self) -> None:
        self._next = monotonic() + LOG_INTERVAL_S
        self._rates: dict[str, _Rate] = {}

    def __call__(self, streams: Sequence[StreamProgress]) -> None:
        """Take note of this moment, and say it if it is time."""
        due = monotonic() >= self._next
        for stream in streams:
            rate = self._rates.setdefault(stream.stream_id, _Rate()).of(stream.frames_parsed)
            if due and not stream.finished:
                _log.info("%s: at %s, %s", stream.stream_id, _clock(stream.media_s), describe(stream, rate))
        if due:
            self._next = monotonic() + LOG_INTERVAL_S


def describe(stream: StreamProgress, rate: float) -> str:
    """The state of a stream in a few words."""
    if stream.finished:
        words = [f"{stream.frames_parsed} frames"]
    elif not stream.connected:
        words = ["no signal"]
    elif stream.signal != "live":
        words = [stream.signal]
    else:
        words = [f"{rate:.1f} frames/s", f"{stream.persons} in view"]
    words.append(f"{stream.visits} visit{'' if stream.visits == 1 else 's'}")
    words.append(f"{stream.frames_dropped} dropped")
    return ", ".join(words)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
