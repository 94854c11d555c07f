"""What a runtime is made of, and how it is told to behave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from config.cameras import CameraSettings
from pipeline.executor import ParserExecutor
from pipeline.parsers.base import HumanParser
from pipeline.stream import StreamProgress, StreamRun
from pipeline.supervision import Pause, RestartPolicy, wait_for
from sinks.base import FrameSink
from sinks.outlet import EventOutlet

Watch = Callable[[Sequence[StreamProgress]], None]
"""Called now and then from the thread that runs the streams."""

Given: TypeAlias = Mapping[str, Any]
"""Settings as a file says them, by key."""


@dataclass(frozen=True, slots=True)
class StreamOrder:
    """What a part of a stream is built with.

    Attributes:
        parser: The one it is to use, waiting for its turns.
        latest: A frame sink that is to get its pictures, beside those of the settings.
        part: Counted from 1 over all streams of that name in this runtime, so that files of an earlier part are not replaced.
    """

    parser: HumanParser
    latest: FrameSink
    part: int


class StreamFactory(Protocol):
    """Makes what a runtime needs from settings. Any thread."""

    def camera(self, given: str | Given) -> CameraSettings:
        """The settings of a camera, with all that holds for every camera; raises SettingsError."""
        ...

    def parser(self, given: str | Given) -> HumanParser:
        """Load a parser; raises UsageError."""
        ...

    def stream(self, camera: CameraSettings, order: StreamOrder) -> StreamRun:
        """A part of a stream, its source open; raises UsageError."""
        ...


@dataclass(frozen=True, slots=True)
class RuntimeParts:
    """What a runtime owns from its beginning to its end.

    Attributes:
        executor: Of all cameras and requests.
        outlet: Where all events go.
        factory: Makes streams and parsers.
    """

    executor: ParserExecutor
    outlet: EventOutlet
    factory: StreamFactory


@dataclass(frozen=True, slots=True)
class RuntimeOptions:
    """Times of a runtime.

    Attributes:
        shutdown_deadline_s: After the last stream has ended, sinks get that long for what they have not stored yet.
        tick_s: How often the watcher is called.
        restart: When a camera begins again after a fault.
        pause: How a stream waits before it begins again.
    """

    shutdown_deadline_s: float = 10.0
    tick_s: float = 0.25
    restart: RestartPolicy = field(default_factory=RestartPolicy)
    pause: Pause = wait_for
