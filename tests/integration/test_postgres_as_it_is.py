"""PostgreSQL as it is found: other encodings, search paths, roles that may do little, passwords of any characters."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from psycopg import sql

from domain.errors import OutputError, SinkBusy
from domain.names import original_name, shown_name
from sinks.sql.schema import migrate
from sinks.sql.sink import SqlSink
from tests.support.events import frame_event, health_event, one_of_each
from tests.support.postgres import PostgresServer
from tests.support.sql import everything
from tests.unit.domain.test_urls import PASSWORDS

pytestmark = pytest.mark.integration

ROLE = "visitor"


def execute(url: str, *statements: str | sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement) if isinstance(statement, str) else statement)


@pytest.fixture
def role(database: str) -> Iterator[str]:
    """The address of that database for a role that may connect and nothing else."""
    execute(
        database, f"CREATE ROLE {ROLE} LOGIN PASSWORD 'visitor'", "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    )
    yield re.sub("//[^@]*@", f"//{ROLE}:visitor@", database)
    execute(database, f"DROP OWNED BY {ROLE}", f"DROP ROLE {ROLE}")


def refusal(url: str) -> str:
    with pytest.raises(OutputError) as caught:
        SqlSink(url)
    message = str(caught.value)
    assert "\n" not in message
    assert "visitor:" not in message
    return message.partition(" ")[2]


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "WIN1252", "KOI8R", "EUC_JP", "EUC_TW", "UTF8"])
def test_every_encoding_takes_every_text(postgres: PostgresServer, encoding: str) -> None:
    url = postgres.create_database(f"encoded_{encoding.lower()}", encoding)
    name = "/films/caf\udce9 Süd 漢 видео 👕\n.mp4"
    events = [*one_of_each(), health_event(7, message=f"{shown_name(name)} breaks off")]
    sink = SqlSink(url)
    sink.store(events)
    sink.store(events)
    sink.close()
    stored = {event.event_id: event for event in everything(url)}
    assert stored.keys() == {event.event_id for event in events}
    message = stored[events[-1].event_id].message  # type: ignore[attr-defined]
    assert original_name(message.removesuffix(" breaks off")) == name
    if encoding in {"SQL_ASCII", "UTF8"}:
        assert message == events[-1].message  # type: ignore[attr-defined]


def test_tables_of_a_later_schema_of_the_search_path_are_used(database: str) -> None:
    migrate(database)
    execute(database, "CREATE SCHEMA other", "CREATE TABLE other.frames (a int)")
    execute(database, "ALTER ROLE footfall SET search_path = other, public")
    try:
        sink = SqlSink(database)
        sink.store([frame_event()])
        sink.close()
        assert everything(database) == [frame_event()]
        assert migrate(database)
    finally:
        execute(database, "ALTER ROLE footfall RESET search_path")
    assert everything(database) == [frame_event()]


def test_tables_are_made_in_the_first_schema_of_the_search_path(database: str, role: str) -> None:
    execute(
        database,
        f'CREATE SCHEMA "Own" AUTHORIZATION {ROLE}',
        f'ALTER ROLE {ROLE} SET search_path = "Own", public',
    )
    sink = SqlSink(role)
    sink.store([frame_event()])
    sink.close()
    with psycopg.connect(database) as connection:
        assert connection.execute('SELECT count(*) FROM "Own".frames').fetchone() == (1,)
    also = f"{database}?options=-csearch_path%3D%22Own%22"
    assert everything(also) == [frame_event()]


def test_a_role_without_any_schema_is_told(role: str) -> None:
    assert re.fullmatch(
        "cannot be used: no schema has been selected to create in.*; "
        "the search path of this role names no schema that is there; make one, or set another path",
        refusal(role),
    )


def test_a_role_without_create_is_told(database: str, role: str) -> None:
    execute(database, f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    assert refusal(role) == (
        "cannot be used: permission denied for schema public; grant this role the right, CREATE on the schema to make the "
        "tables, or SELECT, INSERT and UPDATE on them once their owner has run footfall migrate"
    )


def test_a_role_that_may_only_write_rows_writes_them(database: str, role: str) -> None:
    migrate(database)
    execute(
        database,
        f"GRANT USAGE ON SCHEMA public TO {ROLE}",
        f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {ROLE}",
        f"REVOKE INSERT ON frames FROM {ROLE}",
    )
    assert refusal(role) == (
        "lets this role not write to frames, runs, analyses, run_streams; grant it SELECT and INSERT on Footfall's tables, "
        "and UPDATE on runs, analyses, run_streams"
    )
    execute(
        database,
        f"GRANT INSERT ON frames TO {ROLE}",
        f"GRANT UPDATE ON runs, analyses, run_streams TO {ROLE}",
    )
    sink = SqlSink(role)
    sink.store([frame_event()])
    sink.close()
    assert everything(database) == [frame_event()]


def test_a_server_that_can_only_be_read_is_told(database: str) -> None:
    migrate(database)
    name = database.rpartition("/")[2]
    execute(database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert refusal(database) == (
        "can be read only (a standby, or default_transaction_read_only); name a server that can be written"
    )
    assert everything(database) == []


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password=PASSWORDS)
def test_a_password_of_any_characters_opens_the_database(
    postgres: PostgresServer, database: str, password: str
) -> None:
    migrate(database)
    name = database.rpartition("/")[2]
    role = sql.SQL("CREATE ROLE odd LOGIN SUPERUSER PASSWORD {}").format(sql.Literal(password))
    execute(database, "DROP ROLE IF EXISTS odd", role)
    where = f"127.0.0.1:{postgres.port}/{name}"
    typed = re.sub("%(?=[0-9A-Fa-f]{2})", "%25", password)
    for url in (
        f"postgresql://odd:{typed}@{where}",
        f"postgresql://odd:{quote(password, safe='')}@{where}?sslmode=disable",
        f"postgresql://odd@{where}?sslmode=disable&password={quote(password, safe='')}",
        f"postgresql:///{name}?host=127.0.0.1&port={postgres.port}&user=odd&password={quote(password, safe='')}",
        f"postgresql://odd:{typed}@{where.replace('/', f',127.0.0.1:{postgres.port}/')}",
    ):
        sink = SqlSink(url)
        assert repr(sink._engine.url) == "postgresql+psycopg://"
        sink.close()
    wrong = f"postgresql://odd:{typed}x@{where}"
    with pytest.raises(OutputError, match="password authentication failed") as caught:
        SqlSink(wrong)
    assert "Zq9" not in str(caught.value)


@settings(deadline=None, max_examples=15)
@given(password=PASSWORDS)
def test_a_server_that_is_away_says_no_password(password: str) -> None:
    sink = SqlSink(f"postgresql://me:{password}@127.0.0.1:9/stats", timeout_s=4.0)
    with pytest.raises(SinkBusy) as caught:
        sink.store([frame_event()])
    sink.close()
    assert "Zq9" not in str(caught.value)
