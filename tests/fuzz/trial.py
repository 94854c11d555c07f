"""One command in a process of its own that has imported everything already, and what came of it."""

import json
import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from threading import Lock

PRELOADED = [
    "tests.fuzz.trial",
    "cli.main",
    "cli.running",
    "config",
    "pipeline.assembly",
    "av",
    "cv2",
    "numpy",
]
# Starting a process asks after all others, and who asks first takes the exit code: two threads must not ask at once.
_ASKING = Lock()
GOOD = ("whole", "refused", "broken off", "undelivered")
BAD = ("half done", "no word", "traceback", "crash", "hang")


def forkserver() -> ForkServerContext:
    """Children are forked from a process that has imported the command once: a tenth of a second instead of seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def footfall() -> None:
    """The command itself."""
    from cli.main import main  # noqa: PLC0415 - preloaded where this runs

    main()


def nothing() -> None:
    """Do nothing, in a process that can do anything."""


def attempt(
    arguments: Sequence[str], folder: Path, limit_s: float, command: Callable[[], None] = footfall
) -> tuple[str, str]:
    """Run a command in that folder, with `sys.argv` set.

    Returns:
        How it ended, one of GOOD or BAD, and the last line of what it said.
    """
    child = forkserver().Process(target=_within, args=(command, tuple(arguments), folder))
    with _ASKING:
        child.start()
    in_time = wait([child.sentinel], limit_s)
    if not in_time:
        child.kill()
    with _ASKING:
        child.join()
    if not in_time:
        return "hang", f"not done after {limit_s:g} s"
    assert child.exitcode is not None
    said = (folder / "stderr").read_text(encoding="utf-8", errors="replace")
    last = (said.strip().splitlines() or [""])[-1]
    return _judged(child.exitcode, said, folder / "out"), f"exit code {child.exitcode}, {last}"


def _within(command: Callable[[], None], arguments: tuple[str, ...], folder: Path) -> None:
    os.chdir(folder)
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
    sys.argv = ["footfall", *arguments]
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the process lives
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    command()


def _judged(code: int, said: str, out: Path) -> str:
    if code < 0:
        return "crash"
    if code == 1 or "Traceback" in said:
        return "traceback"
    if code == 2:
        complaints = [line for line in said.splitlines() if line.startswith("footfall: ")]
        if not complaints:
            return "no word"
        return "half done" if out.exists() and any(out.iterdir()) else "refused"
    ending = {0: "whole", 3: "broken off", 4: "undelivered"}.get(code, "no word")
    if (out / "events.jsonl").exists() and not _finished(out):
        return "half done"
    return ending


def _finished(out: Path) -> bool:
    """Whether the results are all there."""
    try:
        json.loads((out / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (out / "report.html").exists()
