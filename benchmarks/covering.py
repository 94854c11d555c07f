"""How many heads are not covered: `lite` on drawn crowds whose label maps are known, followed and covered as in a run.

    python -m benchmarks.covering [--frames 300] [--persons 60] [--finder]

The parser knows drawn people less well than photographs of people, so this counts what it misses for want of likeness, too.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from config.adding import finder_from, parser_from
from domain.frame import Frame
from domain.labels import BodyPart
from pipeline.finding import build_parser
from pipeline.privacy import Coverer
from pipeline.privacy.coverer import COLOR
from pipeline.privacy.regions import HEAD
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.source import SyntheticSource
from pipeline.tracking.bytetrack import ByteTracker

_LEAST = 12
"""Pixels of a head that count as one."""


@dataclass(frozen=True, slots=True)
class Head:
    """One head in one picture.

    Attributes:
        tall: Height of the person, pixels.
        shown: Part of the head's pixels that shows.
        face: Part of the face's pixels that shows; None where none is seen.
    """

    tall: float
    shown: float
    face: float | None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--persons", type=int, default=60)
    parser.add_argument("--finder", action="store_true", help="with `finder: lite`")
    given = parser.parse_args()
    heads, seconds = measure(given.frames, given.persons, finder=given.finder)
    print(
        f"{given.frames} pictures, {len(heads)} heads, covering takes {1000 * np.median(seconds):.1f} ms a picture"
    )
    print("height of the person | heads | any pixel shows | a tenth shows | a tenth of a face shows")
    for low, high in ((0, 60), (60, 120), (120, 10_000)):
        some = [head for head in heads if low <= head.tall < high]
        if some:
            print(f"{low:>4} to {high:<5} px | {len(some):>5} | {_row(some)}")
    print(f"{'all':>16} | {len(heads):>5} | {_row(heads)}")


def measure(frames: int, persons: int, *, finder: bool) -> tuple[list[Head], list[float]]:
    """Every head, and the seconds that covering took of each picture."""
    options = SyntheticOptions(persons=persons, seconds=frames / 5, seed=4, fps=5.0)
    source = SyntheticSource(options, stream_id="crowd", sample_fps=5.0)
    truth = source.truth()
    kind = finder_from("lite" if finder else "none", "benchmarks")
    lite = build_parser(parser_from({"kind": "lite"}, "benchmarks"), kind, streams=1)
    tracker, coverer = ByteTracker(), Coverer()
    heads: list[Head] = []
    seconds: list[float] = []
    for frame in source.items():
        if not isinstance(frame, Frame):
            continue
        parsed = lite.parse(frame.image)
        tracks = tracker.update(frame, parsed)
        began = perf_counter()
        covered = coverer.cover(frame, parsed, tracks)
        seconds.append(perf_counter() - began)
        shows = (covered.image != np.array(COLOR, np.uint8)).any(axis=2)
        shown = truth.at(frame.index)
        for visit, box in zip(shown.visits, shown.boxes, strict=True):
            mine = shown.visit_map == visit
            head, face = mine & np.isin(shown.labels, HEAD), mine & (shown.labels == BodyPart.FACE)
            if head.sum() >= _LEAST:
                seen = float(shows[face].mean()) if face.sum() >= _LEAST else None
                heads.append(Head(float(box[3] - box[1]), float(shows[head].mean()), seen))
    return heads, seconds


def _row(heads: list[Head]) -> str:
    return " | ".join(f"{share:>6.1%}" for share in _shares(heads))


def _shares(heads: list[Head]) -> Iterator[float]:
    faces = [head.face for head in heads if head.face is not None]
    counts = Counter(
        any_=sum(head.shown > 0 for head in heads), tenth=sum(head.shown > 0.1 for head in heads)
    )
    yield counts["any_"] / len(heads)
    yield counts["tenth"] / len(heads)
    yield sum(face > 0.1 for face in faces) / max(1, len(faces))


if __name__ == "__main__":
    main()
