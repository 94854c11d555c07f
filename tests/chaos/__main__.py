"""All that may befall a run: `python -m tests.chaos`. Tables, and exit code 1 where something is missing or there twice."""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from tests.chaos.files import FileTrial, damaged_spools, file_trials
from tests.chaos.outages import Rounds, Server
from tests.chaos.plans import Plan, at_random, deleted, named, outages, tampered
from tests.chaos.stores import KafkaTopics, PostgresTables
from tests.chaos.trial import SOURCE, Difference, Trials
from tests.support.ending import unwind_on_signals
from tests.support.kafka import KafkaServer
from tests.support.links import Link
from tests.support.postgres import PostgresServer

_SECTIONS = ("named", "random", "spools", "outages", "rounds", "files", "damaged", "views")
_GONE = ("Kafka", "PostgreSQL", "both")
_BETWEEN_S = 10.0


@dataclass
class Table:
    """What was found, a line as soon as it is known. Any thread."""

    wrong: list[str] = field(default_factory=list)
    rows: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _began: float = field(default_factory=time.monotonic)

    def head(self) -> None:
        """Say what the columns are."""
        print(
            f"{'at':>6} {'what was done':94} {'kills':>5} {'missing':>8} {'twice':>6} {'pictures s':>10}  the rest"
        )

    def tried(
        self,
        what: str,
        carry_out: Callable[[], tuple[int, Difference]],
        is_right: Callable[[int, Difference], bool],
    ) -> None:
        """Carry something out, and tell what came of it: how often it was killed, and what is different."""
        try:
            died, found = carry_out()
        except Exception as error:  # noqa: BLE001 - the others are tried all the same
            self._line(what, f"WRONG: {type(error).__name__}: {error}", right=False)
            return
        missing, twice = sum(found.missing.values()), sum(found.twice.values())
        right = is_right(died, found)
        rest = ("equal" if not found.unequal else "rows equal") if right else f"WRONG: {found}"
        self._line(what, f"{died:5} {missing:8} {twice:6} {found.pictures_s:10.1f}  {rest}", right=right)

    def _line(self, what: str, rest: str, *, right: bool) -> None:
        self.say(f"{what:94} {rest}")
        with self._lock:
            self.rows += 1
            self.wrong += [] if right else [what]

    def say(self, line: str) -> None:
        """Print it, with the minute."""
        passed = round(time.monotonic() - self._began)
        with self._lock:
            print(f"{passed // 60:3}:{passed % 60:02} {line}", flush=True)


