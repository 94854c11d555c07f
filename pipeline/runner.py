"""Runs the streams side by side and ends them in order."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event as Signal
from time import monotonic

from domain.summary import SinkSummary, StreamSummary
from pipeline.stream import StreamProgress, StreamRun
from sinks.outlet import EventOutlet

Watch = Callable[[Sequence[StreamProgress]], None]
"""Called now and then from the thread that runs the pipeline."""


_READING_UP_S = 0.25
"""A camera ends by its own pictures; one that sends none is closed so much later, when the others have read up."""


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """Times of a run.

    Attributes:
        shutdown_deadline_s: After the last stream has ended, sinks get that long for what they have not stored yet.
        tick_s: How often the watcher is called.
    """

    shutdown_deadline_s: float
    tick_s: float = 0.25


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """What came of a run."""

    streams: tuple[StreamSummary, ...]
    sinks: tuple[SinkSummary, ...]
    picture_problems: tuple[str, ...]
    interrupted: bool


class Pipeline:
    """All streams of a run, and the outlet their events go to.

    1. Every stream starts its threads.
    2. Until all have ended, the watcher is told how far they are; when `stop` is set, or a stream has met a bug, all are told to
       read nothing more.
    3. Streams drain: what was read is parsed, counted and published; visits and windows end; frame sinks close.
    4. The outlet delivers what waits, until the deadline, and closes its sinks.
    5. A bug, if there was one, is raised.
    """

    def __init__(self, streams: Sequence[StreamRun], outlet: EventOutlet, options: RunnerOptions) -> None:
        self._streams = tuple(streams)
        self._outlet = outlet
        self._options = options

    def run(self, stop: Signal, watch: Watch) -> PipelineResult:
        """Run until every stream has ended. Blocks; another thread or a signal handler may set `stop`."""
        with ExitStack() as stack:
            stack.callback(self._outlet.close, self._options.shutdown_deadline_s)  # 4
            stack.callback(self._drain)  # 3
            for stream in self._streams:  # 1
                stream.start()
            interrupted = self._watch(stop, watch)  # 2
        self._raise_bug()  # 5
        return PipelineResult(
            streams=tuple(stream.summary() for stream in self._streams),
            sinks=self._outlet.report(),
            picture_problems=tuple(line for stream in self._streams for line in stream.sink_problems),
            interrupted=interrupted,
        )

    def _watch(self, stop: Signal, watch: Watch) -> bool:
        began = monotonic()
        while not all(stream.finished for stream in self._streams):
            watch([stream.progress() for stream in self._streams])
            if stop.wait(self._options.tick_s):
                return True
            if any(stream.bug for stream in self._streams):
                break
            for stream in self._streams:
                limit_s = stream.live_limit_s
                if limit_s is not None and monotonic() - began >= limit_s + _READING_UP_S:
                    stream.stop()
        watch([stream.progress() for stream in self._streams])
        return False

    def _drain(self) -> None:
        self._outlet.hasten()
        for stream in self._streams:
            stream.stop()
        for stream in self._streams:
            stream.join()

    def _raise_bug(self) -> None:
        for stream in self._streams:
            if stream.bug is not None:
                raise stream.bug
