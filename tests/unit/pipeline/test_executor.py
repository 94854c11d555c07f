"""One parser for many callers: bounded, fair, and switched without losing a call."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from threading import Event, Lock

import numpy as np
import pytest

from domain.errors import Busy
from domain.frame import BgrImage
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.executor import ExecutorOptions, ParserExecutor, Priority
from pipeline.finding import ViewParser
from tests.support.streams import ScriptedParser, one_person, plain_frame
from tests.support.views import CountingViews, picture
from tests.support.waiting import eventually

CAMERA, INTERACTIVE, BATCH = Priority


def image(value: int = 0) -> BgrImage:
    return plain_frame(0, value=value).image


class Gated:
    """A parser that lets one call go on at a time, and remembers whose they were by the grey of their pictures."""

    info = ParserInfo("gated", "1", "none")

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.at_once = self.most_at_once = 0
        self.gate = Event()
        self._lock = Lock()

    def parse(self, picture: BgrImage) -> ParsedFrame:
        with self._lock:
            self.begun.append(int(picture[0, 0, 0]))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.gate.wait(30)
        with self._lock:
            self.at_once -= 1
        return one_person(picture)


class Callers:
    """Threads that call the executor, one call each."""

    def __init__(self, executor: ParserExecutor, threads: ThreadPoolExecutor) -> None:
        self.executor, self._threads = executor, threads

    def call(
        self, value: int, priority: Priority, wanted: Callable[[], bool] = lambda: True
    ) -> Future[ParsedFrame]:
        """Call, and return when the call runs or waits."""
        before = self._there()
        future = self._threads.submit(self.executor.parse, image(value), priority, wanted=wanted)
        eventually(lambda: future.done() or self._there() > before)
        return future

    def _there(self) -> int:
        state = self.executor.state()
        return state.running + sum(state.waiting.values()) + state.parsed


def test_no_more_calls_than_slots_run_at_a_time() -> None:
    parser = Gated()
    executor = ParserExecutor(parser, ExecutorOptions(slots=2))
    with ThreadPoolExecutor(8) as threads:
        callers = Callers(executor, threads)
        futures = [callers.call(number, INTERACTIVE) for number in range(8)]
        state = executor.state()
        parser.gate.set()

    assert (state.running, state.waiting[INTERACTIVE]) == (2, 6)
    assert [len(future.result()) for future in futures] == [1] * 8
    assert parser.most_at_once == 2
    assert (executor.state().parsed, executor.state().running) == (8, 0)


def test_turns_come_by_weight_and_nobody_starves() -> None:
    parser = Gated()
    executor = ParserExecutor(parser, ExecutorOptions(slots=1))
    with ThreadPoolExecutor(32) as threads:
        callers = Callers(executor, threads)
        callers.call(0, CAMERA)
        for number, priority in enumerate((BATCH, INTERACTIVE, CAMERA), start=1):
            for _ in range(8):
                callers.call(number, priority)
        parser.gate.set()

    first = parser.begun[1:15]
    assert {number: first.count(number) for number in (1, 2, 3)} == {1: 2, 2: 4, 3: 8}
    assert sorted(parser.begun) == [0, *[1] * 8, *[2] * 8, *[3] * 8]


def test_who_has_not_asked_for_a_while_has_saved_up_no_turns() -> None:
    executor = ParserExecutor(ScriptedParser(), ExecutorOptions(slots=1))
    for _ in range(100):
        executor.parse(image(), CAMERA)
    parser = Gated()
    executor.switch(parser)
    with ThreadPoolExecutor(32) as threads:
        callers = Callers(executor, threads)
        callers.call(0, CAMERA)
        for number, priority in ((1, BATCH), (3, CAMERA)):
            for _ in range(8):
                callers.call(number, priority)
        parser.gate.set()

    assert parser.begun[1:11].count(1) <= 3


def test_a_full_queue_is_refused_at_once_and_says_when_to_ask_again() -> None:
    parser = Gated()
    executor = ParserExecutor(parser, ExecutorOptions(slots=1, queue_size=2))
    with ThreadPoolExecutor(8) as threads:
        callers = Callers(executor, threads)
        for number in range(3):
            callers.call(number, INTERACTIVE)
        with pytest.raises(Busy, match=r"^2 pictures wait for the parser already$") as busy:
            executor.parse(image(), INTERACTIVE)
        of_camera = [callers.call(9, CAMERA) for _ in range(3)]
        waiting = callers.call(5, BATCH)
        parser.gate.set()

    assert busy.value.retry_after_s == 0.5
    assert executor.state().refused == 1
    assert [len(each.result()) for each in (*of_camera, waiting)] == [1] * 4


def test_the_time_to_ask_again_follows_the_time_of_calls() -> None:
    now = 0.0

    def take_long(picture: BgrImage) -> ParsedFrame:
        nonlocal now
        now += 4.0
        return one_person(picture)

    executor = ParserExecutor(
        ScriptedParser(take_long), ExecutorOptions(slots=1, queue_size=2), clock=lambda: now
    )
    executor.parse(image(), INTERACTIVE)
    parser = Gated()
    executor.switch(parser)
    with ThreadPoolExecutor(8) as threads:
        callers = Callers(executor, threads)
        for number in range(3):
            callers.call(number, INTERACTIVE)
        with pytest.raises(Busy) as busy:
            executor.parse(image(), INTERACTIVE)
        parser.gate.set()

    assert busy.value.retry_after_s == 4.0


def test_a_picture_that_nobody_waits_for_is_not_parsed() -> None:
    parser = Gated()
    executor = ParserExecutor(parser, ExecutorOptions(slots=1))
    with ThreadPoolExecutor(8) as threads:
        callers = Callers(executor, threads)
        callers.call(0, INTERACTIVE)
        gone = callers.call(1, INTERACTIVE, wanted=lambda: False)
        stays = callers.call(2, INTERACTIVE)
        parser.gate.set()

    with pytest.raises(CancelledError):
        gone.result()
    assert len(stays.result()) == 1
    assert parser.begun == [0, 2]


def test_a_switch_drops_no_call_and_a_pinned_view_keeps_its_parser() -> None:
    old, new = Gated(), ScriptedParser()
    executor = ParserExecutor(old, ExecutorOptions(slots=2))
    pinned, current = executor.view(CAMERA, pinned=True), executor.view(INTERACTIVE, pinned=False)
    with ThreadPoolExecutor(8) as threads:
        under_way = threads.submit(current.parse, image(7))
        eventually(lambda: executor.state().running == 1)
        executor.switch(new)
        assert len(current.parse(image(8))) == 1
        assert (current.info, pinned.info, executor.info) == (new.info, old.info, new.info)
        old.gate.set()
        assert len(under_way.result()) == 1
        assert len(pinned.parse(image(9))) == 1

    assert old.begun == [7, 9]


def test_a_call_that_fails_gives_its_slot_back() -> None:
    def fail(_: BgrImage) -> ParsedFrame:
        raise ZeroDivisionError

    executor = ParserExecutor(ScriptedParser(fail), ExecutorOptions(slots=1))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            executor.parse(image(), BATCH)

    assert (executor.state().failed, executor.state().parsed, executor.state().running) == (3, 0, 0)


def test_closing_answers_what_was_accepted_and_takes_no_more() -> None:
    parser = Gated()
    executor = ParserExecutor(parser, ExecutorOptions(slots=1))
    with ThreadPoolExecutor(8) as threads:
        callers = Callers(executor, threads)
        accepted = [callers.call(number, INTERACTIVE) for number in range(3)]
        executor.refuse()
        with pytest.raises(RuntimeError, match=r"^a picture was to be parsed after the parser was closed$"):
            executor.parse(image(), INTERACTIVE)
        of_camera = callers.call(9, CAMERA)
        closing = threads.submit(executor.close)
        assert not closing.done()
        parser.gate.set()
        closing.result(30)

    assert [len(each.result()) for each in (*accepted, of_camera)] == [1] * 4


@pytest.mark.parametrize("name", ["slots", "queue_size"])
def test_sizes_are_at_least_one(name: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be at least 1, got 0$"):
        ExecutorOptions(**{name: 0})


def test_a_stream_waits_where_a_request_is_refused() -> None:
    parser = Gated()
    executor = ParserExecutor(parser, ExecutorOptions(slots=1, queue_size=1))
    other = ScriptedParser()
    stream = executor.view(BATCH, pinned=True, parser=other)
    with ThreadPoolExecutor(8) as threads:
        callers = Callers(executor, threads)
        callers.call(0, BATCH)
        callers.call(1, BATCH)
        with pytest.raises(Busy):
            executor.parse(image(2), BATCH)
        waiting = [threads.submit(stream.parse, image(3)) for _ in range(3)]
        eventually(lambda: executor.state().waiting[BATCH] == 4)
        parser.gate.set()
        assert [len(each.result()) for each in waiting] == [1, 1, 1]

    assert stream.info == other.info
    assert parser.begun == [0, 1]


def test_a_stream_that_finds_first_gets_what_its_parser_makes_of_a_picture() -> None:
    parser = CountingViews()
    stream = ParserExecutor(parser, ExecutorOptions(slots=1)).view(CAMERA, pinned=True)
    assert isinstance(stream, ViewParser)
    shown = picture((100, 100, 140, 220), (300, 20, 420, 380))
    found = stream.find(shown)
    parsed = stream.parse_found(shown, found)
    assert len(parsed) == len(found) == 2
    assert np.array_equal(parsed.person_ids, parser.parse(shown).person_ids)
    assert all(view is not None for view in stream.parse_at(shown, found))
