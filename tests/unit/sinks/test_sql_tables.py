"""The tables of a SQLite store: made, brought up to date, and those of others left alone."""

import logging
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from domain.errors import OutputError
from domain.events import Event, VisitEnded, WindowClosed
from sinks.sql import new_file, schema
from sinks.sql.engine import VERSION_TABLE
from sinks.sql.reader import SqlReader
from sinks.sql.schema import head, migrate
from sinks.sql.sink import SqlSink
from sinks.sql.tables import metadata
from sinks.sql.upgrading import alembic_config
from tests.support.events import (
    frame_event,
    health_event,
    visit_event,
    window_event,
)
from tests.support.outside import LineCrossed, crossing, installed
from tests.support.sql import everything


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

    # Of visits of before it is not known on how many views they rest, nor what covers which part of the body.
    unknown: dict[type[Event], dict[str, object]] = {
        VisitEnded: {"views": None, "body": ()},
        WindowClosed: {"body": {}},
    }
    of_before = [event.model_copy(update=unknown.get(type(event), {})) for event in events]
    assert everything(url) == of_before


def test_migrating_leaves_the_logging_of_the_application_alone(url: str) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("sqlalchemy").disabled)
    migrate(url)
    assert (root.level, list(root.handlers), logging.getLogger("sqlalchemy").disabled) == before


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
