"""SpoolOutlet: on disk before any sink sees it, and each sink at its own pace."""

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from domain.errors import OutputError, SinkRejected
from domain.events import Event
from domain.summary import SinkSummary
from sinks.memory import MemorySink
from sinks.spool.options import SpoolOptions
from sinks.spool.rows import row_of
from sinks.spool.store import Changes, Cursor, Refusal, SpoolStore
from tests.support.events import frame_event, health_event
from tests.support.spools import Away, Counting, Refusing, frames, reopened, spool, state
from tests.support.waiting import eventually


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


def test_what_waits_in_a_spool_that_was_removed_is_counted_as_missing(tmp_path: Path) -> None:
    outlet = spool(tmp_path, Away(), MemorySink())
    outlet.publish(frames(3))
    eventually(lambda: outlet.report()[1].events_stored == 3)
    assert len(outlet.report()) == 2
    (tmp_path / "spool.db").unlink()
    outlet.close(0.1)
    away, memory, own = outlet.report()
    assert (away.events_undelivered, away.events_waiting) == (3, 0)
    assert (memory.events_stored, memory.problem) == (3, None)
    assert own.problem == f"{tmp_path}/spool.db was removed or renamed, and what waited in it with it"
