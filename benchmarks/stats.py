"""How fast `/api/stats` is answered on a full store: `python -m benchmarks.stats [--rows 10000000] [--frames-per-day 20000]`.

Fills a SQLite file (4 GB for 10 million rows) and, where Debian's PostgreSQL is installed, a database of a server that is started
for it, with rows as cameras leave them; asks every question of the API for one day thirty times; and deletes both.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from domain.events import VisitEnded, WindowClosed
from domain.stores import StoreAddress
from sinks.sql.paging import StoredEvents
from sinks.sql.reader import EventFilter
from sinks.sql.schema import migrate
from sinks.sql.sink import SqlSink
from tests.support.ending import unwind_on_signals
from tests.support.postgres import PostgresServer

CAMERAS = 4
VISITS = 500
"""A day and camera, each with three garments."""

ASKED = 30
_PATIENCE_S = 20.0
END = datetime(2026, 5, 4, tzinfo=UTC)
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Size:
    """How much is stored.

    Attributes:
        rows: Of all tables.
        frames: A day and camera.
    """

    rows: int
    frames: int

    @property
    def days(self) -> int:
        """So that the rows come together."""
        of_a_day = CAMERAS * (self.frames + _DAY_S // 10 + _DAY_S // 60 + VISITS * 4)
        return max(2, round(self.rows / of_a_day))


def main() -> None:
    """Print a line for each store and question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument(
        "--frames-per-day", type=int, default=20_000, help="of each camera; 432000 are five a second"
    )
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    size = Size(given.rows, given.frames_per_day)
    unwind_on_signals()
    print(
        f"{CAMERAS} cameras, {size.days} days, {size.frames} frames and {VISITS} visits of each camera a day"
    )
    stores = {"sqlite": _sqlite, "postgresql": _postgresql}
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        print("PostgreSQL is not installed: scripts/system-packages.sh")
        del stores["postgresql"]
    for name, store in stores.items():
        if given.only not in {None, name}:
            continue
        with store() as address:
            began = time.perf_counter()
            rows = _fill(address, size)
            print(f"{name}: {rows:,} rows in {time.perf_counter() - began:.0f} s")
            _ask(address, size)


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/footfall.db"


@contextmanager
def _postgresql() -> Iterator[str]:
    server = PostgresServer()
    try:
        yield server.create_database("bench")
    finally:
        server.remove()


