"""`python -m benchmarks.service`: what the service does at 1, 8 and 64 clients, on this machine's loopback.

`footfall serve` runs as a process of its own, with the parser `lite`, and answers POST /api/parse with pictures of the demo clip.
In turns with that, the parser is called by itself in this process, on the same pictures, while the service has nothing to do: so a
machine that is busy with other things slows both down alike, and the share between the two still tells. Then the demo clip is a
camera of the service, and its frames are counted in turns with and without 64 clients.
"""

import argparse
import http.client
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Event
from time import perf_counter, sleep

import httpx
import numpy as np
import yaml

from cli.demo import CLIP
from config.adding import settings_from
from domain.frame import BgrImage, Frame
from pipeline.encoding import jpeg
from pipeline.finding import build_parser
from pipeline.parsers.base import HumanParser
from pipeline.sources.file import FileSource

_CLIENTS = (1, 8, 64)
_THREADS = 3
"""As many calls at a time as the service lets at the parser where it has one camera or two callers."""


@dataclass(slots=True)
class Outcome:
    """What clients saw: seconds of answers that came, how many were told to come later, and how long it went on."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    took_s: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took_s


@dataclass(frozen=True, slots=True)
class Served:
    """A service that answers."""

    process: "subprocess.Popen[str]"
    host: str
    port: int

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


def alone(parser: HumanParser, images: Sequence[BgrImage], seconds: float) -> float:
    """Pictures a second of the parser by itself, called by as many threads as the service lets at it."""
    began = perf_counter()

    def work(number: int) -> int:
        done = 0
        while perf_counter() < began + seconds:
            parser.parse(images[(number + done) % len(images)])
            done += 1
        return done

    with ThreadPoolExecutor(_THREADS) as pool:
        done = sum(pool.map(work, range(_THREADS)))
    return done / (perf_counter() - began)


def drive(service: Served, files: Sequence[bytes], clients: int, seconds: float) -> Outcome:
    """Ask as fast as that many clients can; one that is told to come later does so when it was told to."""
    outcome, began = Outcome(), perf_counter()

    def work(number: int) -> None:
        connection = http.client.HTTPConnection(service.host, service.port, timeout=300)
        asked = number
        while perf_counter() < began + seconds:
            asked, sent = asked + 1, perf_counter()
            headers = {"Content-Type": "image/jpeg"}
            connection.request("POST", "/api/parse?overlay=none", files[asked % len(files)], headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == http.client.TOO_MANY_REQUESTS:
                outcome.refused += 1
                left = began + seconds - perf_counter()
                Event().wait(max(0.0, min(float(answer.headers["Retry-After"]), left)))
            elif answer.status == http.client.OK:
                outcome.seconds.append(perf_counter() - sent)
            else:
                raise RuntimeError(f"the answer was {answer.status}")
        connection.close()

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))
    outcome.took_s = perf_counter() - began
    return outcome


def requests(folder: Path, seconds: float, rounds: int) -> None:
    """The first table."""
    images = pictures(40)
    files = [jpeg(image) for image in images]
    settings = settings_from({})
    parser = build_parser(settings.parser, settings.finder, streams=2)
    outcomes: dict[int, list[Outcome]] = {clients: [] for clients in _CLIENTS}
    shares: dict[int, list[float]] = {clients: [] for clients in _CLIENTS}
    rates = []
    with served(folder, camera=False) as service:
        drive(service, files, 8, seconds / 2)
        alone(parser, images, seconds / 2)
        memory = {0: service.memory_mib()}
        for _ in range(rounds):
            for clients in _CLIENTS:
                before = alone(parser, images, seconds / 2)
                outcome = drive(service, files, clients, seconds)
                after = alone(parser, images, seconds / 2)
                rates += [before, after]
                outcomes[clients].append(outcome)
                shares[clients].append(outcome.rate / ((before + after) / 2))
                memory[clients] = service.memory_mib()
    print(
        f"the parser by itself: {median(rates):.1f} pictures a second ({min(rates):.1f} to {max(rates):.1f})"
    )
    print("clients  pictures/s  share of the parser's own  p50 ms  p95 ms  p99 ms  429")
    for clients in _CLIENTS:
        show(clients, outcomes[clients], shares[clients])
    print("memory: " + ", ".join(f"{mib:.0f} MiB {_when(clients)}" for clients, mib in memory.items()))


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
                driving = pool.submit(drive, service, files, 64, seconds + 2)
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


def show(clients: int, outcomes: Sequence[Outcome], shares: Sequence[float]) -> None:
    """One row."""
    seconds = [each for outcome in outcomes for each in outcome.seconds]
    p50, p95, p99 = (1000 * float(np.percentile(seconds, share)) for share in (50, 95, 99))
    refused = sum(outcome.refused for outcome in outcomes)
    rate = median(outcome.rate for outcome in outcomes)
    print(
        f"{clients:7d}  {rate:10.1f}  {median(shares):13.0%} ({min(shares):.0%} to {max(shares):.0%})  {p50:6.0f}  {p95:6.0f}  "
        f"{p99:6.0f}  {refused / (len(seconds) + refused):4.0%}"
    )


def main() -> None:
    """Print both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=8.0, help="of each turn")
    options.add_argument("--rounds", type=int, default=4, help="turns of each kind")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        requests(Path(folder), chosen.seconds, chosen.rounds)
    with tempfile.TemporaryDirectory() as folder:
        cameras(Path(folder), chosen.seconds, chosen.rounds)


def _camera_rate(service: Served, seconds: float) -> float:
    began, frames = perf_counter(), service.camera_frames()
    sleep(seconds)
    now = service.camera_frames()
    return (now - frames) / (perf_counter() - began)


def _when(clients: int) -> str:
    return f"after {clients} clients" if clients else "at first"


if __name__ == "__main__":
    main()
