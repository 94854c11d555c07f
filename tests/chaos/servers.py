"""Runs into a real Kafka and a real PostgreSQL that are killed, and servers that go away: `python -m tests.chaos.servers`.

Nothing may be missing, and nothing there twice, in Kafka as a consumer with `read_committed` sees it.
"""

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from sinks.sql.run_tables import RUN_TABLES
from tests.chaos.__main__ import at_random
from tests.chaos.killed import KAFKA_PLACES
from tests.chaos.trial import NOWHERE, Difference, Kill, Trials
from tests.support.consuming import consume
from tests.support.ending import unwind_on_signals
from tests.support.kafka import KafkaServer
from tests.support.postgres import PostgresServer

SQL_PLACES = (
    "before a batch of SQL",
    "in a transaction of SQL",
    "before SQL's commit",
    "after a batch of SQL",
)
_TIMES = (1, 2, 4)
_ENDS = {0, 4, -signal.SIGKILL}


class KafkaTopics:
    """Topics of a Kafka, that `--kafka` names. Records of a trial are known by the runs that its spool has seen."""

    name = "Kafka"

    def __init__(self, server: KafkaServer) -> None:
        self._server = server

    def flags(self, trial: Path) -> Sequence[str]:
        """See `Store.flags`."""
        del trial
        return ("--kafka", self._server.bootstrap)

    def contents(self, trial: Path) -> Iterable[str]:
        """See `Store.contents`: what was committed."""
        with closing(sqlite3.connect(trial / "out" / ".footfall" / "spool.db")) as spool:
            runs = {row[0] for row in spool.execute("SELECT id FROM run")}
        records = consume(self._server.bootstrap)
        return [
            f"{one.topic} {one.event.model_dump_json()}"
            for one in records
            if one.headers.get("run_id") in runs
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


class Server(Protocol):
    """What can go away."""

    def kill(self) -> None:
        """End it as a power cut does."""
        ...

    def start(self) -> None:
        """Start it over the same data."""
        ...


@dataclass(frozen=True, slots=True)
class Outage:
    """Servers that go away some time after a run was started, and come back.

    Attributes:
        what: For the table.
        servers: That go away.
        after_s: When, seconds.
        for_s: For how long.
    """

    what: str
    servers: Sequence[Server]
    after_s: float
    for_s: float

    @contextmanager
    def during(self) -> Iterator[None]:
        """Let it happen while the block runs; at its end all servers are there."""
        ended = threading.Event()

        def happen() -> None:
            ended.wait(self.after_s)
            for server in self.servers:
                server.kill()
            ended.wait(self.for_s)
            for server in self.servers:
                server.start()

        thread = threading.Thread(target=happen)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to one trial."""

    kills: Sequence[Kill] = ()
    outage: Outage | None = None

    def __str__(self) -> str:
        """For the table."""
        outage = [f"{self.outage.what} away for {self.outage.for_s:g} s"] if self.outage else []
        return "; ".join([*outage, *map(str, self.kills)])

    def carry_out(self, trials: Trials, name: str) -> tuple[int, Difference]:
        """Do it, go on until everything is delivered, and compare with the trial `whole`.

        Returns:
            How many kills came before the end, and what is different. After an outage the summary may say that events waited.
        """
        for store in trials.stores:
            # What a trial needs of a server is made while that is there.
            store.flags(trials.folder / name)
        with self.outage.during() if self.outage else ExitStack():
            died = _killed(trials, name, self.kills)
        _deliver(trials, name)
        return died, trials.difference(name, "whole")

    def is_right(self, found: Difference) -> bool:
        """Whether it left what an uninterrupted run leaves."""
        stores = not any([*found.missing.values(), *found.twice.values()])
        return stores and (self.outage is not None or not found.unequal)


def _killed(trials: Trials, name: str, kills: Sequence[Kill]) -> int:
    died = 0
    for kill in (*kills, NOWHERE):
        code = trials.run(name, kill)
        assert code in _ENDS, trials.log(name)
        if code != -signal.SIGKILL:
            break
        died += 1
    return died


def _deliver(trials: Trials, name: str) -> None:
    """Send what still waits, as the next run would."""
    trial = trials.folder / name
    flags = [flag for store in trials.stores for flag in store.flags(trial)]
    command = [sys.executable, "-m", "footfall", "deliver", str(trial / "out"), *flags]
    for _ in range(5):
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=200)  # noqa: S603 - ours
        if done.returncode == 0:
            return
    raise AssertionError(done.stdout + done.stderr)


def plans(kafka: Server, postgres: Server, seed: int, count: int, outages: int) -> Iterator[Plan]:
    """Each place three times, then outages with and without a kill in their midst, then random moments."""
    for place in (*KAFKA_PLACES, *SQL_PLACES):
        yield Plan([Kill(place, nth) for nth in _TIMES])
    dice = random.Random(seed)  # noqa: S311 - a test that can be repeated
    for number in range(outages):
        for what, servers in (("Kafka", [kafka]), ("PostgreSQL", [postgres]), ("both", [kafka, postgres])):
            outage = Outage(what, servers, dice.uniform(2, 7), 60.0 if number == 0 else dice.uniform(1, 15))
            kills = [Kill("after a picture", dice.randint(5, 25))] if number % 2 else ()
            yield Plan(kills, outage)
    yield from (Plan(kills) for kills in at_random(seed, count))


def main() -> None:
    """Start the servers, carry the plans out, and print what came of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", type=int, default=50, help="kills at random moments")
    parser.add_argument("--outages", type=int, default=10, help="of each kind")
    options = parser.parse_args()
    unwind_on_signals()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "kafka").mkdir()
        kafka = KafkaServer(folder / "kafka")
        stack.callback(kafka.kill)
        postgres = PostgresServer()
        stack.callback(postgres.remove)
        trials = Trials(folder / "trials", stores=(PostgresTables(postgres), KafkaTopics(kafka)))
        wanted = plans(kafka, postgres, options.seed, options.random, options.outages)
        right = report(trials, wanted)
    sys.exit(not right)


def report(trials: Trials, wanted: Iterable[Plan]) -> bool:
    """Carry out these plans and print what came of each; whether all is as it should be."""
    assert trials.run("whole") == 0, trials.log("whole")
    print(f"{'what was done':90} {'kills':>5} {'missing':>8} {'twice':>6}")
    right = True
    for number, plan in enumerate(wanted):
        died, found = plan.carry_out(trials, str(number))
        missing, twice = sum(found.missing.values()), sum(found.twice.values())
        good = plan.is_right(found)
        print(f"{plan!s:90} {died:5} {missing:8} {twice:6}  {'' if good else found}", flush=True)
        right = right and good
    print("all as in an uninterrupted run" if right else "NOT EQUAL")
    return right


if __name__ == "__main__":
    main()
