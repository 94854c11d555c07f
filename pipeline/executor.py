"""One parser for cameras and requests: so many calls at a time, bounded queues, and a fair turn for each kind of caller."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from threading import Condition
from threading import Event as Signal
from time import monotonic
from typing import TypeVar

from domain.errors import Busy
from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.cutouts import Cutout
from pipeline.durations import DurationCounts, Durations
from pipeline.finders.base import Found
from pipeline.finding import ViewParser
from pipeline.parsers.base import HumanParser

_Answer = TypeVar("_Answer")
_SMOOTHING = 0.1
_FIRST_GUESS_S = 0.5
_SHORTEST_S, _LONGEST_S = 0.1, 60.0


class Priority(Enum):
    """Who asks. While all wait, a camera gets four turns and an interactive request two for one of a batch; nobody starves."""

    CAMERA = "camera"
    INTERACTIVE = "interactive"
    BATCH = "batch"


_TURNS: Mapping[Priority, int] = {Priority.CAMERA: 4, Priority.INTERACTIVE: 2, Priority.BATCH: 1}


@dataclass(frozen=True, slots=True)
class ExecutorOptions:
    """How much is done and waits at a time.

    Attributes:
        slots: Calls of the parser at the same time.
        queue_size: Requests of a priority that may wait. Streams are not counted: each has two pictures here at most.

    Raises:
        ValueError: One is below 1.
    """

    slots: int = 2
    queue_size: int = 32

    def __post_init__(self) -> None:
        for name in ("slots", "queue_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class ExecutorState:
    """A moment's state.

    Attributes:
        parser: The one that new calls get.
        running: Calls under way.
        waiting: Calls that wait for their turn, by priority.
        parsed, failed: Calls that came back since the beginning, and those that raised.
        refused: Requests turned away because too many waited.
        mean_s: Time of a call lately, seconds; 0 before the first.
        took: Times of the calls that came back.
        waited: Times for which calls have waited for their turn, by priority.
    """

    parser: ParserInfo
    running: int
    waiting: Mapping[Priority, int]
    parsed: int
    failed: int
    refused: int
    mean_s: float
    took: DurationCounts = field(default_factory=DurationCounts)
    waited: Mapping[Priority, DurationCounts] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _Turn:
    """A call that waits since `since_s`. `begun` is set when it may run: of all who wait, that wakes this one alone."""

    since_s: float
    begun: Signal = field(default_factory=Signal)


@dataclass(slots=True)
class _Lane:
    """The calls of one priority that wait, and how far it has got: a turn moves it on by one through its weight."""

    weight: int
    turns: deque[_Turn] = field(default_factory=deque)
    passed: float = 0.0


class ParserExecutor:
    """Owns a parser, and lets so many calls at it at a time. Any thread.

    Calls wait in a lane for each priority and get turns by weight (stride scheduling: Waldspurger and Weihl, 1995). A lane of
    requests is bounded; when it is full the caller is told so at once and when to come back, so nothing piles up.

    Args:
        parser: The one to begin with.
        options: How much at a time.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        parser: HumanParser,
        options: ExecutorOptions | None = None,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._parser = parser
        self._options = options or ExecutorOptions()
        self._clock = clock
        self._changed = Condition()
        self._lanes = {priority: _Lane(weight) for priority, weight in _TURNS.items()}
        self._running = self._parsed = self._failed = self._refused = 0
        self._mean_s = self._reached = 0.0
        self._took = Durations()
        self._waited = {priority: Durations() for priority in Priority}
        self._closed = False

    def view(self, priority: Priority, *, pinned: bool, parser: HumanParser | None = None) -> HumanParser:
        """The executor as a parser for one kind of caller.

        Args:
            priority: Of its calls.
            pinned: Whether it keeps the parser of this moment, or goes along with `switch`. One that is pinned belongs to a stream:
                it has two pictures here at most, and they wait however many others do.
            parser: To be pinned to another one than that of this moment.

        Returns:
            A `ViewParser` where it is pinned to one.
        """
        if not pinned:
            return _View(self, priority, None)
        kept = parser or self._parser
        if isinstance(kept, ViewParser):
            return _ViewParserView(self, priority, kept)
        return _View(self, priority, kept)

    @property
    def parser(self) -> HumanParser:
        """The one that new calls get, by itself."""
        return self._parser

    @property
    def info(self) -> ParserInfo:
        """Of the parser that new calls get."""
        return self._parser.info

    def parse(
        self,
        image: BgrImage,
        priority: Priority,
        *,
        parser: HumanParser | None = None,
        wanted: Callable[[], bool] = lambda: True,
        patient: bool = False,
    ) -> ParsedFrame:
        """Wait for a turn, then label the picture; see `HumanParser.parse`.

        Args:
            image: Shape (H, W, 3) uint8 BGR.
            priority: Who asks.
            parser: Another one than that of this moment.
            wanted: Asked when its turn has come; a picture that nobody waits for any more is not parsed.
            patient: Wait however many others do. For callers whose number is bounded already.

        Raises:
            Busy: Too many requests of that priority wait.
            CancelledError: It is not wanted any more.
            RuntimeError: The executor is closed.
        """
        return self._answer(lambda: (parser or self._parser).parse(image), priority, wanted, patient=patient)

    def find(self, image: BgrImage, priority: Priority, parser: ViewParser) -> Found:
        """Wait for a turn, then find the persons; see `ViewParser.find` and, for what is raised, `parse`."""
        return self._answer(lambda: parser.find(image), priority, patient=True)

    def parse_found(
        self, image: BgrImage, found: Found, priority: Priority, parser: ViewParser
    ) -> ParsedFrame:
        """Wait for a turn, then parse those who were found; see `ViewParser.parse_found` and, for what is raised, `parse`."""
        return self._answer(lambda: parser.parse_found(image, found), priority, patient=True)

    def parse_at(
        self, image: BgrImage, found: Found, priority: Priority, parser: ViewParser
    ) -> list[Cutout | None]:
        """Wait for a turn, then parse persons; see `ViewParser.parse_at` and, for what is raised, `parse`."""
        return self._answer(lambda: parser.parse_at(image, found), priority, patient=True)

    def switch(self, parser: HumanParser) -> None:
        """From now on calls get this one; those under way end with the one they have begun with."""
        with self._changed:
            self._parser = parser

    def refuse(self) -> None:
        """Take no requests any more; cameras go on, and what waits is still parsed."""
        with self._changed:
            self._closed = True

    def close(self) -> None:
        """As `refuse`, and wait until nothing is under way and nothing waits. Any number of times."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._running and not any(self._waiting().values()))

    def state(self) -> ExecutorState:
        """Of this moment."""
        with self._changed:
            return ExecutorState(
                parser=self._parser.info,
                running=self._running,
                waiting=self._waiting(),
                parsed=self._parsed,
                failed=self._failed,
                refused=self._refused,
                mean_s=self._mean_s,
                took=self._took.counts(),
                waited={priority: waited.counts() for priority, waited in self._waited.items()},
            )

    def _answer(
        self,
        call: Callable[[], _Answer],
        priority: Priority,
        wanted: Callable[[], bool] = lambda: True,
        *,
        patient: bool,
    ) -> _Answer:
        with self._turn(priority, patient=patient):
            if not wanted():
                raise CancelledError
            began = self._clock()
            try:
                answer = call()
            except BaseException:
                self._count(failed=1)
                raise
            self._count(parsed=1, took_s=self._clock() - began)
            return answer

    def _waiting(self) -> dict[Priority, int]:
        return {priority: len(lane.turns) for priority, lane in self._lanes.items()}

    @contextmanager
    def _turn(self, priority: Priority, *, patient: bool) -> Iterator[None]:
        with self._changed:
            turn = self._queue(priority, patient=patient)
        try:
            with self._changed:
                self._begin_turns()
            turn.begun.wait()
            with self._changed:
                self._waited[priority].add(self._clock() - turn.since_s)
            yield
        finally:
            with self._changed:
                self._end(turn, self._lanes[priority])

    def _queue(self, priority: Priority, *, patient: bool) -> _Turn:
        lane = self._lanes[priority]
        if priority is not Priority.CAMERA:
            if self._closed:
                raise RuntimeError("a picture was to be parsed after the parser was closed")
            if len(lane.turns) >= self._options.queue_size and not patient:
                self._refused += 1
                raise Busy(
                    f"{len(lane.turns)} pictures wait for the parser already",
                    retry_after_s=self._clears_s(lane),
                )
        # Who has not asked for a while has saved up no turns.
        if not lane.turns:
            lane.passed = max(lane.passed, self._reached)
        turn = _Turn(self._clock())
        lane.turns.append(turn)
        return turn

    def _end(self, turn: _Turn, lane: _Lane) -> None:
        if turn.begun.is_set():
            self._running -= 1
        else:  # Ctrl-C while it waited
            lane.turns.remove(turn)
        self._begin_turns()
        self._changed.notify_all()

    def _begin_turns(self) -> None:
        while self._running < self._options.slots:
            lanes = [lane for lane in self._lanes.values() if lane.turns]
            if not lanes:
                return
            lane = min(lanes, key=lambda each: each.passed)
            self._reached = lane.passed
            lane.passed += 1 / lane.weight
            lane.turns.popleft().begun.set()
            self._running += 1

    def _clears_s(self, lane: _Lane) -> float:
        """About when half of what waits there will be done, seconds."""
        waiting = {id(each): each for each in self._lanes.values() if each.turns}
        share = lane.weight / sum(each.weight for each in waiting.values())
        rate = self._options.slots * share / (self._mean_s or _FIRST_GUESS_S)
        return round(min(max(len(lane.turns) / 2 / rate, _SHORTEST_S), _LONGEST_S), 1)

    def _count(self, *, parsed: int = 0, failed: int = 0, took_s: float | None = None) -> None:
        with self._changed:
            self._parsed += parsed
            self._failed += failed
            if took_s is not None:
                self._took.add(took_s)
                self._mean_s += (took_s - self._mean_s) * (_SMOOTHING if self._mean_s else 1.0)


class _View:
    """A `HumanParser` that waits for its turn."""

    def __init__(self, executor: ParserExecutor, priority: Priority, parser: HumanParser | None) -> None:
        self._executor = executor
        self._priority = priority
        self._parser = parser

    @property
    def info(self) -> ParserInfo:
        return self._parser.info if self._parser else self._executor.info

    def parse(self, image: BgrImage) -> ParsedFrame:
        return self._executor.parse(
            image, self._priority, parser=self._parser, patient=self._parser is not None
        )


class _ViewParserView(_View):
    """A `ViewParser` that waits for its turns."""

    def __init__(self, executor: ParserExecutor, priority: Priority, parser: ViewParser) -> None:
        super().__init__(executor, priority, parser)
        self._views = parser

    def find(self, image: BgrImage) -> Found:
        return self._executor.find(image, self._priority, self._views)

    def parse_found(self, image: BgrImage, found: Found) -> ParsedFrame:
        return self._executor.parse_found(image, found, self._priority, self._views)

    def parse_at(self, image: BgrImage, found: Found) -> list[Cutout | None]:
        return self._executor.parse_at(image, found, self._priority, self._views)
