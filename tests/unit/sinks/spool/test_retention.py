"""Retention: what goes from a spool, and what stays."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sinks.outlet import OutletContext
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.retention import Retention, RetentionOptions, now_ms
from sinks.spool.rows import row_of
from sinks.spool.settings import SpoolSettings
from sinks.spool.store import Changes, Cursor, Refusal, SpoolStore
from tests.support.events import one_of_each, visit_event, window_event
from tests.support.outside import LineCrossed, crossing, installed
from tests.unit.sinks.spool.stored import RUN, rows


def test_what_every_sink_has_goes_when_it_is_old_or_too_much(store: SpoolStore) -> None:
    time = [0.0]
    store.commit(RUN, rows(400))
    store.commit(
        RUN, Changes(cursors={"sql": Cursor(300), "kafka": Cursor(200)}, refusals=[Refusal("sql", 7, "no")])
    )
    kept = RetentionOptions(keep_bytes=1 << 30, keep_s=10.0, every_s=5.0)
    soon = Retention(store, kept, lambda: time[0])
    soon.tidy_if_due([])
    time[0] = 6.0
    soon.tidy_if_due([])
    assert store.count() == 400, "all is young, and little"
    late = Retention(store, kept, lambda: time[0], now=lambda: 2**52)
    time[0] = 20.0
    late.tidy_if_due([150])
    assert [seq for seq, _ in store.read(0, 3)] == [7, 151, 152], (
        "behind the slowest, what was refused excepted"
    )
    large = Retention(store, RetentionOptions(keep_bytes=1, keep_s=1e9), lambda: time[0])
    large.tidy(200)
    assert [seq for seq, _ in store.read(0, 1)] == [201]
    assert store.refused() == [Refusal("sql", 7, "no")]


def test_events_go_by_kind_also_those_that_were_refused_and_no_byte_is_left(
    store: SpoolStore, path: Path
) -> None:
    told = [
        row_of(event.model_copy(update={"stream_id": f"stream-of-{event.kind()}"})) for event in one_of_each()
    ]
    store.commit(RUN, Changes(told, cursors={"sql": Cursor(len(told))}))
    store.commit(RUN, Changes(refusals=[Refusal("sql", seq, "no") for seq in range(1, len(told) + 1)]))
    store.fold()
    options = RetentionOptions(keep_s_of={"visit": 3600.0, "frame": 60.0})
    Retention(store, options, lambda: 0.0, now=lambda: now_ms() + 600_000).tidy(len(told))
    assert {kind for _, kind, *_ in told} - {"frame"} == kinds_in(path), "ten minutes later"
    Retention(store, options, lambda: 0.0, now=lambda: now_ms() + 7_200_000).tidy(len(told) - 1)
    assert {kind for _, kind, *_ in told} - {"frame", "visit"} == kinds_in(path)
    store.close()
    kept = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    assert b"stream-of-window" in kept
    assert b"stream-of-frame" not in kept
    assert b"stream-of-visit" not in kept


def kinds_in(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {kind for (kind,) in connection.execute("SELECT kind FROM event")}


def test_why_events_were_refused_is_kept_of_the_newest_and_of_what_a_report_needs(store: SpoolStore) -> None:
    store.commit(RUN, Changes(rows(3000).rows, cursors={"sql": Cursor(3000)}))
    store.commit(RUN, Changes(refusals=[Refusal("sql", seq, "no") for seq in range(1, 2501)]))
    small = RetentionOptions(keep_bytes=1, keep_s=1e9)

    def refused_after(options: RetentionOptions, floor: int) -> tuple[int, int]:
        Retention(store, options, lambda: 0.0).tidy(floor)
        found = [refusal.seq for refusal in store.refused()]
        return len(found), found[0]

    assert refused_after(RetentionOptions(keep_bytes=1 << 30), 3000) == (2500, 1), "their content is there"
    assert refused_after(replace(small, whole_after=500), 3000) == (2000, 501)
    assert refused_after(small, 3000) == (1000, 1501)


def test_without_any_sink_nothing_goes(store: SpoolStore) -> None:
    store.commit(RUN, rows(10))
    Retention(store, RetentionOptions(keep_bytes=1), lambda: 0.0).make_room([])
    assert store.count() == 10


def test_days_of_privacy_are_by_table_and_those_of_packages_are_the_others(path: Path) -> None:
    with installed(passing=LineCrossed):
        asked = OutletContext("", "", [], [], [], path, live=True, keep_days={"visits": 30, "others": 1})
        outlet = SpoolSettings(keep_s=31_536_000).build(asked)
        outlet.publish([crossing(), visit_event(0), window_event(0)])
        outlet.close(20.0)
    assert isinstance(outlet, SpoolOutlet)
    two_days_later = now_ms() + 2 * 86_400_000
    with closing(SpoolStore(path)) as store:
        Retention(store, outlet._retention._options, lambda: 0.0, now=lambda: two_days_later).tidy(3)
    assert kinds_in(path) == {"visit", "window"}
