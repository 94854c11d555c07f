"""How large an environment is, and how long a run takes to begin: `python -m benchmarks.environment`.

Makes environments in a temporary folder from the locks, as `make setup` does; needs what a package index gives, or a cache of it.
"""

import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic, sleep

ROOT = Path(__file__).parents[1]
UV = ROOT / ".cache" / "bootstrap" / "bin" / "uv"
RUNS = 5
BEST_KNOWN = (
    "openvino",
    "cv2",
    "opencv_python_headless.libs",
    "av",
    "av.libs",
    "numpy",
    "numpy.libs",
    "sqlalchemy",
)


def megabytes(folder: Path) -> float:
    """What the files below a folder take, in 1,000,000 bytes."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()) / 1e6


def made(folder: Path, *names: str) -> Path:
    """An environment with these locks and the checkout."""
    python = folder / "bin" / "python"
    _call(UV, "venv", "--quiet", "--python", os.path.realpath(ROOT / ".venv" / "bin" / "python"), folder)
    locks = [ROOT / "requirements" / f"{name}.txt" for name in names]
    _call(UV, "pip", "sync", "--quiet", "--python", python, "--require-hashes", *locks)
    _call(
        UV,
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "--no-deps",
        "--no-build-isolation",
        "--editable",
        ROOT,
    )
    return folder


def to_first_frame(environment: Path, out: Path, *options: str) -> tuple[float, float]:
    """From the start of the command to the first event in `events.jsonl`, which says that a frame is parsed.

    Python keeps its byte code beside the environment, so the first run of all makes it and later ones find it, as a user's do.

    Returns:
        Seconds on the clock, and seconds of the processor.
    """
    variables = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [environment / "bin" / "footfall", "run", *options, "--out", out],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=variables | {"PYTHONPYCACHEPREFIX": str(environment.with_name("byte-code"))},
    )
    try:
        events = out / "events.jsonl"
        while not (events.is_file() and events.stat().st_size):
            if process.poll() is not None:
                raise SystemExit(f"the run ended with {process.returncode} before its first frame")
            sleep(0.002)
        return monotonic() - began, _processor_s(process.pid)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for line in _sizes(folder):
            print(line)
        clip = str(ROOT / "cli" / "demo" / "demo.mp4")
        first = to_first_frame(folder / "base", folder / "out", clip)
        print(
            f"the first run after make setup: first frame after {first[0]:.2f} s, {first[1]:.2f} s of CPU time"
        )
        for options in ([clip], [clip, "--no-overlay"]):
            taken = [
                to_first_frame(folder / "base", folder / f"out-{n}-{len(options)}", *options)
                for n in range(RUNS)
            ]
            on_clock, of_processor = zip(*taken, strict=True)
            print(
                f"footfall run {' '.join(['CLIP', *options[1:]])}: first frame after {_spread(on_clock)} s, "
                f"{_spread(of_processor)} s of CPU time (median of {RUNS}, least to most)"
            )


def _spread(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


def _processor_s(pid: int) -> float:
    """User and system time of a process, as Linux counts it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _sizes(folder: Path) -> Iterator[str]:
    base = made(folder / "base", "runtime")
    yield f"locked packages as they come, what pip installs: {megabytes(base):.0f} MB"
    _call(ROOT / "scripts" / "without-other-devices.sh", base)
    yield f"make setup: {megabytes(base):.0f} MB"
    (packages,) = base.glob("lib/python3*/site-packages")
    parts = {name: megabytes(packages / name) for name in BEST_KNOWN if (packages / name).is_dir()}
    yield "of which " + ", ".join(
        f"{name} {size:.0f}" for name, size in sorted(parts.items(), key=lambda part: -part[1])
    )
    for extra in ("kafka", "postgres", "onnxruntime"):
        with_extra = made(folder / extra, "runtime", extra)
        _call(ROOT / "scripts" / "without-other-devices.sh", with_extra)
        yield f"with {extra}: {megabytes(with_extra) - megabytes(base):.0f} MB more"


def _call(*words: str | Path) -> None:
    subprocess.run([*map(str, words)], check=True)  # noqa: S603 - our own words


if __name__ == "__main__":
    main()
