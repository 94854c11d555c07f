"""`python -m benchmarks.service`: what the service does at 1, 8 and 64 clients, on this machine's loopback.

`footfall serve` runs as a process of its own, with the parser `lite`, and answers POST /api/parse with pictures of the demo clip.
In turns with that, the same is done in this process while the service has nothing to do, by as many threads as the service lets
at the parser: by the parser alone, on frames in memory; and all that an answer takes, from the file to the JSON, without HTTP. So a
machine that is busy with other things slows all of them down alike, and the shares between them still tell. Then the demo clip is a
camera of the service, and its frames are counted in turns with and without 64 clients.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import httpx
import numpy as np
import yaml

from benchmarks.service_clients import Outcome, drive
from benchmarks.service_parts import Work, rate
from cli.demo import CLIP
from config.adding import settings_from
from domain.frame import BgrImage, Frame
from pipeline.cores import one_thread_each
from pipeline.encoding import jpeg
from pipeline.finding import build_parser
from pipeline.sources.file import FileSource

_CLIENTS = (1, 8, 64)
_THREADS = 3
"""As many calls at a time as the service lets at the parser where it has one camera or two callers."""


@dataclass(frozen=True, slots=True)
class Served:
    """A service that answers."""

    process: "subprocess.Popen[str]"
    host: str
    port: int

    @property
    def address(self) -> tuple[str, int]:
        """To connect to."""
        return self.host, self.port

    def cpu_s(self) -> float:
        """Processor time of its process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float:
        """Of its process, now."""
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+)", text)
        return int(found[1]) / 1024 if found else 0.0

    def camera_frames(self) -> int:
        """That its camera has had parsed."""
        answer = httpx.get(f"http://{self.host}:{self.port}/api/streams/shop", timeout=60)
        return int(answer.json()["data"]["frames_parsed"])


def pictures(count: int) -> list[BgrImage]:
    """That many of the demo clip."""
    source = FileSource(CLIP, stream_id="clip", sample_fps=1.0, limit_s=float(count))
    source.open()
    return [item.image for item in source.items() if isinstance(item, Frame)]


