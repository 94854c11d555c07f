"""SpoolOutlet: on disk before any sink sees it, each sink at its own pace, and over crashes nothing lost and nothing twice."""

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import partial
from math import inf
from pathlib import Path

import pytest

from domain.errors import OutputError, SinkBusy, SinkRejected
from domain.events import Event
from domain.summary import SinkSummary
from sinks.base import EventSink
from sinks.delivery import DeliveryOptions
from sinks.memory import MemorySink
from sinks.outlet import Checkpoint
from sinks.spool.options import SpoolOptions, SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.retention import RetentionOptions
from sinks.spool.rows import row_of
from sinks.spool.store import RESERVE, Changes, Cursor, Refusal, SpoolStore
from tests.support.events import frame_event, health_event, one_of_each
from tests.support.waiting import eventually

SOON = DeliveryOptions(linger_s=0.0)
FAST = SpoolOptions(commit_every_s=0.001, states_every_s=0.0, states_share=inf, cursors_every_s=0.001)


class Away(MemorySink):
    """Takes nothing until it is let."""

    def __init__(self, name: str = "away") -> None:
        super().__init__(name)
        self.back = threading.Event()
        self.asked = 0

    def store(self, events: Sequence[Event]) -> None:
        self.asked += 1
        if not self.back.is_set():
            raise SinkBusy("away", retry_after_s=0.01)
        super().store(events)


class Counting(MemorySink):
    """Notes every batch, what is there already included, and the place that it is at."""

    def __init__(self, name: str = "counting") -> None:
        super().__init__(name)
        self.batches: list[list[Event]] = []
        self.place = 0
        self.rewound: list[str | None] = []

    def store(self, events: Sequence[Event]) -> None:
        self.batches.append(list(events))
        self.place += len(events)

    def mark(self) -> str:
        return str(self.place)

    def rewind(self, mark: str | None) -> None:
        self.rewound.append(mark)
        self.place = int(mark or 0)


class Refusing(MemorySink):
    """Does not take one event."""

    def __init__(self, event: Event) -> None:
        super().__init__("refusing")
        self._refused = event

    def store(self, events: Sequence[Event]) -> None:
        if self._refused in events:
            raise SinkRejected("no")
        super().store(events)


def frames(count: int, start: int = 0) -> list[Event]:
    return [frame_event(index) for index in range(start, start + count)]


def spool(
    tmp_path: Path, *sinks: EventSink, options: SpoolOptions = FAST, run_id: str = "run", **more: object
) -> SpoolOutlet:
    run = SpoolRun(run_id, "fingerprint", sinks, **more)  # type: ignore[arg-type]  # what a test says
    return SpoolOutlet(SpoolStore(tmp_path / "spool.db"), run, options=options, delivery=SOON)


def reopened(tmp_path: Path) -> SpoolStore:
    return SpoolStore(tmp_path / "spool.db")


def state(text: bytes, stream: str = "door") -> Checkpoint:
    return Checkpoint(stream, lambda: text)


def test_every_sink_gets_every_event_in_order(tmp_path: Path) -> None:
    sinks = [MemorySink("one"), MemorySink("two")]
    outlet = spool(tmp_path, *sinks)
    for start in range(0, 1000, 10):
        outlet.publish(frames(10, start), state(b"%d" % start))
    outlet.close(20.0)
    outlet.conclude()
    for sink in sinks:
        assert list(sink.events) == frames(1000)
    assert outlet.report() == tuple(
        SinkSummary(name=name, events_stored=1000, events_undelivered=0) for name in ("one", "two")
    )
    store = reopened(tmp_path)
    assert store.cursors() == {"one": Cursor(1000), "two": Cursor(1000)}
    assert store.unfinished_run() is None
    store.close()