def _fill(address: str, size: Size) -> int:
    """Rows as cameras leave them, the newest at `END`; how many."""
    if address.startswith("sqlite"):
        with closing(SqlSink(address)):
            pass
    else:
        migrate(address)
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        series = _series(connection)
        moment = _moment(connection)
        _fill_runs(connection, moment)
        for camera in range(CAMERAS):
            for statement in _statements(camera, size, series, moment):
                connection.exec_driver_sql(
                    statement.replace("%", "%%") if _percent(connection) else statement
                )
        tables = ("frames", "visits", "visit_garments", "windows")
        counts = [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # PostgreSQL does so by itself after a while.
        connection.execute(text("VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE"))
    engine.dispose()
    return sum(counts)


def _percent(connection: Connection) -> bool:
    """Whether the driver takes a percent sign for a parameter."""
    return connection.dialect.name == "postgresql"


def _series(connection: Connection) -> Callable[[int], str]:
    """A table of the numbers from 0 below so many, as `n`."""
    if connection.dialect.name == "postgresql":
        return lambda count: f"(SELECT n FROM generate_series(0, {count - 1}) AS n) AS numbers"
    return lambda count: (
        f"(WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count - 1}) "
        "SELECT n FROM numbers) AS numbers"
    )


def _moment(connection: Connection) -> Callable[[str], str]:
    """So many seconds after 1970, as that database keeps moments."""
    if connection.dialect.name == "postgresql":
        return lambda seconds: f"to_timestamp({seconds})"
    return lambda seconds: f"strftime('%Y-%m-%d %H:%M:%f000', {seconds}, 'unixepoch')"


def _fill_runs(connection: Connection, moment: Callable[[str], str]) -> None:
    now = moment(str(END.timestamp()))
    statements = [
        f"INSERT INTO runs (run_id, footfall_version, state, started_at, settings) VALUES ('run', '0', 'complete', {now}, '')"
    ]
    for camera in range(CAMERAS):
        statements += [
            f"""
INSERT INTO analyses (analysis_id, source_id, live, footfall_version, packages, parser_name, parser_version, parser_precision,
  parser_checksum, settings, state, started_at)
VALUES ('a{camera}', 's{camera}', true, '0', '', 'lite', '1', 'bf16', '', '', 'complete', {now})""",
            f"""
INSERT INTO run_streams (run_id, stream_id, analysis_id, source, state)
VALUES ('run', 'camera-{camera}', 'a{camera}', '', 'complete')""",
        ]
    for statement in statements:
        connection.exec_driver_sql(statement)


def _statements(
    camera: int, size: Size, series: Callable[[int], str], moment: Callable[[str], str]
) -> Iterator[str]:
    begin = END.timestamp() - size.days * _DAY_S
    stream, analysis = f"'camera-{camera}'", f"'a{camera}'"
    at = moment(f"{begin} + n * {_DAY_S / size.frames}")
    yield f"""
INSERT INTO frames (event_id, schema_version, stream_id, event_time, time_source, frame_index, media_time_s, width, height,
  persons, analysis_id)
SELECT 'f-{camera}-' || n, 1, {stream}, {at}, 'camera', n, n, 1920, 1080, n % 7, {analysis}
FROM {series(size.days * size.frames)}"""
    ended = f"{begin} + n * {_DAY_S / VISITS}"
    yield f"""
INSERT INTO visits (event_id, schema_version, stream_id, event_time, time_source, track_id, started_at, duration_s, frames,
  ended_by, sleeves, trousers, analysis_id, views)
SELECT 'v-{camera}-' || n, 1, {stream}, {moment(ended)}, 'camera', n, {moment(f"{ended} - 20")}, 20, 100, 'lost', 'long', 'long',
  {analysis}, 6
FROM {series(size.days * VISITS)}"""
    colors = ("black", "blue", "red", "grey", "unknown")
    color = " ".join(f"WHEN {number} THEN '{name}'" for number, name in enumerate(colors))
    for position, part in enumerate(("upper-clothes", "pants", "shoe")):
        yield f"""
INSERT INTO visit_garments (visit_id, position, part, color, share, color_share, confidence)
SELECT 'v-{camera}-' || n, {position}, '{part}', CASE n % {len(colors)} {color} END, 0.9, 0.8, 0.7
FROM {series(size.days * VISITS)}"""
    for window_s in (10, 60):
        start = f"{begin} + n * {window_s}"
        yield f"""
INSERT INTO windows (event_id, schema_version, stream_id, event_time, time_source, window_start, window_s, persons_min,
  persons_mean, persons_max, visits_begun, visits_ended, frames_read, frames_sampled, frames_parsed, frames_dropped,
  seconds_observed, seconds_without_signal, coverage_share, analysis_id)
SELECT 'w-{camera}-{window_s}-' || n, 1, {stream}, {moment(f"{start} + {window_s}")}, 'camera', {moment(start)}, {window_s}, 0,
  1.5, n % 7, 0, 0, 250, 50, 50, 0, {window_s}, 0, 1, {analysis}
FROM {series(size.days * _DAY_S // window_s)}"""


def _ask(address: str, size: Size) -> None:
    """Every question for a day in the middle, where nothing is the newest."""
    since = END - timedelta(days=size.days // 2 + 1)
    day = EventFilter(since=since, until=since + timedelta(days=1))
    one = EventFilter(since=since, until=since + timedelta(days=1), stream_id="camera-2")
    minutes = EventFilter(since=since, until=since + timedelta(days=1), window_s=60)
    with closing(StoredEvents(StoreAddress.parse(address))) as stored:
        behind = stored.page(WindowClosed, day, 1000).following
        questions: dict[str, Callable[[], object]] = {
            "totals": lambda: stored.totals(day),
            "totals of a stream": lambda: stored.totals(one),
            "clothing": lambda: stored.clothing(day),
            "clothing of a stream": lambda: stored.clothing(one),
            "outfits": lambda: stored.outfits(day, 100),
            "outfits of a stream": lambda: stored.outfits(one, 100),
            "windows, first page of 1000": lambda: stored.page(WindowClosed, day, 1000),
            "windows, a later page": lambda: stored.page(WindowClosed, day, 1000, behind),
            "windows of 60 s": lambda: stored.page(WindowClosed, minutes, 1000),
            "windows of a stream": lambda: stored.page(WindowClosed, one, 1000),
            "windows of 60 s, 1000 as a table": lambda: stored.rows(WindowClosed, minutes, 1000),
            "zones of 60 s, 1000 as a table": lambda: stored.rows(
                WindowClosed, minutes, 1000, inner="window_zones"
            ),
            "visits, first page of 1000": lambda: stored.page(VisitEnded, day, 1000),
            "visits of a stream": lambda: stored.page(VisitEnded, one, 1000),
        }
        for name, ask in questions.items():
            print(f"  {name:33} {_times(ask)}")


def _times(ask: Callable[[], object]) -> str:
    """The quickest; half and nineteen of twenty are faster; and what the process itself works for one, without what it waits.

    Milliseconds. On a machine that does other things, the quickest says most.
    """
    taken: list[float] = []
    worked = time.process_time()
    while len(taken) < ASKED and (sum(taken) < _PATIENCE_S or len(taken) < 3):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    worked = (time.process_time() - worked) / len(taken)
    p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
    return "   ".join(
        f"{name} {seconds * 1000:7.1f} ms"
        for name, seconds in {
            "least": min(taken),
            "p50": statistics.median(taken),
            "p95": p95,
            "processor": worked,
        }.items()
    )


if __name__ == "__main__":
    main()