@contextmanager
def served(folder: Path, *, camera: bool) -> Iterator[Served]:
    """`footfall serve`, until the end."""
    given = {
        "cameras": [{"id": "shop", "source": {"kind": "replay", "path": str(CLIP)}}] if camera else [],
        "output": {"dir": str(folder / "out"), "report": False},
        "pictures": {"overlay": False},
        "service": {"port": 0},
    }
    (folder / "serve.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")
    command = [sys.executable, "-m", "footfall", "serve", "--config", str(folder / "serve.yaml")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own words
    try:
        line = process.stdout.readline() if process.stdout else ""
        told = re.search(r"http://([\d.]+):(\d+)/", line)
        if told is None:
            raise SystemExit(f"the service did not begin: {line}")
        yield Served(process, told[1], int(told[2]))
    finally:
        process.terminate()
        process.wait(60)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of so many clients, and what the same was without a service before and after it.

    Attributes:
        outcome: What clients saw.
        cpu_s: Processor time of the service.
        parser_rate: Pictures a second of the parser alone.
        work_rate: Pictures a second of all that an answer takes.
    """

    outcome: Outcome
    cpu_s: float
    parser_rate: float
    work_rate: float


def requests(folder: Path, seconds: float, rounds: int) -> None:
    """The first table."""
    images = pictures(40)
    settings = settings_from({})
    work = Work(
        build_parser(settings.parser, settings.finder, streams=2), [jpeg(image) for image in images], images
    )
    turns: dict[int, list[Turn]] = {clients: [] for clients in _CLIENTS}
    with served(folder, camera=False) as service:
        drive(service.address, work.files, 8, seconds / 2)
        rate(work.parse, _THREADS, seconds / 2)
        memory = {0: service.memory_mib()}
        for _ in range(rounds):
            for clients in _CLIENTS:
                turns[clients].append(_turn(service, work, clients, seconds))
                memory[clients] = service.memory_mib()
    _show_parts(work)
    every = [turn for each in turns.values() for turn in each]
    print(
        f"by themselves, {_THREADS} threads: the parser {_spread([turn.parser_rate for turn in every])} pictures a second, all "
        f"that an answer takes {_spread([turn.work_rate for turn in every])}"
    )
    print(
        "clients  pictures/s  of the parser's own  of all an answer takes  p50 ms  p95 ms  p99 ms  429  CPU ms: service  clients"
    )
    for clients in _CLIENTS:
        show(clients, turns[clients])
    print("memory: " + ", ".join(f"{mib:.0f} MiB {_when(clients)}" for clients, mib in memory.items()))


def _turn(service: Served, work: Work, clients: int, seconds: float) -> Turn:
    def alone() -> tuple[float, float]:
        return rate(work.parse, _THREADS, seconds / 2), rate(work.answer, _THREADS, seconds / 2)

    before, cpu_s = alone(), service.cpu_s()
    outcome = drive(service.address, work.files, clients, seconds)
    cpu_s, after = service.cpu_s() - cpu_s, alone()
    return Turn(outcome, cpu_s, (before[0] + after[0]) / 2, (before[1] + after[1]) / 2)


def _show_parts(work: Work) -> None:
    parts = work.parts()
    told = ", ".join(f"{name} {1000 * seconds:.1f}" for name, seconds in parts.items())
    print(f"CPU ms of a picture, one thread: {told}; together {1000 * sum(parts.values()):.1f}")


def cameras(folder: Path, seconds: float, rounds: int) -> None:
    """What a camera keeps of its frames while 64 clients ask."""
    files = [jpeg(image) for image in pictures(40)]
    kept, quiet_rates, loaded_rates = [], [], []
    with served(folder, camera=True) as service:
        sleep(seconds)
        for _ in range(rounds):
            before = _camera_rate(service, seconds)
            outcome = Outcome()
            with ThreadPoolExecutor(1) as pool:
                driving = pool.submit(drive, service.address, files, 64, seconds + 2)
                sleep(1)
                loaded = _camera_rate(service, seconds)
                outcome = driving.result()
            # What was still waiting is done before the next quiet turn.
            sleep(2)
            after = _camera_rate(service, seconds)
            quiet_rates += [before, after]
            loaded_rates.append(loaded)
            kept.append(loaded / ((before + after) / 2))
    print(
        f"a camera of 5 frames a second: {median(quiet_rates):.2f} parsed a second without requests, "
        f"{median(loaded_rates):.2f} with 64 clients, who got {outcome.rate:.1f} pictures a second; it keeps "
        f"{median(kept):.0%} ({min(kept):.0%} to {max(kept):.0%})"
    )


def show(clients: int, turns: Sequence[Turn]) -> None:
    """One row."""
    outcomes = [turn.outcome for turn in turns]
    seconds = [each for outcome in outcomes for each in outcome.seconds]
    p50, p95, p99 = (1000 * float(np.percentile(seconds, share)) for share in (50, 95, 99))
    refused = sum(outcome.refused for outcome in outcomes)
    own, whole = (
        [turn.outcome.rate / getattr(turn, name) for turn in turns] for name in ("parser_rate", "work_rate")
    )
    cpu = [1000 * sum(values) / len(seconds) for values in (
        [turn.cpu_s for turn in turns], [outcome.cpu_s for outcome in outcomes]
    )]  # fmt: skip
    print(
        f"{clients:7d}  {median(outcome.rate for outcome in outcomes):10.1f}  {_percent(own):>19s}  {_percent(whole):>22s}  "
        f"{p50:6.0f}  {p95:6.0f}  {p99:6.0f}  {refused / (len(seconds) + refused):3.0%}  {cpu[0]:15.1f}  {cpu[1]:7.1f}"
    )


def _percent(shares: Sequence[float]) -> str:
    return f"{median(shares):.0%} ({min(shares):.0%} to {max(shares):.0%})"


def _spread(rates: Sequence[float]) -> str:
    return f"{median(rates):.1f} ({min(rates):.1f} to {max(rates):.1f})"


def main() -> None:
    """Print both."""
    # As in the service.
    one_thread_each()
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=8.0, help="of each turn")
    options.add_argument("--rounds", type=int, default=4, help="turns of each kind")
    options.add_argument("--only", choices=("requests", "camera"), help="one of the two")
    chosen = options.parse_args()
    for name, measure in (("requests", requests), ("camera", cameras)):
        if chosen.only in {None, name}:
            with tempfile.TemporaryDirectory() as folder:
                measure(Path(folder), chosen.seconds, chosen.rounds)


def _camera_rate(service: Served, seconds: float) -> float:
    began, frames = perf_counter(), service.camera_frames()
    sleep(seconds)
    now = service.camera_frames()
    return (now - frames) / (perf_counter() - began)


def _when(clients: int) -> str:
    return f"after {clients} clients" if clients else "at first"


if __name__ == "__main__":
    main()