def test_a_stream_is_asked_for_its_state_now_and_then_and_its_events_wait_for_it(tmp_path: Path) -> None:
    time = [0.0]
    sink, asked = MemorySink(), [0]

    def made() -> bytes:
        asked[0] += 1
        return b"%d" % asked[0]

    store = SpoolStore(tmp_path / "spool.db")
    options = SpoolOptions(commit_every_s=0.0, states_every_s=1.0, unripe=5)
    run = SpoolRun("run", "", [sink])
    outlet = SpoolOutlet(store, run, options=options, delivery=SOON, clock=lambda: time[0])
    outlet.publish(frames(1), Checkpoint("door", made))
    eventually(lambda: len(sink.events) == 1)
    outlet.publish(frames(3, 1), Checkpoint("door", made))
    outlet.publish(frames(1, 1000), Checkpoint("yard", lambda: b"of another"))
    eventually(lambda: len(sink.events) == 2)
    assert (asked[0], store.count()) == (1, 2), "there is no state after the three"
    outlet.publish((), Checkpoint("door", made))
    time[0] = 1.0
    outlet.publish((), Checkpoint("door", made))
    eventually(lambda: len(sink.events) == 5)
    outlet.publish(frames(5, 4), Checkpoint("door", made))
    eventually(lambda: len(sink.events) == 10)
    outlet.publish(frames(1, 9), Checkpoint("door", made, final=True))
    eventually(lambda: len(sink.events) == 11)
    outlet.publish((), Checkpoint("door", made))
    assert asked[0] == 4, "no state is made of what has none to wait for it"
    outlet.close(20.0)
    kept = reopened(tmp_path)
    assert kept.states("run") == {"door": b"4", "yard": b"of another"}
    kept.close()


def test_a_state_that_takes_long_is_made_less_often_but_not_never(tmp_path: Path) -> None:
    time, asked = [0.0], [0]

    def slowly() -> bytes:
        asked[0] += 1
        time[0] += 0.02 if asked[0] < 3 else 60.0
        return b"{}"

    def publish_at(seconds: float) -> int:
        time[0] = seconds
        outlet.publish(frames(1, round(1000 * seconds)), Checkpoint("door", slowly))
        return asked[0]

    options = SpoolOptions(commit_every_s=0.0, states_every_s=0.5, states_share=0.01)
    outlet = SpoolOutlet(
        SpoolStore(tmp_path / "spool.db"), SpoolRun("run", "", []), options=options, clock=lambda: time[0]
    )
    # 0.02 s in 0.01 of the time is each two seconds; 60 s would be each 100 minutes.
    assert [publish_at(seconds) for seconds in (0.0, 1.9, 2.03, 3.0)] == [1, 1, 2, 2]
    assert publish_at(5.0) == 3
    assert [publish_at(seconds) for seconds in (69.9, 70.1)] == [3, 4]
    outlet.close(20.0)


def test_an_event_that_cannot_be_written_is_counted_as_lost_and_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink = MemorySink()
    outlet = spool(tmp_path, sink)
    outlet.publish([frame_event(0), health_event(0, message="\udcff"), frame_event(1)], state(b"{}"))
    outlet.publish(frames(1, 2), state(b"{}"))
    eventually(lambda: len(sink.events) == 3)
    outlet.close(20.0)
    assert list(sink.events) == frames(3)
    [_, own] = outlet.report()
    assert (own.name, own.events_undelivered) == ("spool", 1)
    assert own.problem == "events cannot be written as JSON; the log says which"
    assert "cannot be written" in caplog.text
    # The disk is as it should be: whoever asks whether events can be kept is not told of one that never can.
    assert outlet.problem() is None


def test_who_goes_on_with_a_run_has_its_counts_and_what_passes_gets_all_of_it(tmp_path: Path) -> None:
    first = spool(tmp_path, Refusing(frame_event(3)))
    first.publish(frames(10), state(b"ten"))
    first.close(20.0)
    passing, refusing = MemorySink("passing"), Refusing(frame_event(3))
    second = spool(tmp_path, refusing, passing=[passing])
    second.publish(frames(5, 10), state(b"fifteen"))
    second.close(20.0)
    assert list(passing.events) == frames(15)
    [told, _] = second.report()
    assert (told.events_stored, told.events_undelivered, told.problem) == (14, 1, "no")


def test_a_run_that_may_have_to_be_gone_on_with_keeps_all_but_its_frames(tmp_path: Path) -> None:
    visit = next(event for event in one_of_each() if event.event_type == "visit")
    nothing = RetentionOptions(keep_bytes=1, keep_s=0.0, every_s=0.0)
    for endless in (False, True):
        run = SpoolRun("run", "", [MemorySink()], endless=endless)
        store = SpoolStore(tmp_path / f"{endless}.db")
        outlet = SpoolOutlet(store, run, options=FAST, delivery=SOON, retention=nothing)
        outlet.publish([visit, *frames(20)], state(b"{}"))
        eventually(partial(_holds, store, 0 if endless else 1))
        outlet.close(20.0)


def _holds(store: SpoolStore, count: int) -> bool:
    return store.count() == count


