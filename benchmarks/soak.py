"""A long run over cameras that keep going away: memory, threads and descriptors by the minute.

`python -m benchmarks.soak --minutes 30` (`make soak`); the exit code is 1 where memory in the last five minutes is more than 5 %
above that in five minutes from the fifth on, or a thread or descriptor was left behind. Needs GStreamer's RTSP server.

Each camera loops the demo clip. In the first 45 s of every minute one is killed or frozen after the other; figures are taken at
the end of the minute, when both have been back for a while.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from benchmarks.machine import describe
from tests.support.ending import unwind_on_signals
from tests.support.rtsp_server import RtspServer

ROOT = Path(__file__).parents[1]
CLIP = ROOT / "cli" / "demo" / "demo.mp4"
SETTLED_AT = 5
"""Minutes after which memory should have found its level."""
JUDGED_OVER = 5
"""Minutes whose mean is compared: a reading alone is some percent off, by what happens to be decoded at that moment."""
MOST_GROWTH = 0.05
MINUTE_S = 60.0
_PAGE = os.sysconf("SC_PAGE_SIZE")
_AWAY_S = 4.0
_READ_TIMEOUT_S = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What a process holds.

    Attributes:
        resident_mib: All of it in memory.
        private_mib: The part that is no file: heaps, stacks, buffers.
        threads: How many.
        descriptors: Files, sockets and pipes that are open.
    """

    resident_mib: float
    private_mib: float
    threads: int
    descriptors: int

    @classmethod
    def of(cls, pid: int) -> "Reading":
        """Of that process."""
        folder = Path(f"/proc/{pid}")
        pages = (folder / "statm").read_text(encoding="ascii").split()
        return cls(
            resident_mib=int(pages[1]) * _PAGE / 2**20,
            private_mib=(int(pages[1]) - int(pages[2])) * _PAGE / 2**20,
            threads=sum(1 for _ in (folder / "task").iterdir()),
            descriptors=sum(1 for _ in (folder / "fd").iterdir()),
        )


def growth(readings: Sequence[Reading]) -> float:
    """How much more memory the last minutes took than those from `SETTLED_AT` on, as a share."""
    sizes = [reading.resident_mib for reading in readings]
    return fmean(sizes[-JUDGED_OVER:]) / fmean(sizes[SETTLED_AT - 1 : SETTLED_AT - 1 + JUDGED_OVER]) - 1.0


def problems(readings: Sequence[Reading]) -> list[str]:
    """What is wrong with these readings, one a minute; nothing is said of a soak that was too short for it."""
    if len(readings) < SETTLED_AT + JUDGED_OVER:
        return []
    settled, last = readings[SETTLED_AT - 1], readings[-1]
    found = []
    if growth(readings) > MOST_GROWTH:
        found.append(f"memory grew by {growth(readings):.1%} after minute {SETTLED_AT}")
    if last.threads > settled.threads:
        found.append(f"{last.threads - settled.threads} threads more than in minute {SETTLED_AT}")
    if last.descriptors > settled.descriptors:
        found.append(f"{last.descriptors - settled.descriptors} descriptors more than in minute {SETTLED_AT}")
    return found


def main() -> int:
    """Print the table; the exit code."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--minutes", type=int, default=30)
    wanted.add_argument("--fps", type=float, default=12.0)
    wanted.add_argument("options", nargs="*", help="further options of footfall run")
    given = wanted.parse_args()
    unwind_on_signals()
    print(describe())
    print(
        f"{'minute':>6} {'resident MiB':>13} {'private MiB':>12} {'threads':>8} {'descriptors':>12} {'outages':>8}"
    )
    with _cameras(2) as cameras, _running(cameras, given.fps, given.options) as process:
        readings = list(_readings(process, cameras, given.minutes))
    found = problems(readings)
    if len(readings) >= SETTLED_AT + JUDGED_OVER:
        said = "; ".join(found) or "nothing was left behind"
        print(
            f"last {JUDGED_OVER} minutes against those from minute {SETTLED_AT} on: {growth(readings):+.1%}; {said}"
        )
    return 1 if found else 0


@contextmanager
def _cameras(count: int) -> Iterator[list[RtspServer]]:
    with ExitStack() as stack:
        yield [stack.enter_context(RtspServer(CLIP)) for _ in range(count)]


@contextmanager
def _running(
    cameras: Sequence[RtspServer], fps: float, options: Sequence[str]
) -> Iterator[subprocess.Popen[bytes]]:
    """`footfall run` over these cameras, as a process of its own."""
    (ROOT / "out").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "out") as out:
        command = [
            sys.executable,
            "-m",
            "footfall",
            "run",
            *(camera.url() for camera in cameras),
            "--out",
            out,
        ]
        command += ["--sample-fps", str(fps), "--quiet", *options]
        environment = os.environ | {"FOOTFALL_SOURCES__RTSP__READ_TIMEOUT_S": str(_READ_TIMEOUT_S)}
        with (Path(out) / "log.txt").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)  # noqa: S603 - ours
            try:
                _await_begin(process, Path(out))
                yield process
            finally:
                process.terminate()
                process.wait(60)


def _await_begin(process: subprocess.Popen[bytes], out: Path) -> None:
    """Until the first event is written."""
    events = out / "events.jsonl"
    while not (events.is_file() and events.stat().st_size):
        if process.poll() is not None:
            raise SystemExit(
                (out / "log.txt").read_text(encoding="utf-8") or f"the run ended with {process.returncode}"
            )
        time.sleep(0.1)


def _readings(
    process: subprocess.Popen[bytes], cameras: Sequence[RtspServer], minutes: int
) -> Iterator[Reading]:
    outages = 0
    for minute in range(1, minutes + 1):
        until = time.monotonic() + MINUTE_S
        while until - time.monotonic() > MINUTE_S / 4:
            _disturb(cameras[outages % len(cameras)], freeze=outages // len(cameras) % 2 == 1)
            outages += 1
            time.sleep(MINUTE_S / 12)
        time.sleep(max(0.0, until - time.monotonic()))
        if process.poll() is not None:
            raise SystemExit(f"the run ended with {process.returncode} in minute {minute}")
        reading = Reading.of(process.pid)
        print(
            f"{minute:6} {reading.resident_mib:13.1f} {reading.private_mib:12.1f} {reading.threads:8} "
            f"{reading.descriptors:12} {outages:8}",
            flush=True,
        )
        yield reading


def _disturb(camera: RtspServer, *, freeze: bool) -> None:
    """An outage of some seconds."""
    if freeze:
        camera.freeze()
    else:
        camera.kill()
    time.sleep(_AWAY_S)
    if freeze:
        camera.thaw()
    else:
        camera.start()


if __name__ == "__main__":
    sys.exit(main())
