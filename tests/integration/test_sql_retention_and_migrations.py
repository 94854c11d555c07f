"""Two processes at one SQL store: tables that are made once; and rows that go on PostgreSQL."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from domain.errors import OutputError
from sinks.journal import RunJournal
from sinks.sql.address import parse
from sinks.sql.forgetting import ForgottenRows, forget_rows
from sinks.sql.retention import RowRetention
from sinks.sql.schema import migrate
from sinks.sql.sink import SqlSink
from tests.support.events import START, frame_event
from tests.support.provenance import analysis, run_record
from tests.support.sql import everything

pytestmark = pytest.mark.integration

OPENS = """
import sys
from sinks.sql.schema import migrate
from sinks.sql.sink import SqlSink
from tests.support.events import frame_event, health_event
print("ready", flush=True)
sys.stdin.readline()
if sys.argv[2] == "migrate":
    migrate(sys.argv[1])
sink = SqlSink(sys.argv[1])
sink.store([frame_event(n) for n in range(200)] + [health_event(int(sys.argv[3]))])
sink.close()
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_that_start_at_the_same_moment_make_the_tables_once(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/a.db" if kind == "sqlite" else request.getfixturevalue("database")
    processes = [
        subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, "-c", OPENS, url, how, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number, how in enumerate(("open", "migrate", "open"))
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outcomes = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        outcomes.append((process.returncode, errors))
    assert outcomes == [(0, "")] * 3
    assert len(everything(url)) == 203


def test_rows_go_on_postgresql_with_what_is_inside(database: str) -> None:
    camera = analysis("c1", source_id="door", live=True)
    seconds = [0.0]
    sink = SqlSink(
        database,
        journal=RunJournal(run_record("r1", camera)),
        retention=RowRetention({"frames": 7}, now=lambda: START + timedelta(days=8)),
        clock=lambda: seconds[0],
    )
    events = [
        frame_event(index, persons=2).model_copy(
            update={
                "analysis_id": "c1",
                "time_source": "camera",
                "event_time": START + timedelta(days=5 if index < 10 else 0),
            }
        )
        for index in range(1500)
    ]
    sink.store(events)
    for _ in range(3):
        seconds[0] += 1000.0
        sink.tend()
    sink.close()
    with psycopg.connect(database) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a table
            for table in ("frames", "persons", "frames_current")
        ]
    assert counts == [(10,), (20,), (10,)]


def test_a_role_that_may_not_delete_is_told_before_a_run_that_would(database: str) -> None:
    migrate(database)
    with psycopg.connect(database) as connection:
        connection.execute("DROP ROLE IF EXISTS adder")
        connection.execute("CREATE ROLE adder LOGIN PASSWORD 'adder'")
        connection.execute("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO adder")
        connection.execute("GRANT UPDATE ON runs, analyses, run_streams TO adder")
    url = f"postgresql://adder:adder@{database.partition('@')[2]}"
    SqlSink(url).close()
    with pytest.raises(OutputError, match=r"not write to frames; .* and DELETE on frames$"):
        SqlSink(url, retention=RowRetention({"frames": 7}, now=lambda: datetime.now(UTC)))
    with psycopg.connect(database) as connection:
        connection.execute("DROP OWNED BY adder")
        connection.execute("DROP ROLE adder")


def test_what_is_older_is_forgotten_in_postgres(database: str) -> None:
    sink = SqlSink(database)
    old, new = [frame_event(n) for n in range(1500)], frame_event(5000)
    new = new.model_copy(update={"event_time": START + timedelta(days=3)})
    sink.store([*old, new])
    sink.close()
    before = {"frames": START + timedelta(days=2), "visits": START + timedelta(days=2)}
    store = parse(database)
    assert forget_rows(store, before, dry_run=True) == ([ForgottenRows("frames", 1500)], 0)
    assert forget_rows(store, before) == ([ForgottenRows("frames", 1500)], 0)
    assert everything(database) == [new]
    assert forget_rows(store, before) == ([], 0)
