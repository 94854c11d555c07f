"""The streams of a runtime, by name: which are there, which are being made, and whether more may come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock

from domain.errors import UsageError
from pipeline.latest import LatestPictures
from pipeline.runtime_state import StreamState
from pipeline.supervision import SupervisedStream


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """A stream of a runtime.

    Attributes:
        stream: In one part or several.
        pictures: Its newest.
        switches: How often the parser had been changed when it was made.
    """

    stream: SupervisedStream
    pictures: LatestPictures
    switches: int

    def state(self) -> StreamState:
        """How it fares."""
        stream, picture = self.stream, self.pictures.get()
        return StreamState(
            status=stream.status,
            live=stream.live,
            progress=stream.progress(),
            faults=stream.faults,
            problem=stream.problem,
            last_picture_at=picture.finished_at if picture else None,
            no_signal=stream.no_signal,
        )


class StreamTable:
    """Streams in the order in which they came. Any thread may call everything; its lock is held for no longer than a change takes.

    A stream that comes before `start` begins with it, later ones at once. Behind `shut` none comes.
    """

    def __init__(self) -> None:
        self._changing = RLock()
        self._entries: dict[str, StreamEntry] = {}
        self._making: set[str] = set()
        self._started = self._shut = False
        self._switches = 0

    @property
    def switches(self) -> int:
        """How often the parser has been changed."""
        return self._switches

    def start(self) -> None:
        """Begin those that are there. May be called twice.

        Raises:
            RuntimeError: It is shut.
        """
        with self._changing:
            self._refuse_if_shut()
            if not self._started:
                self._started = True
                for entry in self._entries.values():
                    entry.stream.start()

    @contextmanager
    def making(self, stream_id: str) -> Iterator[None]:
        """Keep a name for a stream that is being made, which takes until its source is open.

        Raises:
            UsageError: There is one of that name.
            RuntimeError: It is shut.
        """
        with self._changing:
            self._refuse_if_shut()
            if stream_id in self._entries or stream_id in self._making:
                raise UsageError(
                    f"there is a stream called {stream_id} already: remove it, or give this one another id"
                )
            self._making.add(stream_id)
        try:
            yield
        finally:
            with self._changing:
                self._making.discard(stream_id)

    def add(self, stream_id: str, entry: StreamEntry) -> None:
        """Take in a stream that has been made. Where the parser was changed meanwhile, a camera begins again with that.

        Raises:
            RuntimeError: It is shut; the stream is stopped.
        """
        with self._changing:
            if not self._shut:
                self._entries[stream_id] = entry
                if entry.stream.live and entry.switches != self._switches:
                    entry.stream.renew()
                if self._started:
                    entry.stream.start()
                return
        entry.stream.stop()
        self._refuse_if_shut()

    def remove(self, stream_id: str, entry: StreamEntry) -> None:
        """Forget a stream, unless another one has its name by now."""
        with self._changing:
            if self._entries.get(stream_id) is entry:
                del self._entries[stream_id]

    def get(self, stream_id: str) -> StreamEntry:
        """A stream.

        Raises:
            UsageError: There is none of that name.
        """
        entries = self.all()
        if stream_id not in entries:
            there = f"there are {', '.join(entries)}" if entries else "there is none at all"
            raise UsageError(f"there is no stream called {stream_id}: {there}")
        return entries[stream_id]

    def all(self) -> dict[str, StreamEntry]:
        """Those of this moment."""
        with self._changing:
            return dict(self._entries)

    def switch(self, change: Callable[[], object]) -> None:
        """Change the parser, and let cameras begin again, so that no number comes from two.

        Raises:
            RuntimeError: It is shut.
        """
        with self._changing:
            self._refuse_if_shut()
            self._switches += 1
            change()
            for entry in self._entries.values():
                if entry.stream.live and not entry.stream.finished:
                    entry.stream.renew()

    def shut(self) -> bool:
        """Let none come any more; whether that is new."""
        with self._changing:
            first, self._shut = not self._shut, True
        return first

    def _refuse_if_shut(self) -> None:
        if self._shut:
            raise RuntimeError("the runtime is closed")
