"""Speed of m2fp on a 1920x1080 frame, by stage, precision, input size and threads, beside ModelScope's own pipeline.

Usage: python -m benchmarks.m2fp [MODEL_FOLDER] [--rounds N]. Without a folder, the model that `make parity` made; with the
environment of `make parity` present, ModelScope's pipeline runs in turn with ours, so that both meet the same machine.
"""

import argparse
import json
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import IO

import cv2
import numpy as np

from domain.frame import BgrImage
from pipeline.parsers.m2fp.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.m2fp.preprocess import preprocess
from pipeline.parsers.runtime import Precision, RuntimeOptions, load_network

ROOT = Path(__file__).parents[1]
PARITY = ROOT / ".cache" / "parity"
SHORT_EDGES = (640, 480, 320)

Stages = dict[str, float]
"""Seconds of each stage."""


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("model", type=Path, nargs="?", default=PARITY / "models" / "full")
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    frame = picture()
    print(
        "threads  precision  short edge  preprocess  network  decode   whole   times the reference  labels as at 640"
    )
    for threads in (2, 1):
        with reference(given.model, frame, threads) as ask:
            for precision in precisions(given.model):
                measure(
                    given.model,
                    frame,
                    RuntimeOptions(precision=precision, threads=threads),
                    given.rounds,
                    ask,
                )
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def measure(
    model: Path, frame: BgrImage, options: RuntimeOptions, rounds: int, ask: Callable[[], float] | None
) -> None:
    """Every input size with one precision and number of threads."""
    network = load_network(model / "network.xml", options)
    full_labels = None
    for short_edge in SHORT_EDGES:
        labels, _ = stages(frame, short_edge, network)  # compiles
        full_labels = labels if full_labels is None else full_labels
        ours, theirs = [], []
        for _ in range(rounds):
            theirs += [ask()] if ask and short_edge == SHORT_EDGES[0] else []
            ours.append(stages(frame, short_edge, network)[1])
        typical = {stage: median(run[stage] for run in ours) for stage in ours[0]}
        whole = sum(typical.values())
        ratio = f"{median(theirs):.2f} s: {median(theirs) / whole:.1f}x" if theirs else "-"
        times = "  ".join(f"{typical[stage]:8.3f}" for stage in ("preprocess", "network", "decode"))
        agreement = 100 * float(np.mean(labels == full_labels))
        print(
            f"{options.threads:7}  {network.precision:>9}  {short_edge:10}  {times}  {whole:6.3f}  {ratio:>19}  {agreement:6.2f} %",
            flush=True,
        )


def stages(frame: BgrImage, short_edge: int, network: Callable[..., object]) -> tuple[BgrImage, Stages]:
    """Parse once; the label map and how long each stage took."""
    marks = [time.perf_counter()]
    tensor, geometry = preprocess(frame, short_edge)
    marks.append(time.perf_counter())
    outputs = network(tensor)
    marks.append(time.perf_counter())
    parsed = decode(RawOutputs.of(outputs), geometry, DecodeOptions())  # type: ignore[arg-type]  # Network.__call__ gives a mapping
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
def reference(model: Path, frame: BgrImage, threads: int) -> Iterator[Callable[[], float] | None]:
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


def _ask(to: IO[str] | None, answers: IO[str] | None) -> float:
    if to is None or answers is None:
        raise RuntimeError("the reference has no pipes")
    to.write("again\n")
    to.flush()
    for line in answers:
        if line.startswith("TIMED "):
            return float(json.loads(line.removeprefix("TIMED "))["seconds"])
    raise RuntimeError("the reference ended; run tests/parity/timing.py by hand to see why")


if __name__ == "__main__":
    main()
