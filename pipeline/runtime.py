"""The runtime: streams that come and go, one parser for all of them and for requests, and one way out for their events."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from threading import Condition
from threading import Event as Signal
from types import TracebackType
from typing import Self

from config.cameras import CameraSettings
from domain.frame import BgrImage
from domain.parsing import ParsedFrame
from domain.summary import StreamSummary
from pipeline.drawing import drawing_of
from pipeline.executor import Priority
from pipeline.latest import LatestPicture, LatestPictures
from pipeline.parsers.base import HumanParser
from pipeline.runtime_parts import Given, RuntimeOptions, RuntimeParts, StreamOrder, Watch
from pipeline.runtime_state import RuntimeResult, RuntimeState
from pipeline.stream import StreamProgress, StreamRun
from pipeline.stream_table import StreamEntry, StreamTable
from pipeline.supervision import SupervisedStream


class Runtime:
    """Streams side by side, and requests beside them. Any thread may call everything; as a context manager it starts and closes.

    A stream that is added before `start` begins with it, later ones at once. What ends one stream, a fault of Footfall's own
    included, leaves the others alone.

    It closes in order (`close`):

    1. No stream is added and no request taken any more.
    2. Streams read nothing more, and drain: what was read is parsed, counted and published; visits and windows end; frame sinks
       close.
    3. Requests that were accepted are answered.
    4. What was left to be done at the end (`at_end`) is done, the latest first.
    5. The outlet delivers what waits, until the deadline, and closes its sinks.
    6. What was left to be let go (`after_end`) is let go.

    Args:
        parts: What it owns.
        options: Times.
    """

    def __init__(self, parts: RuntimeParts, options: RuntimeOptions | None = None) -> None:
        self._parts = parts
        self._options = options or RuntimeOptions()
        self._streams = StreamTable()
        self._built: dict[str, int] = {}
        self._interrupted = self._suspended = self._closed = False
        self._ended = Condition()
        self._at_end, self._after_end = ExitStack(), ExitStack()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def start(self) -> None:
        """Begin the streams that were added. May be called twice.

        Raises:
            RuntimeError: It is closed.
        """
        self._streams.start()

    def add_stream(self, camera: CameraSettings | Given | str) -> str:
        """Add a camera or recording. Blocks until its source is open.

        Args:
            camera: Its settings, or what a file would say of it: `{"id": "door", "source": "rtsp://..."}`, or the source alone.
                What it does not say is as for all cameras.

        Returns:
            Its id.

        Raises:
            UsageError: It cannot be opened, or there is a stream of that id. Nothing has changed then.
            RuntimeError: The runtime is closed.
        """
        if not isinstance(camera, CameraSettings):
            camera = self._parts.factory.camera(camera)
        with self._streams.making(camera.id):
            self._streams.add(camera.id, self._new_entry(camera))
        return camera.id

    def remove_stream(self, stream_id: str) -> StreamSummary:
        """End a stream, in order, and forget it. Blocks until what it has read is counted and published.

        Returns:
            What it has counted.

        Raises:
            UsageError: There is none of that id.
        """
        entry = self._streams.get(stream_id)
        entry.stream.stop()
        entry.stream.join()
        entry.pictures.close()
        self._streams.remove(stream_id, entry)
        return entry.stream.summary()

    @property
    def parser(self) -> HumanParser:
        """The parser as a request calls it, waiting for its turn between the cameras' pictures; raises Busy as `parse` does."""
        return self._parts.executor.view(Priority.INTERACTIVE, pinned=False)

    @property
    def loaded_parser(self) -> HumanParser:
        """The one that cameras get, by itself: to be handed to `parse` or `switch_parser` after another one has taken its place."""
        return self._parts.executor.parser

    def parse(
        self,
        image: BgrImage,
        *,
        priority: Priority = Priority.INTERACTIVE,
        parser: HumanParser | None = None,
        wanted: Callable[[], bool] = lambda: True,
    ) -> ParsedFrame:
        """Label one picture. Blocks until its turn has come and it is done.

        Args:
            image: Shape (H, W, 3) uint8 BGR, any size.
            priority: How its turns come beside others.
            parser: One from `load_parser`; None for that of the cameras. Whichever it is, it waits for its turn.
            wanted: Asked when its turn has come; a picture that nobody waits for any more is not parsed.

        Raises:
            Busy: Too many requests wait; it says when to ask again.
            CancelledError: It is not wanted any more.
            RuntimeError: The runtime is closed.
        """
        return self._parts.executor.parse(image, priority, parser=parser, wanted=wanted)

    def parser_for(self, priority: Priority, parser: HumanParser | None = None) -> HumanParser:
        """The parser of a stream that is none of this runtime's, such as a recording that is run beside the cameras.

        Args:
            priority: Of its turns, for each of which it waits, however many others do.
            parser: One from `load_parser`; None for that of this moment. It keeps that one.

        Returns:
            A `ViewParser` where that one is.
        """
        return self._parts.executor.view(priority, pinned=True, parser=parser)

    def load_parser(self, given: Given | str) -> HumanParser:
        """Load another parser beside the present one, to compare them or to switch to it. Blocks until it is there.

        Args:
            given: Its settings: `{"kind": "m2fp", "precision": "int8"}`, or the kind alone.

        Raises:
            UsageError: It cannot be loaded.
        """
        return self._parts.factory.parser(given)

    def switch_parser(self, parser: HumanParser | Given | str) -> None:
        """Use another parser. Blocks until it is loaded; meanwhile everything goes on with the present one.

        No request is dropped: those under way end with the parser they have begun with. A camera ends what it has counted and
        begins again, so that no number comes from two parsers. A recording keeps the parser that it has begun with.

        Args:
            parser: One from `load_parser`, or what that takes.

        Raises:
            UsageError: It cannot be loaded. Nothing has changed then.
        """
        loaded = self.load_parser(parser) if isinstance(parser, str | Mapping) else parser
        self._streams.switch(lambda: self._parts.executor.switch(loaded))

    def picture(self, stream_id: str, *, newer_than: int = 0, timeout_s: float = 0.0) -> LatestPicture | None:
        """The newest picture of a stream, to be shown with or without its overlay.

        Args:
            stream_id: Of the stream.
            newer_than: The `number` of one that is known.
            timeout_s: How long to wait for a newer one, seconds.

        Returns:
            None where there is none in that time.

        Raises:
            UsageError: There is no such stream.
        """
        return self._streams.get(stream_id).pictures.get(newer_than, timeout_s)

    def state(self) -> RuntimeState:
        """How everything fares."""
        return RuntimeState(
            streams={name: entry.state() for name, entry in self._streams.all().items()},
            parser=self._parts.executor.state(),
            sinks=self._parts.outlet.report(),
            delivery_problem=self._parts.outlet.problem(),
            backlog=self._parts.outlet.backlog(),
        )

    def progress(self) -> list[StreamProgress]:
        """How far each stream is, in the order in which they were added."""
        return [entry.stream.progress() for entry in self._streams.all().values()]

    def run(self, stop: Signal, watch: Watch = lambda _: None) -> RuntimeResult:
        """Start, wait until every stream has ended or `stop` is set, and close. Blocks; another thread may set `stop`."""
        with self:
            while not self.wait(0.0):
                watch(self.progress())
                if stop.wait(self._options.tick_s):
                    self._interrupted = True
                    break
            else:
                watch(self.progress())
        return self.result()

    @property
    def interrupted(self) -> bool:
        """Whether `run` was told to end before the streams had."""
        return self._interrupted

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until all streams have ended for good, at most so many seconds; whether they have."""
        with self._ended:
            return self._ended.wait_for(self._all_finished, timeout_s)

    def result(self) -> RuntimeResult:
        """What came of it, after `close`."""
        streams = [entry.stream for entry in self._streams.all().values()]
        return RuntimeResult(
            streams=tuple(stream.summary() for stream in streams),
            sinks=self._parts.outlet.report(),
            picture_problems=tuple(line for stream in streams for line in stream.picture_problems),
            interrupted=self._interrupted,
        )

    def at_end(self, action: Callable[[], object]) -> None:
        """To be done when all streams have ended and before the sinks close."""
        self._at_end.callback(action)

    def after_end(self, action: Callable[[], object]) -> None:
        """To be done when the sinks have closed."""
        self._after_end.callback(action)

    def suspend(self) -> bool:
        """As `close`, but leave visits, windows and drawn videos open, for a runtime of the same run that goes on from here.

        Returns:
            Whether there is something to go on with: streams that had ended before, have ended. Step 4 is left out then.
        """
        self._suspended = True
        self.close()
        return self._left_open()

    def close(self) -> None:
        """End everything, in the order that the class names. May be called twice; each call returns when it is done."""
        if not self._streams.shut():
            with self._ended:
                self._ended.wait_for(lambda: self._closed)
            return
        with ExitStack() as stack:
            stack.callback(self._say_closed)
            # Step 6.
            stack.callback(self._after_end.close)
            # Step 5.
            stack.callback(self._parts.outlet.close, self._options.shutdown_deadline_s)
            # Step 4.
            stack.callback(self._do_what_is_left)
            # Step 3.
            stack.callback(self._parts.executor.close)
            # Step 2.
            stack.callback(self._drain)
            # Step 1.
            self._parts.executor.refuse()

    def _do_what_is_left(self) -> None:
        if not self._left_open():
            self._at_end.close()

    def _left_open(self) -> bool:
        return any(entry.stream.suspended for entry in self._streams.all().values())

    def _drain(self) -> None:
        entries = tuple(self._streams.all().values())
        self._parts.outlet.hasten()
        for entry in entries:
            if self._suspended:
                entry.stream.suspend()
            else:
                entry.stream.stop()
        for entry in entries:
            entry.stream.join()
            entry.pictures.close()

    def _all_finished(self) -> bool:
        return all(entry.stream.finished for entry in self._streams.all().values())

    def _stream_ended(self) -> None:
        with self._ended:
            self._ended.notify_all()

    def _say_closed(self) -> None:
        with self._ended:
            self._closed = True
            self._ended.notify_all()

    def _new_entry(self, camera: CameraSettings) -> StreamEntry:
        pictures = LatestPictures(partial(drawing_of, camera))

        def build() -> StreamRun:
            part = self._built.get(camera.id, 0) + 1
            parser = self._parts.executor.view(Priority.CAMERA, pinned=True)
            run = self._parts.factory.stream(camera, StreamOrder(parser, pictures.sink(), part))
            self._built[camera.id] = part
            return run

        options, switches = self._options, self._streams.switches
        stream = SupervisedStream(
            camera.id, build, options.restart, ended=self._stream_ended, pause=options.pause
        )
        return StreamEntry(stream, pictures, switches)
