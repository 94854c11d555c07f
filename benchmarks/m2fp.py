"""Speed and memory of m2fp on a 1920x1080 frame, by stage, precision, input size and threads, beside ModelScope's own pipeline.

Usage: python -m benchmarks.m2fp [MODEL_FOLDER] [--rounds N] [--threads 2 1] [--int8 NETWORK]. Without a folder, the model that
`make parity` made; with the environment of `make parity` present, ModelScope's pipeline runs in turn with ours, so that both meet
the same machine.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO

import cv2
import numpy as np

from domain.frame import BgrImage, LabelMap
from pipeline.parsers.base import Precision
from pipeline.parsers.compiled import CompiledStore
from pipeline.parsers.m2fp.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.m2fp.preprocess import preprocess
from pipeline.parsers.runtime import Network, RuntimeOptions, load_network

ROOT = Path(__file__).parents[1]
PARITY = ROOT / ".cache" / "parity"
SHORT_EDGES = (640, 480, 320)

Stages = dict[str, float]
"""Seconds of each stage."""

Answer = dict[str, float]
"""Of the reference: seconds, and peak_mb of its process so far."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is measured, and what its labels are compared with: those of fp32 at 640."""

    model: Path
    frame: BgrImage
    rounds: int
    expected: LabelMap


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("model", type=Path, nargs="?", default=PARITY / "models" / "full")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--int8", type=Path, help="an int8 network, measured at 640 besides")
    arguments.add_argument(
        "--peak", type=int, help="only parse at that short edge, and print the peak memory"
    )
    arguments.add_argument("--threads", type=int, nargs="*", default=(2, 1))
    given = arguments.parse_args()
    frame = picture()
    exact = load_network(given.model / "network.xml", RuntimeOptions(precision="fp32"))
    if given.peak:
        stages(frame, given.peak, exact)
        print(own_peak_mb())
        return
    subject = Subject(given.model, frame, given.rounds, stages(frame, SHORT_EDGES[0], exact)[0])
    del exact
    table(subject, given.threads, given.int8)
    for short_edge in SHORT_EDGES:
        print(
            f"peak memory at {short_edge}, fp32, a process of its own: {peak_mb(given.model, short_edge)} MB",
            flush=True,
        )
    two_streams(given.model, frame, given.rounds)
    starting(given.model, frame)


def table(subject: Subject, numbers_of_threads: Sequence[int], int8: Path | None) -> None:
    """Every number of threads, precision and input size, in turn with the reference."""
    print(
        "threads  precision  short edge  preprocess   network    decode   whole  the reference  labels as fp32 at 640"
    )
    for threads in numbers_of_threads:
        with reference(subject.model, subject.frame, threads) as ask:
            for precision in precisions(subject.model):
                network = load_network(
                    subject.model / "network.xml", RuntimeOptions(precision=precision, threads=threads)
                )
                for short_edge in SHORT_EDGES:
                    asked = ask if short_edge == SHORT_EDGES[0] else None
                    print(
                        f"{threads:7}  {precision:>9}  {row(subject, short_edge, network, asked)}", flush=True
                    )
            if int8 is not None:
                network = load_network(int8, RuntimeOptions(precision="int8", threads=threads))
                print(f"{threads:7}       int8  {row(subject, SHORT_EDGES[0], network, ask)}", flush=True)


def row(subject: Subject, short_edge: int, network: Network, ask: Callable[[], Answer] | None) -> str:
    """Medians of several rounds."""
    labels, _ = stages(subject.frame, short_edge, network)  # compiles
    ours, answers = [], []
    for _ in range(subject.rounds):
        answers += [ask()] if ask else []
        ours.append(stages(subject.frame, short_edge, network)[1])
    typical = {stage: median(run[stage] for run in ours) for stage in ours[0]}
    whole = sum(typical.values())
    theirs = median(answer["seconds"] for answer in answers) if answers else 0.0
    ratio = f"{theirs:.2f} s: {theirs / whole:.2f}x" if answers else "-"
    memory = f"  (its peak memory {answers[-1]['peak_mb']:.0f} MB)" if answers else ""
    times = "  ".join(f"{typical[stage]:8.3f}" for stage in ("preprocess", "network", "decode"))
    agreement = 100 * float(np.mean(labels == subject.expected))
    return f"{short_edge:10}    {times}  {whole:6.3f}  {ratio:>13}  {agreement:6.2f} %{memory}"


