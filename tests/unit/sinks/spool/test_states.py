"""SpoolOutlet: events wait for the state of their stream, and come with it."""

import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from domain.events import Event
from sinks.memory import MemorySink
from sinks.outlet import Checkpoint
from sinks.spool.options import SpoolOptions, SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.retention import RetentionOptions
from sinks.spool.store import SpoolStore
from tests.support.events import one_of_each
from tests.support.spools import FAST, SOON, frames, reopened, spool, state
from tests.support.waiting import eventually


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
