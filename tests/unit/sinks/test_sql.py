"""SqlSink and SqlReader on SQLite."""

import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from domain.errors import OutputError, SinkBusy, SinkRejected
from domain.events import Event, VisitEnded
from sinks.base import EventSink
from sinks.sql import new_file, schema
from sinks.sql.address import parse, reason
from sinks.sql.engine import VERSION_TABLE
from sinks.sql.reader import EventFilter, SqlReader, StoredTotals
from sinks.sql.schema import head, migrate
from sinks.sql.sink import SqlSink
from sinks.sql.tables import metadata
from sinks.sql.upgrading import alembic_config
from tests.contracts.event_sink import SinkContract
from tests.support.events import (
    START,
    any_event,
    frame_event,
    health_event,
    one_of_each,
    visit_event,
    window_event,
)
from tests.support.outside import LineCrossed, crossing, installed
from tests.support.sql import everything


class TestSqlSinkOnSqlite(SinkContract):
    @pytest.fixture
    def sink(self, tmp_path: Path) -> Iterator[SqlSink]:
        self.url = f"sqlite:///{tmp_path}/footfall.db"
        sink = SqlSink(self.url)
        yield sink
        sink.close()

    def stored(self, sink: EventSink) -> Sequence[Event]:
        del sink
        return everything(self.url)


FORMS = "must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/footfall.db"


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(any_event, max_size=4, unique_by=lambda event: event.event_id))
def test_every_event_survives(tmp_path_factory: pytest.TempPathFactory, events: list[Event]) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('sql')}/footfall.db"
    sink = SqlSink(url)
    sink.store(events)
    sink.close()
    assert sorted(everything(url), key=lambda event: event.event_id) == sorted(
        events, key=lambda event: event.event_id
    )


def test_a_changed_event_of_the_same_id_changes_nothing_inside(url: str) -> None:
    sink = SqlSink(url)
    sink.store([frame_event(0, persons=1)])
    sink.store([frame_event(0, persons=3)])
    sink.close()
    assert everything(url) == [frame_event(0, persons=1)]


def test_migrations_and_tables_are_the_same(url: str) -> None:
    migrate(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata()) == []
    engine.dispose()


def test_a_new_file_has_what_the_migrations_make(url: str) -> None:
    assert new_file.SCRIPT.read_text(encoding="utf-8") == new_file.migrated(), "run: make schemas"
    SqlSink(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert new_file.script_of(connection) == new_file.migrated()
    engine.dispose()


def test_versions_are_those_of_the_migrations() -> None:
    revisions = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    assert schema._versions() == [script.revision for script in revisions][::-1]


def test_migrating_twice_is_migrating_once(url: str) -> None:
    assert migrate(url) == migrate(url) == head()


def bring_to(url: str, version: str) -> None:
    """Take the tables back to that version."""
    engine = create_engine(url)
    with engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, version)
        connection.commit()
    engine.dispose()


def test_tables_of_the_first_version_are_brought_up_to_date(url: str, tmp_path: Path) -> None:
    # What the first version could hold, too.
    events: list[Event] = [frame_event(persons=0), visit_event(), window_event(), health_event(1)]
    sink = SqlSink(url)
    sink.store(events)
    sink.close()
    bring_to(url, "0001")
    with sqlite3.connect(tmp_path / "footfall.db") as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type <> 'index'")]
    assert not [name for name in names if "analys" in name or "run" in name or name.endswith("_current")]

    SqlSink(url).close()

    # Of visits of before it is not known on how many views they rest.
    of_before = [
        event.model_copy(update={"views": None}) if isinstance(event, VisitEnded) else event
        for event in events
    ]
    assert everything(url) == of_before


def test_migrating_leaves_the_logging_of_the_application_alone(url: str) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("sqlalchemy").disabled)
    migrate(url)
    assert (root.level, list(root.handlers), logging.getLogger("sqlalchemy").disabled) == before


def test_a_copy_of_the_file_alone_misses_two_seconds_at_most(url: str, tmp_path: Path) -> None:
    now = [0.0]
    sink = SqlSink(url, clock=lambda: now[0])
    copied = []
    for number in range(4):
        sink.store([frame_event(number)])
        (tmp_path / "copy.db").write_bytes((tmp_path / "footfall.db").read_bytes())
        copied.append(len(everything(f"sqlite:///{tmp_path}/copy.db")))
        now[0] += 1.0
    sink.close()
    assert copied == [1, 1, 3, 3]


def test_the_file_is_in_wal_mode_while_open_and_one_file_afterwards(url: str, tmp_path: Path) -> None:
    sink = SqlSink(url)
    sink.store(one_of_each())
    assert (tmp_path / "footfall.db-wal").exists()
    sink.close()
    assert [path.name for path in tmp_path.iterdir()] == ["footfall.db"]


def test_a_file_of_a_newer_footfall_is_refused(url: str, tmp_path: Path) -> None:
    migrate(url)
    with sqlite3.connect(tmp_path / "footfall.db") as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")  # noqa: S608 - a constant
    connection.close()
    with pytest.raises(OutputError) as caught:
        SqlSink(url)
    assert str(caught.value) == (
        f"{tmp_path}/footfall.db has tables of version 9999, which is newer than this Footfall; update Footfall"
    )


