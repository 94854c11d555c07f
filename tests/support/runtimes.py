"""Runtimes with real analytics, tracking and delivery, and scripted sources and parsers."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event

from analytics.building import build_analytics
from config.adding import camera_from
from config.cameras import CameraSettings
from config.settings import Settings
from domain.errors import UsageError
from domain.events import StreamHealth, StreamIdentity
from pipeline.compositor import Compositor
from pipeline.executor import ExecutorOptions, ParserExecutor
from pipeline.parsers.base import HumanParser
from pipeline.post_processing import PostProcessor, PostProcessorParts
from pipeline.runtime import Runtime
from pipeline.runtime_parts import Given, RuntimeOptions, RuntimeParts, StreamOrder, Watch
from pipeline.runtime_state import RuntimeResult
from pipeline.stream import StreamParts, StreamRun
from pipeline.supervision import RestartPolicy
from pipeline.tracking.base import Tracker
from pipeline.tracking.bytetrack import ByteTracker
from sinks.base import EventSink, FrameSink
from sinks.memory import MemorySink
from sinks.outlet import EventOutlet, FanOut
from tests.support.streams import ListSource, ScriptedParser, plain_frame

TEN_FRAMES = [plain_frame(index) for index in range(10)]
LIVE_FRAMES = [replace(frame, may_wait=True) for frame in TEN_FRAMES]


def broken_camera(position: int = 5) -> ListSource:
    """A camera whose reader has a fault at that frame."""

    def fail(reached: int) -> None:
        if reached == position:
            raise ZeroDivisionError

    return ListSource(LIVE_FRAMES, live=True, before_each=fail)


def later_camera(count: int = 10) -> ListSource:
    """The same camera a minute later."""
    minute = timedelta(minutes=1)
    frames = [replace(frame, event_time=frame.event_time + minute) for frame in LIVE_FRAMES[:count]]
    return ListSource(frames, live=True)


def camera(stream_id: str) -> CameraSettings:
    """Settings of a stream whose source the test gives."""
    return camera_from(Settings(), {"id": stream_id, "source": "synthetic:"})


@dataclass
class ScriptedFactory:
    """Builds streams on the sources given, one after the other for each part."""

    outlet: EventOutlet
    sources: dict[str, deque[ListSource]] = field(default_factory=dict)
    frame_sinks: tuple[FrameSink, ...] = ()
    live_limit_s: float | None = None
    tracker: Callable[[], Tracker] = ByteTracker
    parsers: Mapping[str, HumanParser] = field(default_factory=dict)
    orders: list[StreamOrder] = field(default_factory=list)

    def camera(self, given: str | Given) -> CameraSettings:
        return camera_from(Settings(), given)

    def parser(self, given: str | Given) -> HumanParser:
        return self.parsers[str(given)]

    def stream(self, settings: CameraSettings, order: StreamOrder) -> StreamRun:
        self.orders.append(order)
        if not self.sources.get(settings.id):
            raise UsageError(f"{settings.id} cannot be reached")
        source = self.sources[settings.id].popleft()
        analytics = build_analytics(source.stream_id, lost_after_s=3.0)
        parts = PostProcessorParts(
            stream=StreamIdentity(source.stream_id),
            tracker=self.tracker(),
            analytics=analytics,
            drawing=Compositor(),
            outlet=self.outlet,
            frame_sinks=(*self.frame_sinks, order.latest),
            health_interval_s=1.0 if source.live else None,
        )
        of_stream = StreamParts(source, order.parser, analytics, PostProcessor(parts))
        return StreamRun(of_stream, 4, live_limit_s=self.live_limit_s)


@dataclass
class Pauses:
    """Does not wait; remembers how long it should have."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, event: Event, seconds: float) -> bool:
        if seconds:
            self.seconds.append(seconds)
        return event.is_set()


class Harness:
    """A runtime and what came out of it."""

    def __init__(self, parser: HumanParser | None = None, sinks: Sequence[EventSink] = ()) -> None:
        self.memory = MemorySink()
        self.outlet = FanOut([self.memory, *sinks])
        self.factory = ScriptedFactory(self.outlet)
        self.executor = ParserExecutor(parser or ScriptedParser(), ExecutorOptions(slots=8))
        self.pauses = Pauses()
        self.stop = Event()
        self.runtime = Runtime(
            RuntimeParts(self.executor, self.outlet, self.factory),
            RuntimeOptions(10.0, tick_s=0.01, restart=RestartPolicy(most=2), pause=self.pauses),
        )

    def add(self, *parts: ListSource) -> None:
        """A stream whose parts have these sources."""
        stream_id = parts[0].stream_id
        self.factory.sources[stream_id] = deque(parts)
        self.runtime.add_stream(camera(stream_id))

    def run(self, *sources: ListSource, watch: Watch = lambda _: None) -> RuntimeResult:
        """Run a stream for each source to its end."""
        for source in sources:
            self.add(source)
        return self.runtime.run(self.stop, watch)

    def health(self, stream_id: str | None = None) -> list[str]:
        """What the streams have said of themselves, signs of life excepted."""
        return [
            event.status
            for event in self.memory.events
            if isinstance(event, StreamHealth)
            and stream_id in {None, event.stream_id}
            and event.status != "running"
        ]
