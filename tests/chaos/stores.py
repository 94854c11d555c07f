"""Where the events of a trial go, and what is there afterwards."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import psycopg

from sinks.sql.run_tables import RUN_TABLES
from tests.support.consuming import records
from tests.support.postgres import PostgresServer


class KafkaTopics:
    """Topics of a Kafka, that `--kafka` names. Records of a trial are known by the runs that its spool has seen.

    Args:
        bootstrap: HOST:PORT.
    """

    name = "Kafka"

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._runs: dict[Path, set[str]] = {}

    def flags(self, trial: Path) -> Sequence[str]:
        """See `Store.flags`."""
        del trial
        return ("--kafka", self._bootstrap)

    def contents(self, trial: Path) -> Iterable[str]:
        """See `Store.contents`: what was committed."""
        runs = self._runs.setdefault(trial, set())
        with closing(sqlite3.connect(trial / "out" / ".footfall" / "spool.db")) as spool:
            runs |= {row[0] for row in spool.execute("SELECT id FROM run")}
        return [
            f"{one.topic} {one.value.decode()}"
            for one in records(self._bootstrap)
            if dict(one.headers).get("run_id", b"").decode() in runs
        ]


class PostgresTables:
    """A database of a PostgreSQL for each trial, that `--sql` names."""

    name = "PostgreSQL"

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._urls: dict[str, str] = {}

    def flags(self, trial: Path) -> Sequence[str]:
        """See `Store.flags`."""
        if trial.name not in self._urls:
            self._urls[trial.name] = self._server.create_database(f"chaos_{trial.name}")
        return ("--sql", self._urls[trial.name])

    def contents(self, trial: Path) -> Iterable[str]:
        """See `Store.contents`."""
        with psycopg.connect(self._urls[trial.name]) as connection:
            query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            names = [row[0] for row in connection.execute(query)]
            return [
                f"{name} {row!r}"
                for name in names
                if name not in RUN_TABLES
                for row in connection.execute(f"SELECT * FROM {name}")  # noqa: S608 - a table
            ]
