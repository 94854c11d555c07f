"""SpoolOutlet on a disk that is full."""

import threading
from pathlib import Path

import pytest

from domain.errors import SinkBusy
from domain.summary import SinkSummary
from sinks.memory import MemorySink
from sinks.spool.options import SpoolOptions, SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.store import RESERVE, Changes, SpoolStore
from tests.support.events import frame_event
from tests.support.spools import FAST, SOON, Away, frames, reopened, spool, state
from tests.support.waiting import eventually


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