def test_no_sink_sees_an_event_before_it_is_on_disk_with_the_state_after_it(tmp_path: Path) -> None:
    looks: list[tuple[int, bytes]] = []

    class Looking(MemorySink):
        def store(self, events: Sequence[Event]) -> None:
            with sqlite3.connect(tmp_path / "spool.db") as connection:
                ids = {row[0] for row in connection.execute("SELECT id FROM event")}
                [(upto, body)] = connection.execute("SELECT upto_seq, body FROM snapshot")
            connection.close()
            assert {event.event_id for event in events} <= ids
            super().store(events)
            looks.append((len(self.events), body))
            assert upto >= len(self.events)

    outlet = spool(tmp_path, Looking())
    for number in range(50):
        outlet.publish(frames(2, 2 * number), state(b"%d" % (2 * number + 2)))
    outlet.close(20.0)
    assert outlet.report()[0].events_stored == 100
    assert all(int(body) >= seen for seen, body in looks)


def test_one_that_is_away_holds_up_nobody_and_costs_no_waiting_at_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away, healthy = Away(), MemorySink("healthy")
    outlet = spool(tmp_path, away, healthy)
    outlet.publish(frames(50))
    eventually(lambda: away.asked > 0)
    outlet.close(3600.0)
    assert list(healthy.events) == frames(50)
    assert outlet.report() == (
        SinkSummary(name="away", events_stored=0, events_undelivered=0, events_waiting=50, problem="away"),
        SinkSummary(name="healthy", events_stored=50, events_undelivered=0),
    )
    assert caplog.records[-1].getMessage() == "away: 50 events wait for it: away"


def test_the_next_start_sends_what_waits(tmp_path: Path) -> None:
    outlet = spool(tmp_path, Away("kafka"), MemorySink("sql"))
    outlet.publish(frames(5))
    outlet.close(20.0)
    kafka, sql = MemorySink("kafka"), MemorySink("sql")
    again = spool(tmp_path, kafka, sql, run_id="next")
    again.publish(frames(3, 5))
    again.close(20.0)
    assert list(kafka.events) == frames(8)
    assert list(sql.events) == frames(3, 5)


def test_a_new_sink_and_one_that_begins_anew_get_the_events_of_this_run(tmp_path: Path) -> None:
    outlet = spool(tmp_path, Away("jsonl"))
    outlet.publish(frames(5))
    outlet.close(20.0)
    jsonl, added, report = MemorySink("jsonl"), MemorySink("added"), MemorySink("report")
    again = spool(tmp_path, jsonl, added, run_id="next", fresh=("jsonl",), passing=(report,))
    again.publish(frames(3, 5))
    again.close(20.0)
    for sink in (jsonl, added, report):
        assert list(sink.events) == frames(3, 5), sink.name
    store = reopened(tmp_path)
    assert set(store.cursors()) == {"jsonl", "added"}
    store.close()


def test_what_waits_for_a_sink_that_a_run_does_not_have_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outlet = spool(tmp_path, Away("kafka"))
    outlet.publish(frames(5))
    outlet.close(20.0)
    caplog.clear()
    spool(tmp_path, MemorySink("sql")).close(20.0)
    assert [record.getMessage() for record in caplog.records] == [
        "5 events wait for kafka, which this run does not have"
    ]


def test_a_sink_that_keeps_a_place_goes_back_to_the_one_saved_with_its_cursor(tmp_path: Path) -> None:
    first = Counting()
    outlet = spool(tmp_path, first)
    # Before anything is stored there: a crash may come before the next place is saved.
    assert outlet._store.cursors()["counting"].note == "0"
    outlet.publish(frames(5))
    outlet.close(20.0)
    assert first.rewound == [None]
    second = Counting()
    spool(tmp_path, second).close(20.0)
    assert (second.rewound, second.place, second.batches) == (["5"], 5, [])


def test_only_what_is_refused_alone_is_missed_and_kept_with_its_reason(tmp_path: Path) -> None:
    poison = {frame_event(index).event_id for index in (3, 11)}

    class Picky(MemorySink):
        def store(self, events: Sequence[Event]) -> None:
            if any(event.event_id in poison for event in events):
                raise SinkRejected("value too large")
            super().store(events)

    sink = Picky("picky")
    outlet = spool(tmp_path, sink)
    outlet.publish(frames(20))
    outlet.close(20.0)
    assert len(sink.events) == 18
    assert outlet.report()[0] == SinkSummary(
        name="picky", events_stored=18, events_undelivered=2, problem="value too large"
    )
    store = reopened(tmp_path)
    assert store.refused() == [Refusal("picky", seq, "value too large") for seq in (4, 12)]
    assert store.cursors() == {"picky": Cursor(20)}
    store.close()


