"""One trial: a run that is killed, and started again until it ends; what it leaves against what an uninterrupted run has left."""

import json
import os
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import av

from sinks.sql.run_tables import RUN_TABLES
from tests.chaos.killed import NOWHERE
from tests.chaos.nursery import Run

SOURCE = "synthetic:?persons=2&seconds=12&seed=5&size=320x180&fps=5"


@dataclass(frozen=True, slots=True)
class Kill:
    """Where a run dies.

    Attributes:
        place: A key of `tests.chaos.killed.PLACES`, or `NOWHERE`.
        nth: The how-manieth time that it comes there.
        delay_ms: How much later.
    """

    place: str
    nth: int
    delay_ms: float = 0.0

    def __str__(self) -> str:
        """For a table."""
        return f"{self.place}, {self.nth}" + (f" + {self.delay_ms:.0f} ms" if self.delay_ms else "")


NO_KILL = Kill(NOWHERE, 0)


class Store(Protocol):
    """Somewhere that events go to, beside the folder of the results."""

    @property
    def name(self) -> str:
        """For the table."""
        ...

    def flags(self, trial: Path) -> Sequence[str]:
        """What `footfall run` must be told. `trial` is a folder of this trial alone, by whose name others can be told apart."""
        ...

    def contents(self, trial: Path) -> Iterable[str]:
        """Everything that it holds of this trial, one text a row or record, however often it is there."""
        ...


class SqliteFile:
    """A SQLite file that `--sql` names."""

    name = "SQLite"

    def flags(self, trial: Path) -> Sequence[str]:
        """See `Store.flags`."""
        return ("--sql", f"sqlite:///{trial}/store.db")

    def contents(self, trial: Path) -> Iterable[str]:
        """See `Store.contents`. Which runs there were is another matter."""
        connection = sqlite3.connect(trial / "store.db")
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [
            f"{name} {row!r}"
            for name in names
            if name not in RUN_TABLES
            for row in connection.execute(f"SELECT * FROM {name}")  # noqa: S608 - a table
        ]
        connection.close()
        return rows


@dataclass(frozen=True, slots=True)
class Difference:
    """What a run that was killed has left, against an uninterrupted one.

    Attributes:
        missing, twice: Rows by store.
        unequal: Files that differ.
        resumed: How often the run was gone on with, as its summary says.
        pictures_s: Seconds that its pictures lack, likewise.
    """

    missing: dict[str, int]
    twice: dict[str, int]
    unequal: tuple[str, ...]
    resumed: int
    pictures_s: float

    @property
    def none(self) -> bool:
        """Whether there is none."""
        return self.rows_equal and not self.unequal and self.pictures_s <= _MOST_PICTURES_S

    @property
    def rows_equal(self) -> bool:
        """Whether every store has the right rows, each once."""
        return not any([*self.missing.values(), *self.twice.values()])


