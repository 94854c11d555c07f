"""A run that keeps its events on disk, killed and started again: the store has what an uninterrupted run has, and nothing twice."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sinks.sql.run_tables import RUN_TABLES

SOURCE = "synthetic:?persons=2&seconds=6&seed=5&size=320x180&fps=5"
KILLING = """
import os, signal, sys
from sinks.spool.store import SpoolStore
from sinks.sql.sink import SqlSink
owner, name, when, nth = sys.argv[1:5]
owner = {"spool": SpoolStore, "sql": SqlSink}[owner]
real, calls = getattr(owner, name), 0
def wrapped(*arguments, **more):
    global calls
    calls += 1
    if when == "before" and calls == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*arguments, **more)
    if when == "after" and calls == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(owner, name, wrapped)
sys.argv = ["footfall", *sys.argv[5:]]
from cli.main import main
main()
"""


def run(out: Path, store: Path, kill: tuple[str, str, str, str] = ("spool", "commit", "never", "0")) -> int:
    command = [
        sys.executable, "-c", KILLING, *kill,
        "run", SOURCE, "--out", str(out), "--no-overlay", "--sql", f"sqlite:///{store}",
    ]  # fmt: skip
    environment = {"FOOTFALL_DELIVERY": "spool", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, env=environment, check=False, capture_output=True, timeout=200).returncode  # noqa: S603 - ours


def rows(store: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables of events; which runs there were is another matter."""
    connection = sqlite3.connect(store)
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    names = [row[0] for row in connection.execute(query) if row[0] not in RUN_TABLES]
    found = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608 - a table
    connection.close()
    return found


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    folder = tmp_path_factory.mktemp("whole")
    assert run(folder / "out", folder / "store.db") == 0
    return rows(folder / "store.db")


POINTS = [
    ("spool", "commit", "before"),
    ("spool", "commit", "after"),
    ("sql", "store", "before"),
    ("sql", "store", "after"),
]
KILLS = [(*point, nth) for nth in ("3", "5", "8") for point in POINTS] + [("spool", "end_run", "before", "1")]
FEW = [KILLS[0], KILLS[5], KILLS[7]]


@pytest.mark.integration
@pytest.mark.parametrize("kill", KILLS if os.environ.get("FOOTFALL_CHAOS") else FEW, ids=" ".join)
def test_the_store_has_what_an_uninterrupted_run_has(
    tmp_path: Path, kill: tuple[str, str, str, str], uninterrupted: dict[str, list[tuple[object, ...]]]
) -> None:
    assert run(tmp_path / "out", tmp_path / "store.db", kill) == -signal.SIGKILL
    assert run(tmp_path / "out", tmp_path / "store.db") == 0
    assert rows(tmp_path / "store.db") == uninterrupted
