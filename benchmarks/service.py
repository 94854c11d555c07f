"""`python -m benchmarks.service`: what the service does at 1, 8 and 64 clients, on this machine's loopback.

A service with the parser `lite` and without cameras answers POST /api/parse with pictures of the demo clip. Before that the
parser is called by itself, on the same pictures, so that the share of the service can be told.
"""

import argparse
import resource
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

import httpx
import numpy as np

from cli.demo import CLIP
from config.adding import settings_from
from domain.frame import BgrImage, Frame
from pipeline.encoding import jpeg
from pipeline.finding import build_parser
from pipeline.sources.file import FileSource
from service.serving import serve


@dataclass(frozen=True, slots=True)
class Outcome:
    """What clients saw: seconds of answers that came, and how many were told to come later."""

    seconds: Sequence[float]
    refused: int
    took_s: float


def pictures(count: int) -> list[BgrImage]:
    """That many of the demo clip."""
    source = FileSource(CLIP, stream_id="clip", sample_fps=1.0, limit_s=float(count))
    source.open()
    return [item.image for item in source.items() if isinstance(item, Frame)]


def alone(images: Sequence[BgrImage], seconds: float) -> float:
    """Pictures a second of the parser by itself, called by two threads as the service does."""
    settings = settings_from({})
    parser = build_parser(settings.parser, settings.finder, streams=2)
    until = perf_counter() + seconds

    def work(_: int) -> int:
        done = 0
        while perf_counter() < until:
            parser.parse(images[done % len(images)])
            done += 1
        return done

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(work, range(2))) / seconds


def drive(address: str, files: Sequence[bytes], clients: int, seconds: float) -> Outcome:
    """Ask as fast as that many clients can."""
    began = perf_counter()
    until = began + seconds

    def work(number: int) -> tuple[list[float], int]:
        took: list[float] = []
        refused = 0
        with httpx.Client(base_url=address, timeout=120) as client:
            while perf_counter() < until:
                sent = perf_counter()
                file = files[(number + len(took)) % len(files)]
                answer = client.post("/api/parse", files={"image": file}, params={"overlay": "none"})
                if answer.status_code == 429:
                    refused += 1
                    Event().wait(0.2)
                else:
                    answer.raise_for_status()
                    took.append(perf_counter() - sent)
        return took, refused

    with ThreadPoolExecutor(clients) as pool:
        found = list(pool.map(work, range(clients)))
    seconds_of = [each for took, _ in found for each in took]
    return Outcome(seconds_of, sum(refused for _, refused in found), perf_counter() - began)


def main() -> None:
    """Print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=20.0, help="for each number of clients")
    seconds = options.parse_args().seconds
    images = pictures(40)
    by_itself = alone(images, seconds)
    print(f"the parser by itself: {by_itself:.1f} pictures a second")
    print("clients  pictures/s  share of the parser's own  p50 ms  p95 ms  p99 ms  429  memory MiB")
    files = [jpeg(image) for image in images]
    stop, told, addresses = Event(), Event(), []

    def say(address: str) -> None:
        addresses.append(address)
        told.set()

    with tempfile.TemporaryDirectory() as folder:
        settings = settings_from(
            {
                "service": {"port": 0},
                "output": {"dir": str(Path(folder) / "out"), "report": False},
                "pictures": {"overlay": False},
            }
        )
        thread = Thread(target=serve, args=(settings, stop, say))
        thread.start()
        told.wait()
        try:
            for clients in (1, 8, 64):
                show(clients, drive(addresses[0], files, clients, seconds), by_itself)
        finally:
            stop.set()
            thread.join()


def show(clients: int, outcome: Outcome, by_itself: float) -> None:
    """One row."""
    rate = len(outcome.seconds) / outcome.took_s
    p50, p95, p99 = (1000 * float(np.percentile(outcome.seconds, share)) for share in (50, 95, 99))
    asked = len(outcome.seconds) + outcome.refused
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{clients:7d}  {rate:10.1f}  {rate / by_itself:25.0%}  {p50:6.0f}  {p95:6.0f}  {p99:6.0f}  "
        f"{outcome.refused / asked:4.0%}  {memory:9.0f}"
    )


if __name__ == "__main__":
    main()