def test_tables_of_another_application_are_left_alone(url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "footfall.db") as connection:
        connection.execute("CREATE TABLE visits (patient TEXT)")
    connection.close()
    with pytest.raises(OutputError) as caught:
        SqlSink(url)
    assert str(caught.value) == (
        f"{tmp_path}/footfall.db has a table visits that is not Footfall's; name an empty database"
    )


def test_a_migration_that_fails_leaves_nothing_behind(url: str, tmp_path: Path) -> None:
    path = tmp_path / "footfall.db"
    with sqlite3.connect(path) as connection:  # an index in the way of the last statement
        connection.execute("CREATE TABLE other (a, b)")
        connection.execute("CREATE INDEX ix_stream_health_stream_time ON other (a)")
    connection.close()
    with pytest.raises(OutputError, match="already exists"):
        SqlSink(url)
    with sqlite3.connect(path) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert names == {"other"}


def test_a_locked_file_is_busy_and_takes_the_batch_later(url: str, tmp_path: Path) -> None:
    sink = SqlSink(url, timeout_s=0.05, retry_after_s=1.5)
    other = sqlite3.connect(tmp_path / "footfall.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(SinkBusy) as caught:
        sink.store(one_of_each())
    assert str(caught.value) == f"{tmp_path}/footfall.db: database is locked"
    assert caught.value.retry_after_s == 1.5
    other.execute("ROLLBACK")
    other.close()
    sink.store(one_of_each())
    sink.close()
    assert len(everything(url)) == len(one_of_each())


def test_a_file_that_is_removed_is_busy_until_it_is_back(url: str, tmp_path: Path) -> None:
    sink = SqlSink(url)
    (tmp_path / "footfall.db").rename(tmp_path / "elsewhere")
    with pytest.raises(SinkBusy) as caught:
        sink.store([frame_event()])
    assert str(caught.value) == f"{tmp_path}/footfall.db: it was removed or replaced while it was open"
    (tmp_path / "elsewhere").rename(tmp_path / "footfall.db")
    sink.store([frame_event()])
    sink.close()
    assert len(everything(url)) == 1


def test_tables_that_vanish_are_a_refusal(url: str, tmp_path: Path) -> None:
    sink = SqlSink(url)
    with sqlite3.connect(tmp_path / "footfall.db") as connection:
        connection.execute("DROP TABLE window_garments")
        connection.execute("DROP TABLE windows")
    connection.close()
    with pytest.raises(SinkRejected, match="no such table: windows"):
        sink.store([window_event()])
    sink.store([frame_event()])
    sink.close()
    with pytest.raises(SinkRejected, match="the sink is closed"):
        sink.store([frame_event()])


def test_a_number_that_does_not_fit_is_a_refusal(url: str) -> None:
    sink = SqlSink(url)
    huge = frame_event().model_copy(update={"frame_index": 2**80})
    with pytest.raises(SinkRejected, match="too large"):
        sink.store([huge])
    sink.close()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nonsense", FORMS),
        ("mysql://root:geheim@db/footfall", f"{FORMS}, and not mysql://"),
        ("sqlite://", "must name a file, as in sqlite:///counts.db or sqlite:////data/counts.db"),
        ("sqlite:///:memory:", "must name a file, as in sqlite:///counts.db or sqlite:////data/counts.db"),
        ("postgresql://u:geheim@db:port/x", "must name a host and, if any, a port from 1 to 65535"),
    ],
)
def test_a_wrong_address_is_told_in_one_line_without_the_password(address: str, message: str) -> None:
    with pytest.raises(OutputError) as caught:
        SqlSink(address)
    assert str(caught.value) == f"the address of the SQL database {message}"


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        SqlSink(f"sqlite:///{tmp_path}/absent/footfall.db")
    assert str(caught.value) == (
        f"{tmp_path}/absent/footfall.db cannot be used: unable to open database file; "
        "make its folder, and give this user the right to write there"
    )


def test_a_file_of_something_else_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("shopping list\n" * 100)
    with pytest.raises(
        OutputError, match=r"notes\.db cannot be used: file is not a database; name a file of SQLite"
    ):
        SqlSink(f"sqlite:///{tmp_path}/notes.db")
    assert (tmp_path / "notes.db").read_text() == "shopping list\n" * 100


@pytest.mark.parametrize(
    "name",
    [
        b"why?mode=ro",
        b"a#b",
        b"shop%20one",
        b"10:30",
        b"u:p@h",
        b"file:x?mode=memory",
        b"caf\xe9",
        b"two\nlines",
        b"-x",
        b"'q\"",
    ],
)
def test_a_file_of_any_name_is_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    for url in (f"sqlite:///{os.fsdecode(name)}", f"sqlite:///{tmp_path}/{os.fsdecode(name)}"):
        sink = SqlSink(url)
        sink.store([frame_event()])
        sink.close()
        assert everything(url) == [frame_event()]
    assert [os.fsencode(path.name) for path in tmp_path.iterdir()] == [name]