def test_a_sink_that_fell_behind_reads_the_disk_and_one_that_keeps_up_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    real = SpoolStore.read

    def read(self: SpoolStore, after_seq: int, count: int) -> list[tuple[int, bytes]]:
        reads.append(after_seq)
        return real(self, after_seq, count)

    monkeypatch.setattr(SpoolStore, "read", read)
    away, healthy = Away(), MemorySink("healthy")
    outlet = spool(tmp_path, away, healthy, options=SpoolOptions(commit_every_s=0.001, newest=10))
    for start in range(0, 100, 5):
        outlet.publish(frames(5, start))
        eventually(partial(_has, healthy, start + 5))
    assert set(reads) <= {0}
    away.back.set()
    outlet.close(20.0)
    assert list(away.events) == frames(100)


def _has(sink: MemorySink, count: int) -> bool:
    return len(sink.events) == count


def test_an_event_that_cannot_be_read_back_is_refused_and_the_others_arrive(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = reopened(tmp_path)
    good = [row_of(event) for event in frames(3)]
    store.commit("run", Changes([good[0], (*good[1][:4], b"{damaged"), good[2]], cursors={"sql": Cursor(0)}))
    store.close()
    sink = MemorySink("sql")
    spool(tmp_path, sink).close(20.0)
    assert list(sink.events) == [frame_event(0), frame_event(2)]
    assert [record.getMessage() for record in caplog.records] == [
        "sql: 1 events cannot be read back from the spool"
    ]
    store = reopened(tmp_path)
    assert store.refused() == [Refusal("sql", 2, "cannot be read back from the spool")]
    store.close()


def test_a_cursor_ahead_of_the_spool_stops_the_start(tmp_path: Path) -> None:
    store = reopened(tmp_path)
    store.commit("run", Changes(cursors={"sql": Cursor(5000)}))
    store.close()
    with pytest.raises(OutputError, match=r"^sql has events up to number 5000, but .* ends with number 0: "):
        spool(tmp_path, MemorySink("sql"))


def test_while_there_is_no_room_the_publisher_waits_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room = threading.Event()
    real = SpoolStore.commit

    def commit(self: SpoolStore, run: str, changes: Changes) -> int:
        if changes.rows and not room.is_set():
            raise SinkBusy("the spool cannot be written: no room", retry_after_s=1.0)
        return real(self, run, changes)

    monkeypatch.setattr(SpoolStore, "commit", commit)
    sink = MemorySink()
    outlet = spool(tmp_path, sink, options=SpoolOptions(commit_every_s=0.001, pending=10))
    done = threading.Event()

    def publish() -> None:
        for start in range(0, 50, 5):
            outlet.publish(frames(5, start))
        done.set()

    thread = threading.Thread(target=publish)
    thread.start()
    eventually(lambda: "recordings wait" in caplog.text)
    assert not done.is_set()
    assert list(sink.events) == []
    room.set()
    thread.join(20)
    outlet.close(20.0)
    assert list(sink.events) == frames(50)
    assert [record.getMessage() for record in caplog.records] == [
        "the spool cannot be written: no room; recordings wait, and cameras drop frames, until it can",
        "the spool can be written again",
    ]


def test_at_the_end_nobody_waits_for_room_and_what_is_lost_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit(self: SpoolStore, run: str, changes: Changes) -> int:
        del self, run
        if changes.rows:
            raise SinkBusy("no room", retry_after_s=1.0)
        return 1

    monkeypatch.setattr(SpoolStore, "commit", commit)
    outlet = spool(
        tmp_path, MemorySink(), options=SpoolOptions(commit_every_s=0.001, pending=10, last_pending=20)
    )
    outlet.publish(frames(10))
    waiting = threading.Thread(target=outlet.publish, args=(frames(10, 10),))
    waiting.start()
    outlet.hasten()
    waiting.join(20)
    outlet.publish(frames(10, 20))
    outlet.publish(frames(7, 30))
    outlet.close(0.0)
    assert outlet.report()[-1] == SinkSummary(
        name="spool", events_stored=0, events_undelivered=37, problem="no room"
    )
    store = reopened(tmp_path)
    assert store.unfinished_run() == ("run", "fingerprint")
    store.close()


def test_a_full_spool_uses_what_was_kept_for_the_end(tmp_path: Path) -> None:
    store = SpoolStore(tmp_path / "spool.db", limit_bytes=RESERVE + (1 << 20))
    away = Away()
    outlet = SpoolOutlet(store, SpoolRun("run", "", [away]), options=FAST, delivery=SOON)
    published = 0
    stop = threading.Event()

    def publish() -> None:
        nonlocal published
        while not stop.is_set():
            outlet.publish(frames(100, published))
            published += 100

    thread = threading.Thread(target=publish)
    thread.start()
    eventually(lambda: outlet._waiting.ripe >= FAST.pending)
    stop.set()
    outlet.hasten()
    thread.join(20)
    outlet.publish([frame_event(10**6)], state(b"the end"))
    outlet.close(20.0)
    assert outlet.report() == (
        SinkSummary(
            name="away", events_stored=0, events_undelivered=0, events_waiting=published + 1, problem="away"
        ),
    )


def test_a_bug_of_the_spool_is_raised_where_events_are_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet = spool(tmp_path, MemorySink())

    def commit(*_: object) -> int:
        raise KeyError("oops")

    monkeypatch.setattr(SpoolStore, "commit", commit)
    outlet.publish(frames(1))
    eventually(lambda: not outlet._writer.is_alive())
    with pytest.raises(KeyError, match="oops"):
        outlet.publish(frames(1))
    outlet.close(0.0)
    assert outlet.report()[-1].name == "spool"


def test_publishing_after_closing_is_a_bug_and_no_thread_stays(tmp_path: Path) -> None:
    before = threading.active_count()
    outlet = spool(tmp_path, MemorySink())
    assert threading.active_count() == before + 2
    outlet.close(20.0)
    outlet.close(20.0)
    assert threading.active_count() == before
    with pytest.raises(RuntimeError, match="after the outlet was closed"):
        outlet.publish(frames(1))


KILLED = """
import os, signal, sys
from pathlib import Path
from sinks.delivery import DeliveryOptions
from sinks.outlet import Checkpoint
from sinks.spool.options import SpoolOptions, SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.store import SpoolStore
from sinks.sql.sink import SqlSink
from tests.support.events import frame_event
folder, point, nth = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def killing(owner, name, before):
    real, calls = getattr(owner, name), 0
    def wrapped(*arguments):
        nonlocal calls
        calls += 1
        if before and calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*arguments)
        if not before and calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(owner, name, wrapped)

points = {
    "before the commit": (SpoolStore, "commit", True),
    "after the commit": (SpoolStore, "commit", False),
    "before a sink stores": (SqlSink, "store", True),
    "after a sink has stored": (SqlSink, "store", False),
}
if point in points:
    killing(*points[point])
store = SpoolStore(folder / "spool.db")
saved = store.states("run").get("door", b"0")
sink = SqlSink(f"sqlite:///{folder}/footfall.db")
outlet = SpoolOutlet(
    store, SpoolRun("run", "", [sink]),
    options=SpoolOptions(commit_every_s=0.001, states_every_s=0.0, states_share=float("inf"), cursors_every_s=0.001, pending=4),
    delivery=DeliveryOptions(linger_s=0.0, batch_size=7),
)
for number in range(int(saved), 100):
    outlet.publish([frame_event(2 * number), frame_event(2 * number + 1)], Checkpoint("door", lambda: b"%d" % (number + 1)))
outlet.close(60.0)
"""


def _run(folder: Path, point: str, nth: int) -> int:
    command = [sys.executable, "-c", KILLED, str(folder), point, str(nth)]
    return subprocess.run(command, check=False, timeout=120).returncode  # noqa: S603 - this interpreter


@pytest.mark.parametrize(
    "point", ["before the commit", "after the commit", "before a sink stores", "after a sink has stored"]
)
def test_killed_at_any_point_and_started_again_nothing_is_missing_and_nothing_is_there_twice(
    tmp_path: Path, point: str
) -> None:
    assert _run(tmp_path, point, 7) == -signal.SIGKILL
    assert _run(tmp_path, "never", 0) == 0
    store = reopened(tmp_path)
    ids = [frame_event(index).event_id for index in range(200)]
    with sqlite3.connect(tmp_path / "spool.db") as connection:
        assert [row[0] for row in connection.execute("SELECT id FROM event ORDER BY seq")] == ids
    connection.close()
    with sqlite3.connect(tmp_path / "footfall.db") as connection:
        found = [row[0] for row in connection.execute("SELECT event_id FROM frames ORDER BY frame_index")]
    connection.close()
    assert found == ids
    assert store.cursors() == {"sqlite": Cursor(200)}
    store.close()
