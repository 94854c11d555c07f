"""The whole run on the one-by-one clip beside that of an earlier version, in turns: `python -m benchmarks.against CHECKOUT`.

The checkout is a folder with the earlier code, for example 0.5.0 of `lite`: `git worktree add ../before 4feceb6`. It runs with the
packages of this environment. Runs take turns, so that a slow minute is slow for both; CPU seconds are those of all threads.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.clip import one_by_one
from benchmarks.machine import describe

_SAMPLE_FPS = 5.0
_CODE = "from cli.main import main; main()"


@dataclass(frozen=True, slots=True)
class Took:
    """One run.

    Attributes:
        media_s: Seconds of the recording.
        wall_s: Seconds that it took.
        cpu_s: Seconds of all threads together.
    """

    media_s: float
    wall_s: float
    cpu_s: float


def run(checkout: Path, clip: Path, flags: list[str]) -> Took:
    """`footfall run` of that code, overlay and report included, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        arguments = ["run", str(clip), "--out", str(out), "--sample-fps", str(_SAMPLE_FPS), *flags]
        before, began = os.times(), time.perf_counter()
        subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", _CODE, *arguments],
            check=True,
            capture_output=True,
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
        )
        wall_s, after = time.perf_counter() - began, os.times()
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    cpu_s = after.children_user - before.children_user + after.children_system - before.children_system
    return Took(float(summary["streams"][0]["media_seconds"]), wall_s, cpu_s)


def main() -> None:
    """Print medians of both, and how many times as fast this version is."""
    parser = argparse.ArgumentParser(description="Compare the whole run with that of an earlier version")
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--flags", default="", help="options of this version's run alone")
    chosen = parser.parse_args()
    print(describe())
    clip, here = one_by_one(), Path(__file__).parents[1]
    versions = {"before": (chosen.checkout.resolve(), []), "now": (here, chosen.flags.split())}
    took: dict[str, list[Took]] = {name: [] for name in versions}
    for _ in range(chosen.rounds):
        for name, (checkout, flags) in versions.items():
            took[name].append(run(checkout, clip, flags))
    for name, runs in took.items():
        wall_s, cpu_s = median(one.wall_s for one in runs), median(one.cpu_s for one in runs)
        frames = runs[0].media_s * _SAMPLE_FPS
        print(
            f"{name}: {runs[0].media_s / wall_s:.1f} x real time, {cpu_s:.1f} CPU s, "
            f"{1000 * cpu_s / frames:.0f} CPU ms a sampled frame, start-up included"
        )
    before, now = took["before"], took["now"]
    wall = median(one.wall_s for one in before) / median(one.wall_s for one in now)
    cpu = median(one.cpu_s for one in before) / median(one.cpu_s for one in now)
    print(f"now {wall:.2f} times as fast as before; by CPU seconds {cpu:.2f} times")


if __name__ == "__main__":
    main()