def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ""):
        with pytest.raises(OutputError) as caught:
            SqlSink(f"sqlite:///{tmp_path / name}")
        assert (
            str(caught.value) == f"{tmp_path / name} is no regular file; name a file for the SQLite database"
        )


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_what_is_shown_of_an_address_has_no_password(scheme: str) -> None:
    address = parse(f"{scheme}://me:p%40ss@db:5433/stats?sslpassword=other")
    assert address.kind == "postgresql"
    assert address.shown() == "postgresql://db:5433/stats"
    said = RuntimeError("bad: p@ss or p%40ss, other\nsecond line")
    assert reason(said, address) == "bad: *** or ***, ***"


def test_what_may_be_the_end_of_a_password_is_not_shown_as_a_host() -> None:
    address = parse("postgresql://me:tulip@violet/77@home/stats")
    assert address.password == "tulip@violet/77"  # noqa: S105 - not a real one
    assert address.shown() == "postgresql://***"
    assert reason(RuntimeError("failed to resolve host 'home'"), address) == "failed to resolve host '***'"


def test_moments_of_any_zone_come_back_as_the_same_moment_in_utc(url: str) -> None:
    there = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-9, minutes=-30)))
    sink = SqlSink(url)
    sink.store([frame_event().model_copy(update={"event_time": there})])
    sink.close()
    [back] = everything(url)
    assert back.event_time == there
    assert back.event_time.tzinfo is UTC


@pytest.fixture
def reader(url: str) -> Iterator[SqlReader]:
    sink = SqlSink(url)
    sink.store([frame_event(index, "door", persons=index) for index in range(4)])
    sink.store([frame_event(0, "yard", persons=0)])
    sink.store([visit_event(track, "door") for track in range(1, 4)] + [visit_event(1, "yard")])
    sink.store([window_event(n, "door", length) for n in range(3) for length in (10, 60)])
    sink.close()
    reader = SqlReader(url)
    yield reader
    reader.close()


def test_totals(reader: SqlReader) -> None:
    assert reader.totals() == [
        StoredTotals("door", frames=4, persons_max=3, persons_mean=1.5, visits=3),
        StoredTotals("yard", frames=1, persons_max=0, persons_mean=0.0, visits=1),
    ]
    assert reader.totals(EventFilter(until=START)) == []


def test_clothing_counts_visits(reader: SqlReader) -> None:
    assert reader.clothing() == {"upper-clothes": {"red": 4}, "pants": {"unknown": 4}}
    assert reader.clothing(EventFilter(stream_id="yard")) == {
        "upper-clothes": {"red": 1},
        "pants": {"unknown": 1},
    }


def test_a_span_takes_its_beginning_and_leaves_its_end(reader: SqlReader) -> None:
    first, second, third = (visit_event(track).event_time for track in (1, 2, 3))
    visits = reader.visits(EventFilter(since=first, until=third, stream_id="door"))
    assert [visit.event_time for visit in visits] == [first, second]


def test_lists_are_limited_and_ordered(reader: SqlReader) -> None:
    assert reader.frames(EventFilter(stream_id="door"), limit=2) == [
        frame_event(0, persons=0),
        frame_event(1, persons=1),
    ]
    assert reader.windows(window_s=60, limit=1) == [window_event(0, window_s=60)]
    assert len(reader.windows()) == 6
    assert reader.health() == []


def test_a_kind_of_event_from_outside_is_stored_and_read(url: str) -> None:
    with installed(crossing=LineCrossed):
        for _ in range(2):
            sink = SqlSink(url)
            sink.store([crossing("entrance"), crossing("exit"), frame_event()])
            sink.close()
        reader = SqlReader(url)
        assert reader.events(LineCrossed) == sorted(
            [crossing("entrance"), crossing("exit")], key=lambda event: event.event_id
        )
        assert reader.frames() == [frame_event()]
        reader.close()


def test_a_table_of_another_version_of_a_package_is_refused(url: str, tmp_path: Path) -> None:
    SqlSink(url).close()
    with sqlite3.connect(tmp_path / "footfall.db") as connection:
        connection.execute("CREATE TABLE passings (event_id TEXT PRIMARY KEY)")
    with installed(crossing=LineCrossed), pytest.raises(OutputError) as caught:
        SqlSink(url)
    assert str(caught.value) == (
        f"{tmp_path}/footfall.db has a table passings without the column event_time, which the package that fills it "
        "needs; bring the table to the package's version, or name another database"
    )


def test_a_table_of_a_package_gets_the_columns_that_every_event_has_by_now(url: str, tmp_path: Path) -> None:
    with installed(crossing=LineCrossed):
        SqlSink(url).close()
        with sqlite3.connect(tmp_path / "footfall.db") as connection:
            connection.execute("DROP VIEW passings_current")
            connection.execute("ALTER TABLE passings DROP COLUMN analysis_id")
        sink = SqlSink(url)
        sink.store([crossing("left").model_copy(update={"analysis_id": "abc"})])
        sink.close()
        reader = SqlReader(url)
        assert [event.analysis_id for event in reader.events(LineCrossed)] == ["abc"]
        reader.close()
