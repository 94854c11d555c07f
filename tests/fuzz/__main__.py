"""Whole commands on damaged recordings, pictures and settings: python -m tests.fuzz [--seed N].

Prints a table of how they ended. Exits with 1 where one hung, crashed, showed a traceback, gave no word or left half of its
results; the files of such a case are kept, with what was said.
"""

import argparse
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from tests.fuzz.cases import Case, config, picture, recording
from tests.fuzz.trial import BAD, GOOD, attempt, nothing
from tests.support.corpus import write_pictures, write_recordings

Make = Callable[[Path], Case]
LIMIT_S = 120.0  # a case takes one or two; machines are busy


def main() -> int:
    """Try everything, in processes side by side."""
    given = _arguments()
    endings: dict[str, Counter[str]] = {}
    with TemporaryDirectory() as scratch:
        attempt([], Path(scratch), LIMIT_S, nothing)  # what every case needs is imported before time is taken
    began, done = time.monotonic(), 0
    with TemporaryDirectory() as scratch, ThreadPoolExecutor(given.jobs) as pool:
        makers = list(_makers(given, Path(scratch)))
        trials = pool.map(partial(_trial, given, Path(scratch), began), range(len(makers)), makers)
        for case, ending, last in filter(None, trials):
            endings.setdefault(case.kind, Counter())[ending] += 1
            done += 1
            if ending in BAD:
                print(f"{ending}: {case.kind}, seed {case.seed}: {last}", flush=True)
        _print(endings)
    print(f"{done} of {len(makers)} cases from seed {given.seed} on, in {time.monotonic() - began:.0f} s")
    bad = sum(counter[ending] for counter in endings.values() for ending in BAD)
    return int(bad > 0 or done == 0)


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument(
        "--seed", type=int, default=1, help="of the first case; each has its own (default 1)"
    )
    arguments.add_argument("--files", type=int, default=500, help="recordings and pictures (default 500)")
    arguments.add_argument("--configs", type=int, default=200, help="settings (default 200)")
    arguments.add_argument(
        "--minutes", type=float, default=10.0, help="begin no case after that long (default 10)"
    )
    arguments.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes (default one a core)"
    )
    arguments.add_argument(
        "--keep", type=Path, default=Path("out/fuzz"), help="where bad cases go (default out/fuzz)"
    )
    return arguments.parse_args()


def _makers(given: argparse.Namespace, scratch: Path) -> Iterator[Make]:
    whole = scratch / "whole"
    whole.mkdir()
    files: list[tuple[Callable[[Path, int, Path], Case], Path]] = [
        *((recording, path) for path in write_recordings(whole)),
        *((picture, path) for path in write_pictures(whole)),
    ]
    for number in range(given.files):
        make, path = files[number % len(files)]
        yield partial(make, path, given.seed + number)
    for number in range(given.configs):
        yield partial(config, given.seed + number)


def _trial(
    given: argparse.Namespace, scratch: Path, began: float, number: int, make: Make
) -> tuple[Case, str, str] | None:
    """One case with how it ended and its last words; None where the time is over."""
    if time.monotonic() - began > 60 * given.minutes:
        return None
    folder = scratch / str(number)
    folder.mkdir()
    case = make(folder)
    ending, last = attempt(case.arguments, folder, LIMIT_S)
    if ending in BAD:
        shutil.copytree(folder, given.keep / f"{case.kind} {case.seed}".replace(" ", "-"), dirs_exist_ok=True)
    shutil.rmtree(folder)
    return case, ending, last


def _print(endings: dict[str, Counter[str]]) -> None:
    table = Table(title="How they ended", title_justify="left")
    table.add_column("kind")
    for ending in (*GOOD, *BAD):
        table.add_column(ending, justify="right")
    for kind, counter in endings.items():
        table.add_row(kind, *(str(counter[ending] or "") for ending in (*GOOD, *BAD)))
    total = sum(endings.values(), Counter[str]())
    table.add_section()
    table.add_row("all", *(str(total[ending]) for ending in (*GOOD, *BAD)))
    Console(width=140).print(table)


if __name__ == "__main__":
    sys.exit(main())
