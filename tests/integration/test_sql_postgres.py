"""SqlSink on a real PostgreSQL, through its outages."""

import socketserver
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import OutputError, SinkBusy, SinkRejected
from domain.events import Event
from sinks.base import EventSink
from sinks.sql import schema
from sinks.sql.address import parse
from sinks.sql.engine import VERSION_TABLE, open_engine
from sinks.sql.schema import head, migrate
from sinks.sql.sink import SqlSink
from sinks.sql.tables import metadata
from tests.contracts.event_sink import SinkContract
from tests.support.events import any_event, frame_event, health_event, one_of_each
from tests.support.ports import free_port
from tests.support.postgres import PASSWORD, PostgresServer
from tests.support.sql import everything
from tests.support.waiting import eventually

pytestmark = pytest.mark.integration


class TestSqlSinkOnPostgres(SinkContract):
    @pytest.fixture
    def sink(self, database: str) -> Iterator[SqlSink]:
        self.url = database
        sink = SqlSink(database)
        yield sink
        sink.close()

    def stored(self, sink: EventSink) -> Sequence[Event]:
        del sink
        return everything(self.url)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(any_event, max_size=4))
def test_every_event_survives(database: str, drawn: list[Event]) -> None:
    # Ids are made anew: the examples share a database, in which the first event of an id is the one that stays.
    events = [event.model_copy(update={"event_id": str(uuid4())}) for event in drawn]
    sink = SqlSink(database)
    sink.store(events)
    sink.close()
    wanted = {event.event_id: event for event in events}
    assert {event.event_id: event for event in everything(database) if event.event_id in wanted} == wanted


def test_migrations_and_tables_are_the_same(database: str) -> None:
    assert migrate(database) == migrate(database) == head()
    engine = open_engine(parse(database), connect_timeout_s=5.0, lock_timeout_s=5.0)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata()) == []
    engine.dispose()


def test_two_that_open_together_make_the_tables_once(database: str) -> None:
    problems: list[Exception] = []

    def open_and_store(index: int) -> None:
        try:
            sink = SqlSink(database)
            sink.store([frame_event(n) for n in range(200)] + [health_event(index)])
            sink.close()
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            problems.append(error)

    threads = [threading.Thread(target=open_and_store, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert len(everything(database)) == 204


def test_older_tables_are_refused_with_the_cure(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    version = migrate(database)
    monkeypatch.setattr(schema, "head", lambda: "9999")
    with pytest.raises(OutputError) as caught:
        SqlSink(database)
    assert str(caught.value) == (
        f"{parse(database).shown()} has tables of version {version}, this Footfall needs 9999; run: footfall migrate URL"
    )


def test_a_wrong_password_is_told_without_the_password(postgres: PostgresServer) -> None:
    with pytest.raises(OutputError) as caught:
        SqlSink(postgres.url(password="geheim%21"))  # noqa: S106 - a wrong one
    message = str(caught.value)
    assert "password authentication failed" in message
    assert message.startswith(f"postgresql://127.0.0.1:{postgres.port}/postgres cannot be used: ")
    assert "geheim" not in message
    assert "\n" not in message


def test_a_database_that_is_not_there_is_told(postgres: PostgresServer) -> None:
    with pytest.raises(OutputError, match='database "nowhere" does not exist') as caught:
        SqlSink(postgres.url("nowhere"))
    assert PASSWORD not in str(caught.value)


def test_a_server_that_is_away_at_the_start_does_not_keep_a_run_from_starting() -> None:
    sink = SqlSink(f"postgresql://u:geheim@127.0.0.1:{free_port()}/x", timeout_s=4.0)
    with pytest.raises(SinkBusy, match="Connection refused") as caught:
        sink.store(one_of_each())
    assert "geheim" not in str(caught.value)
    sink.close()


def test_a_server_that_is_starting_up_does_not_keep_a_run_from_starting() -> None:
    """After a power cut both start at the same time, and it recovers first."""
    said = b"".join(
        letter + text + b"\0"
        for letter, text in ((b"S", b"FATAL"), (b"V", b"FATAL"), (b"C", b"57P03"), (b"M", b"wird gestartet"))
    )
    answer = b"E" + struct.pack("!I", len(said) + 5) + said + b"\0"

    class Starting(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while header := self.rfile.read(8):
                length, code = struct.unpack("!II", header)
                self.rfile.read(length - 8)
                # To requests for encryption, then to the login.
                self.wfile.write(b"N" if code in {80877103, 80877104} else answer)
                if code not in {80877103, 80877104}:
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Starting) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sink = SqlSink(f"postgresql://u:geheim@127.0.0.1:{server.server_address[1]}/x", timeout_s=4.0)
        with pytest.raises(SinkBusy, match="wird gestartet") as caught:
            sink.store(one_of_each())
        assert "geheim" not in str(caught.value)
        sink.close()
        server.shutdown()


def test_a_server_that_hangs_while_tables_are_made_does_not_keep_a_run_from_starting(database: str) -> None:
    with psycopg.connect(database) as other:
        # Whoever makes tables waits for that.
        other.execute("SELECT pg_advisory_xact_lock(%s)", [schema._LOCK_ID])
        sink = SqlSink(database, timeout_s=8.0)
        with pytest.raises(SinkBusy):
            sink.store(one_of_each())

    def stored() -> bool:
        with suppress(SinkBusy):
            sink.store(one_of_each())
            return True
        return False

    eventually(stored, within_s=90)
    sink.close()


def test_a_killed_server_is_busy_and_takes_the_batch_when_it_is_back(
    postgres: PostgresServer, database: str
) -> None:
    sink = SqlSink(database)
    sink.store([frame_event(0)])
    postgres.kill()
    try:
        with pytest.raises(SinkBusy) as caught:
            sink.store([frame_event(1)])
        assert PASSWORD not in str(caught.value)
    finally:
        postgres.start()
    sink.store([frame_event(1)])
    sink.close()
    assert everything(database) == [frame_event(0), frame_event(1)]


def test_a_server_that_hangs_holds_the_sink_no_longer_than_its_limit(
    postgres: PostgresServer, database: str
) -> None:
    sink = SqlSink(database, timeout_s=2.0)
    sink.store([frame_event(0)])
    postgres.pause()
    try:
        for _ in range(2):  # on the open connection, and on a new one
            with pytest.raises(SinkBusy):
                sink.store([frame_event(1)])
    finally:
        postgres.resume()
    sink.store([frame_event(1)])
    sink.close()
    assert everything(database) == [frame_event(0), frame_event(1)]


def test_text_that_postgres_cannot_hold_is_a_refusal(database: str) -> None:
    sink = SqlSink(database)
    with pytest.raises(SinkRejected, match="NUL"):
        sink.store([health_event(message="nul \x00 character")])
    sink.close()


def test_a_database_without_write_rights_is_told_at_the_start(
    postgres: PostgresServer, database: str
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    name = database.rsplit("/", 1)[1]
    with pytest.raises(OutputError, match="permission denied"):
        SqlSink(f"postgresql://guest:guest@127.0.0.1:{postgres.port}/{name}")