def main() -> None:
    """Run all of it, or the sections that were named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", nargs="+", choices=_SECTIONS, default=_SECTIONS, help="these sections alone"
    )
    parser.add_argument("--random", type=int, default=50, help="kills at random moments")
    parser.add_argument("--outages", type=int, default=4, help="of some seconds, of each kind")
    parser.add_argument("--rounds", type=int, default=10, help="times that each server goes away for long")
    parser.add_argument("--of", nargs="+", choices=_GONE, default=_GONE, help="what goes away for long")
    parser.add_argument("--away", type=float, default=60.0, help="for how long then, seconds")
    parser.add_argument("--cuts", type=int, default=10, help="power cuts")
    parser.add_argument("--damaged", type=int, default=200, help="damaged spools")
    options = parser.parse_args()
    unwind_on_signals()
    table = Table()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="footfall-chaos-")))
        long = stack.enter_context(ThreadPoolExecutor(3))
        table.head()
        running = list(start_rounds(folder, stack, long, options, table)) if "rounds" in options.only else []
        with_servers(folder, options, table)
        with_files(folder, options, table)
        with_best_views(folder, options, table)
        for future in running:
            future.result()
    print(f"{table.rows} rows, {len(table.wrong)} wrong", *table.wrong, sep="\n  ")
    sys.exit(bool(table.wrong))


def with_servers(folder: Path, options: argparse.Namespace, table: Table) -> None:
    """Kills, outages and spools, with Kafka and PostgreSQL."""
    chosen: list[Iterable[Plan]] = []
    with ExitStack() as stack:
        link, kafka, postgres = servers(folder / "kafka", stack)
        sections: dict[str, Callable[[], Iterable[Plan]]] = {
            "named": named,
            "random": partial(at_random, options.seed, options.random),
            "spools": partial(tampered, options.cuts),
            "outages": partial(outages, kafka, link, postgres, options.seed, options.outages),
        }
        chosen = [plans() for name, plans in sections.items() if name in options.only]
        if not chosen:
            return
        stores = (PostgresTables(postgres), KafkaTopics(f"127.0.0.1:{link.port}"))
        trials = Trials(folder / "servers", stores=stores, flags=())
        carry_out(trials, [plan for plans in chosen for plan in plans], table)


def with_files(folder: Path, options: argparse.Namespace, table: Table) -> None:
    """Checkpoints, disks and damaged spools, with SQLite."""
    trials = Trials(folder / "files")
    if {"files", "damaged"} & set(options.only):
        trials.whole()
    if "files" in options.only:
        carry_out(trials, list(deleted()), table)
        for number, trial in enumerate(file_trials()):
            name = f"file{number}"
            table.tried(trial.what, partial(_file_trial, trials, trial, name), _rows_equal)
    if "damaged" in options.only:
        what = f"{options.damaged} damaged spools, each twentieth gone on with"
        table.tried(what, lambda: (1, damaged_spools(trials, options.damaged, table.say)), _rows_equal)


def with_best_views(folder: Path, options: argparse.Namespace, table: Table) -> None:
    """Kills at random moments, where persons are found in each frame and the best views of each are parsed."""
    if "views" in options.only:
        flags = ("--no-overlay", "--finder", "lite", "--views", "best")
        trials = Trials(folder / "views", source=SOURCE.replace("320x180", "640x360"), flags=flags)
        carry_out(trials, [replace(plan, what="best views") for plan in at_random(options.seed, 6)], table)


def _file_trial(trials: Trials, trial: FileTrial, name: str) -> tuple[int, Difference]:
    return trial.carry_out(trials, name), trials.difference(name, "whole")


def _rows_equal(died: int, found: Difference) -> bool:
    del died
    return found.rows_equal


def carry_out(trials: Trials, plans: Sequence[Plan], table: Table) -> None:
    """Each in turn, against an uninterrupted run."""
    if not (trials.folder / "whole").exists():
        trials.whole()
    for number, plan in enumerate(plans):
        table.tried(str(plan), partial(plan.carry_out, trials, str(number)), plan.is_right)


def servers(folder: Path, stack: ExitStack) -> tuple[Link, KafkaServer, PostgresServer]:
    """A Kafka behind a link, and a PostgreSQL, that end with the stack."""
    folder.mkdir(parents=True)
    link = Link()
    stack.callback(link.close)
    kafka = KafkaServer(folder, advertised=link.port)
    stack.callback(kafka.kill)
    link.target = kafka.port
    postgres = PostgresServer()
    stack.callback(postgres.remove)
    return link, kafka, postgres


def start_rounds(
    folder: Path, stack: ExitStack, pool: ThreadPoolExecutor, options: argparse.Namespace, table: Table
) -> Iterable[Future[None]]:
    """The long outages of each kind, side by side with servers of their own: they take minutes in which little is computed."""
    for what in options.of:
        link, kafka, postgres = servers(folder / f"rounds-{what}", stack)
        kinds: dict[str, Sequence[Server]] = {"Kafka": [kafka], "PostgreSQL": [postgres]}
        gone = kinds.get(what, [kafka, postgres])
        rounds = Rounds(what, gone, options.rounds, options.away, _BETWEEN_S)
        source = f"synthetic:?persons=2&seconds={rounds.lasts_s:.0f}&seed=5&size=320x180&fps=0.5"
        trials = Trials(
            folder / f"trials-{what}",
            stores=(PostgresTables(postgres), KafkaTopics(f"127.0.0.1:{link.port}")),
            source=source,
            longest_s=rounds.lasts_s + 300.0,
        )
        yield pool.submit(_round, rounds, trials, table)


def _round(rounds: Rounds, trials: Trials, table: Table) -> None:
    def carry_out() -> tuple[int, Difference]:
        trials.whole()
        return rounds.carry_out(trials, "rounds", table.say)

    table.tried(str(rounds), carry_out, _rows_equal)


if __name__ == "__main__":
    main()
