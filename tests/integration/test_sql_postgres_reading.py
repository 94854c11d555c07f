"""Questions to a real PostgreSQL."""

from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text

from domain.errors import SinkBusy
from domain.events import GroupEnded, VisitEnded, WindowClosed, ZoneCounts
from domain.stores import StoreAddress
from sinks.sql.address import parse
from sinks.sql.engine import open_engine
from sinks.sql.paging import StoredEvents
from sinks.sql.reader import EVERYTHING, EventFilter, SqlReader
from sinks.sql.sink import SqlSink
from tests.support.events import visit_event, window_event

pytestmark = pytest.mark.integration


def test_the_server_compiles_nothing(database: str) -> None:
    engine = open_engine(parse(database), connect_timeout_s=5, lock_timeout_s=5)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW jit")).scalar_one() == "off"
    engine.dispose()


def test_moments_inside_events_are_utc_whatever_the_zone_of_the_server(database: str) -> None:
    group = GroupEnded.model_validate({**GroupEnded.example, "analysis_id": None})
    with closing(SqlSink(database)) as sink:
        sink.store([group])
    with closing(SqlReader(database)) as reader:
        (read,) = reader.events(GroupEnded)
    assert read == group
    assert read.members
    assert read.members[0].started_at.utcoffset() == timedelta(0)


def test_clothes_are_those_of_the_visits_that_are_meant(database: str) -> None:
    visits = [visit_event(number) for number in range(4)]
    with closing(SqlSink(database)) as sink:
        sink.store(visits)
    middle = EventFilter(since=visits[1].event_time, until=visits[3].event_time)
    with closing(SqlReader(database)) as reader:
        of_all, of_two = reader.clothing(EVERYTHING), reader.clothing(middle)
        assert {
            part: {color: 2 * count for color, count in colors.items()} for part, colors in of_two.items()
        } == of_all
        assert sum(outfit.visits for outfit in reader.outfits(middle, limit=10)) == 2


def test_rows_of_zones_come_with_their_windows(database: str) -> None:
    zone = ZoneCounts(zone="till", entries=1, ended=1, occupancy_min=0, occupancy_mean=0.5, occupancy_max=1)
    windows = [window_event(number) for number in range(4)]
    told = [
        one.model_copy(update={"zones": (zone,) * (number % 2 * 2)}) for number, one in enumerate(windows)
    ]
    with closing(SqlSink(database)) as sink:
        sink.store(told)
    with closing(StoredEvents(StoreAddress.parse(database))) as stored:
        first = stored.rows(WindowClosed, EVERYTHING, 1, inner="window_zones")
        second = stored.rows(WindowClosed, EVERYTHING, 1, first.following, "window_zones")
        assert second.following is None
        found = [(row["zone"], row["position"], row["window_start"]) for row in first.rows + second.rows]
        assert found == [
            ("till", place, windows[number].window_start) for number in (1, 3) for place in (0, 1)
        ]
        assert len(stored.rows(WindowClosed, EVERYTHING, 10).rows) == 4


def test_a_connection_that_breaks_within_a_question_is_a_store_that_is_away(database: str) -> None:
    with closing(SqlSink(database)) as sink:
        sink.store([visit_event(0)])
    with closing(StoredEvents(StoreAddress.parse(database))) as stored:

        def cut(connection: Any, *_: object) -> None:
            """Once the visits are read, and before what they wore is."""
            with psycopg.connect(database, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(%s)",
                    [connection.connection.driver_connection.info.backend_pid],
                )

        engine = stored._reader._engine
        event.listen(engine, "after_cursor_execute", cut)
        with pytest.raises(SinkBusy):
            stored.page(VisitEnded, EVERYTHING, 10)
        event.remove(engine, "after_cursor_execute", cut)
        assert len(stored.page(VisitEnded, EVERYTHING, 10).events) == 1


def test_questions_that_failed_again_and_again_are_answered_when_they_can_be(database: str) -> None:
    """The driver prepares what is asked for the sixth time; what fails then is not prepared."""
    with closing(SqlSink(database)) as sink:
        sink.store([visit_event(0)])
    with closing(StoredEvents(StoreAddress.parse(database))) as stored:
        assert len(stored.page(VisitEnded, EVERYTHING, 10).events) == 1
        with psycopg.connect(database, autocommit=True) as other:
            other.execute("ALTER TABLE visit_garments RENAME TO away")
            for _ in range(12):
                with pytest.raises(SinkBusy):
                    stored.page(VisitEnded, EVERYTHING, 10)
            other.execute("ALTER TABLE away RENAME TO visit_garments")
        assert len(stored.page(VisitEnded, EVERYTHING, 10).events) == 1