@dataclass(frozen=True, slots=True)
class Trials:
    """Trials of one recording with some stores, each in a folder of its own below another.

    Attributes:
        folder: For all of them.
        stores: Beside `events.jsonl`.
        source: What is counted.
        flags: More flags of `footfall run`.
        cameras: Whether drawn people are seen by cameras.
        pace: Whether a recording takes as long as it shows.
        longest_s: What a run may take, seconds.
    """

    folder: Path
    stores: Sequence[Store] = field(default_factory=lambda: (SqliteFile(),))
    source: str = SOURCE
    flags: Sequence[str] = ("--no-overlay",)
    cameras: bool = False
    pace: bool = False
    longest_s: float = 200.0

    def run(self, name: str, kill: Kill = NO_KILL) -> int:
        """Run, or go on, and say how it ended."""
        with self.begun(name, kill) as run:
            code = run.wait(self.longest_s)
        assert code is not None, f"it goes on for more than {self.longest_s} s: {self.log(name)}"
        return code

    def whole(self) -> None:
        """Run the trial `whole`, with which others are compared: nothing disturbs it but a busy machine.

        Raises:
            AssertionError: It has ended in a way that it should not.
        """
        assert self.run("whole") in {0, 4}, self.log("whole")
        self.deliver("whole")

    def begun(self, name: str, kill: Kill = NO_KILL) -> Run:
        """The same, going on."""
        return Run(self.arguments(name, kill), self.environment(), self.folder / name / "log")

    def arguments(self, name: str, kill: Kill = NO_KILL) -> list[str]:
        """What `tests.chaos.killed` is told."""
        trial = self.folder / name
        trial.mkdir(exist_ok=True, parents=True)
        flags = [flag for store in self.stores for flag in store.flags(trial)]
        return [
            kill.place, str(kill.nth), str(kill.delay_ms),
            "run", self.source, "--out", str(trial / "out"), *self.flags, *flags,
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """Variables for it, with all of our own."""
        return {
            **os.environ,
            "FOOTFALL_DELIVERY": "spool",
            "CHAOS_CAMERAS": "1" if self.cameras else "",
            "CHAOS_PACE": "1" if self.pace else "",
            "CHAOS_PARSES": str(self.folder / "parses"),
        }

    def killed(
        self, name: str, kills: Sequence[Kill], tamper: Callable[[Path], None] = lambda _: None
    ) -> int:
        """Run, be killed at each place in turn, and run to the end; how many of the kills came before the end.

        Args:
            name: Of the trial.
            kills: Where to die.
            tamper: Called with the folder of the results before the last run.

        Raises:
            AssertionError: A run ended in a way that it should not.
        """
        died = 0
        for kill in kills:
            code = self.run(name, kill)
            assert code in {0, -signal.SIGKILL}, self.log(name)
            if code == 0:
                return died
            died += 1
        tamper(self.folder / name / "out")
        assert self.run(name) == 0, self.log(name)
        return died

    def deliver(self, name: str) -> None:
        """Send what still waits, as the next run would.

        Raises:
            AssertionError: Something waits after five attempts.
        """
        trial = self.folder / name
        flags = [flag for store in self.stores for flag in store.flags(trial)]
        arguments = [NOWHERE, "0", "0", "deliver", str(trial / "out"), *flags]
        for _ in range(5):
            with Run(arguments, {}, trial / "log") as run:
                if run.wait(self.longest_s) == 0:
                    return
        raise AssertionError(self.log(name))

    def contents(self, name: str) -> dict[str, Counter[str]]:
        """What each store holds of a trial, by its name."""
        return {store.name: Counter(store.contents(self.folder / name)) for store in self.stores}

    def difference(
        self, name: str, whole: str, again: Mapping[str, Counter[str]] | None = None
    ) -> Difference:
        """What a trial has left, against another that was not killed.

        Args:
            name: Of the trial.
            whole: Of the other one.
            again: What a store may hold once more.
        """
        out, right = self.folder / name / "out", self.folder / whole / "out"
        missing: dict[str, int] = {}
        twice: dict[str, int] = {}
        found, wanted = self.contents(name), self.contents(whole)
        found["JSONL"], wanted["JSONL"] = (
            Counter((each / "events.jsonl").read_text().splitlines()) for each in (out, right)
        )
        for store, rows in wanted.items():
            missing[store] = (rows - found[store]).total()
            twice[store] = (found[store] - rows - (again or {}).get(store, Counter())).total()
        unequal = [file for file in (*_COMPARED, "events.jsonl") if _told(out / file) != _told(right / file)]
        summary = json.loads((out / "summary.json").read_text())
        lacks_s = summary["streams"][0]["pictures_missing_s"]
        if (right / _OVERLAY).exists() and not _plays(out / _OVERLAY, right / _OVERLAY, lacks_s):
            unequal.append(_OVERLAY)
        return Difference(missing, twice, tuple(unequal), summary["resumed"], lacks_s)

    def log(self, name: str) -> str:
        """What the runs of a trial have said."""
        return (self.folder / name / "log").read_text()


_OVERLAY = "overlay.mp4"
_MOST_PICTURES_S = 10.0
_COMPARED = ("summary.json", "report.html")
_OF_THE_RUN = {"run_id", "resumed", "pictures_missing_s"}


def _told(path: Path) -> Any:
    text = path.read_text()
    if path.suffix == ".html":
        return re.sub(r"\b[0-9a-f]{32}\b", "", text)
    return json.loads(text, object_hook=_without_run) if path.suffix == ".json" else text


def _without_run(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in _OF_THE_RUN}


def _plays(path: Path, whole: Path, lacks_s: float) -> bool:
    """Whether a video has the pictures of the whole one, at the same moments, but for so many seconds of them."""
    found, wanted = (_moments(each) for each in (path, whole))
    lacks = len(wanted) - len(found)
    return sorted(set(found)) == found and set(found) <= set(wanted) and abs(lacks / 5 - lacks_s) < 0.01


def _moments(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [round(1000 * (frame.time or 0)) for frame in container.decode(video=0)]
