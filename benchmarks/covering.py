"""How many heads are not covered: `lite` on drawn crowds whose label maps are known, followed and covered as in a run.

    python -m benchmarks.covering [--frames 300] [--persons 60] [--finder]

The parser knows drawn people less well than photographs of people, so this counts what it misses for want of likeness, too. Each
row is another `privacy.look_ahead_s`, over the same pictures.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from config.adding import finder_from, parser_from
from domain.frame import BgrImage, BoolMask, Frame
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, TrackIds
from pipeline.finding import build_parser
from pipeline.looking_ahead import LookAhead, Ready
from pipeline.privacy import Coverer
from pipeline.privacy.coverer import COLOR
from pipeline.privacy.regions import HEAD
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.source import SyntheticSource
from pipeline.sources.synthetic.truth import SyntheticFrame, SyntheticTruth
from pipeline.tracking.bytetrack import ByteTracker

_LEAST = 12
"""Pixels of a head that count as one."""

_HEAD_SHARE = 0.13
"""Of somebody's height: what is further below the top of the head, and below the face, is hair that hangs down."""

_LOOKS_AHEAD_S = (0.0, 0.2, 0.4, 0.6)


@dataclass(frozen=True, slots=True)
class Head:
    """One head in one picture.

    Attributes:
        shown: Part of the head's pixels that shows, down to the chin.
        hanging: Part of all its pixels that shows, with hair that hangs below.
        face: Part of the face's pixels that shows; None where none is seen.
    """

    shown: float
    hanging: float
    face: float | None


@dataclass
class Measured:
    """What one way of covering comes to.

    Attributes:
        look_ahead_s: How far it looks ahead.
        heads: Every head of every picture.
        covered: Part of each picture that is covered.
        needed: Part of each picture that is heads.
        seconds: That covering took, by picture.
    """

    look_ahead_s: float
    heads: list[Head] = field(default_factory=list)
    covered: list[float] = field(default_factory=list)
    needed: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ahead, self._coverer = LookAhead(self.look_ahead_s), Coverer()
        self._tracks: dict[int, TrackIds] = {}

    def take(self, frame: Frame, parsed: ParsedFrame, tracks: TrackIds, truth: SyntheticTruth) -> None:
        """The next picture."""
        self._tracks[frame.index] = tracks
        self._cover(self._ahead.put((frame, parsed)), truth)

    def end(self, truth: SyntheticTruth) -> None:
        """There is none any more."""
        self._cover(self._ahead.flush(), truth)

    def row(self) -> str:
        """Of the table."""
        return " | ".join(
            (
                f"{self.look_ahead_s:>11.1f}",
                f"{np.mean([head.shown > 0 for head in self.heads]):>14.2%}",
                f"{np.mean([head.shown > 0.1 for head in self.heads]):>13.2%}",
                f"{np.mean([head.face > 0.1 for head in self.heads if head.face is not None]):>23.2%}",
                f"{np.mean([head.hanging > 0.1 for head in self.heads]):>28.2%}",
                f"{np.mean(self.covered):>18.1%}",
                f"{1000 * np.median(self.seconds):>7.1f} ms",
            )
        )

    def _cover(self, ready: Iterator[Ready], truth: SyntheticTruth) -> None:
        for item, later in ready:
            frame, parsed = item if isinstance(item, tuple) else (None, None)
            if frame is None or not isinstance(parsed, ParsedFrame):
                raise TypeError("there are pictures alone here, and all of them are parsed")
            began = perf_counter()
            covered = self._coverer.cover(frame, parsed, self._tracks.pop(frame.index), later)
            self.seconds.append(perf_counter() - began)
            shows = _shows(covered.image)
            self.covered.append(1 - float(shows.mean()))
            shown = truth.at(frame.index)
            self.needed.append(float(np.isin(shown.labels, HEAD).mean()))
            self.heads += _heads(shown, shows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--persons", type=int, default=60)
    parser.add_argument("--finder", action="store_true", help="with `finder: lite`")
    given = parser.parse_args()
    found = measure(given.frames, given.persons, finder=given.finder)
    print(
        f"{given.frames} pictures, {len(found[0].heads)} heads, which are {np.mean(found[0].needed):.1%} of their pixels; "
        "hair that hangs below the chin by itself"
    )
    print(
        "look ahead s | any pixel shows | a tenth shows | a tenth of a face shows | a tenth shows, with hanging hair | "
        "of pictures covered | covering takes"
    )
    for one in found:
        print(one.row())


def measure(frames: int, persons: int, *, finder: bool) -> Sequence[Measured]:
    """Each picture is parsed once, and covered in each way."""
    options = SyntheticOptions(persons=persons, seconds=frames / 5, seed=4, fps=5.0)
    source = SyntheticSource(options, stream_id="crowd", sample_fps=5.0)
    truth = source.truth()
    kind = finder_from("lite" if finder else "none", "benchmarks")
    lite = build_parser(parser_from({"kind": "lite"}, "benchmarks"), kind, streams=1)
    tracker, ways = ByteTracker(), [Measured(seconds) for seconds in _LOOKS_AHEAD_S]
    for frame in source.items():
        if not isinstance(frame, Frame):
            continue
        parsed = lite.parse(frame.image)
        tracks = tracker.update(frame, parsed)
        for way in ways:
            way.take(frame, parsed, tracks, truth)
    for way in ways:
        way.end(truth)
    return ways


def _shows(image: BgrImage) -> BoolMask:
    """Shape (H, W): what is not covered."""
    return np.asarray((image != np.array(COLOR, np.uint8)).any(axis=2), np.bool_)


def _heads(shown: SyntheticFrame, shows: BoolMask) -> Iterator[Head]:
    for visit, box in zip(shown.visits, shown.boxes, strict=True):
        mine = shown.visit_map == visit
        head, face = mine & np.isin(shown.labels, HEAD), mine & (shown.labels == BodyPart.FACE)
        if head.sum() < _LEAST:
            continue
        hanging = float(shows[head].mean())
        of_face = float(shows[face].mean()) if face.sum() >= _LEAST else None
        rows = np.flatnonzero(head.any(axis=1))
        chin = max(rows[0] + _HEAD_SHARE * float(box[3] - box[1]), *np.flatnonzero(face.any(axis=1)), 0)
        head[int(chin) + 1 :] = False
        yield Head(float(shows[head].mean()), hanging, of_face)


if __name__ == "__main__":
    main()