def own_peak_mb() -> int:
    """Peak memory of this process, megabytes; `getrusage` counts what the process that started it had, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def peak_mb(model: Path, short_edge: int) -> int:
    """Peak memory of a process that parses one frame in fp32, megabytes."""
    command = [sys.executable, "-m", "benchmarks.m2fp", str(model), "--peak", str(short_edge)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603 - ourselves
    return int(done.stdout)


def two_streams(model: Path, frame: BgrImage, rounds: int) -> None:
    """Frames a second of two cameras that share one queue, against one request at a time, in turn, network only."""
    tensor, _ = preprocess(frame)
    networks = {
        parallel: load_network(
            model / "network.xml", RuntimeOptions(precision="fp32", threads=2, parallel=parallel)
        )
        for parallel in (2, 1)
    }
    seconds: dict[int, list[float]] = {2: [], 1: []}
    with ThreadPoolExecutor(2) as pool:
        for turn in range(rounds + 1):
            for parallel, network in networks.items():
                began = time.perf_counter()
                list(pool.map(network, [tensor] * 4))
                seconds[parallel] += [time.perf_counter() - began] if turn else []  # the first one compiles
    at_once, in_turn = (4 / median(seconds[parallel]) for parallel in (2, 1))
    print(
        f"two streams, 2 threads: {at_once:.3f} frames/s with 2 requests of 1 thread at once, {in_turn:.3f} with 1 of 2 threads: "
        f"{at_once / in_turn:.2f}x",
        flush=True,
    )


def starting(model: Path, frame: BgrImage) -> None:
    """Seconds from nothing to the first answer, with and without what was compiled before."""
    tensor, _ = preprocess(frame)
    with tempfile.TemporaryDirectory() as folder:
        kept = RuntimeOptions(precision="fp32", threads=2, compiled=CompiledStore(Path(folder)))
        for what, options in (
            ("compiled anew", kept.model_copy(update={"compiled": None})),
            ("compiled anew and kept", kept),
            ("compiled before", kept),
        ):
            began = time.perf_counter()
            network = load_network(model / "network.xml", options)
            network(tensor)
            first = time.perf_counter() - began
            began = time.perf_counter()
            network(tensor)
            again = time.perf_counter() - began
            print(f"start, {what}: {first:.2f} s to the first answer, {again:.2f} s to the next", flush=True)
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        print(f"a compiled network takes {size:.0f} MB", flush=True)


def stages(frame: BgrImage, short_edge: int, network: Network) -> tuple[LabelMap, Stages]:
    """Parse once; the label map and how long each stage took."""
    marks = [time.perf_counter()]
    tensor, geometry = preprocess(frame, short_edge)
    marks.append(time.perf_counter())
    outputs = network(tensor)
    marks.append(time.perf_counter())
    parsed = decode(RawOutputs.of(outputs), geometry, DecodeOptions())
    marks.append(time.perf_counter())
    seconds = np.diff(marks).tolist()
    return parsed.labels, dict(zip(("preprocess", "network", "decode"), seconds, strict=True))


def precisions(model: Path) -> list[Precision]:
    """fp32, and bf16 where the CPU computes in it; an emulation says nothing about speed."""
    automatic = load_network(model / "network.xml", RuntimeOptions()).precision
    return ["fp32", "bf16"] if automatic == "bf16" else ["fp32"]


def picture() -> BgrImage:
    """Coloured blobs and grain, shape (1080, 1920, 3)."""
    random = np.random.default_rng(7)
    coarse = random.integers(0, 256, (9, 12, 3)).astype(np.uint8)
    blobs = cv2.resize(coarse, (1920, 1080), interpolation=cv2.INTER_CUBIC).astype(np.int16)
    grained: BgrImage = np.clip(blobs + random.integers(-20, 21, blobs.shape), 0, 255).astype(np.uint8)
    return grained


@contextmanager
def reference(model: Path, frame: BgrImage, threads: int) -> Iterator[Callable[[], Answer] | None]:
    """ModelScope's pipeline in its own process: a call runs it once and gives the seconds; None where it is not installed."""
    python = PARITY / "venv" / "bin" / "python"
    if not python.exists() or not (model / "configuration.json").exists():
        yield None
        return
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(cv2.imencode(".png", frame)[1].tobytes())
        file.flush()
        command = [str(python), "tests/parity/timing.py", str(model), file.name, str(threads)]
        with subprocess.Popen(  # noqa: S603 - our own script
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        ) as process:
            yield lambda: _ask(process.stdin, process.stdout)
            process.communicate()


def _ask(to: IO[str] | None, answers: IO[str] | None) -> Answer:
    if to is None or answers is None:
        raise RuntimeError("the reference has no pipes")
    to.write("again\n")
    to.flush()
    for line in answers:
        if line.startswith("TIMED "):
            return Answer(json.loads(line.removeprefix("TIMED ")))
    raise RuntimeError("the reference ended; run tests/parity/timing.py by hand to see why")


if __name__ == "__main__":
    main()
