"""How many heads are not covered: `lite` on drawn crowds whose label maps are known, followed and covered as in a run.

    python -m benchmarks.covering [--frames 300] [--persons 60] [--ways none every best] [--seed 4]

The parser knows drawn people less well than photographs of people, so this counts what it misses for want of likeness, too. Each
row is another `privacy.look_ahead_s`, over the same pictures, which are seen in three ways: by the parser alone, by a finder and
the parser in every frame, and by a finder and the best views. Last it says what shows of people themselves where they are covered.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import get_args

import numpy as np

from benchmarks.eyes import TITLES, Eyes, Followed, Way
from domain.frame import BgrImage, BoolMask, Frame
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, TrackIds
from domain.rendering import Cover
from pipeline.finders.base import Found
from pipeline.looking_ahead import LookAhead, Ready
from pipeline.privacy import Coverer, CoverOptions
from pipeline.privacy.coverer import COLOR
from pipeline.privacy.regions import HEAD
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.source import SyntheticSource
from pipeline.sources.synthetic.truth import SyntheticFrame, SyntheticTruth

_TENTH = 0.1
_LEAST = 12
"""Pixels of a head that count as one."""

_HEAD_SHARE = 0.13
"""Of somebody's height: what is further below the top of the head, and below the face, is hair that hangs down."""

_LOOKS_AHEAD_S = (0.0, 0.2, 0.4, 0.6)
_DEFAULT_S = 0.4


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
        cover: What is covered.
        heads: Every head of every picture.
        covered: Part of each picture that is covered.
        needed: Part of each picture that is heads.
        seconds: That covering took, by picture.
        people: Of everybody in every picture, the part of the pixels that shows.
    """

    look_ahead_s: float
    cover: Cover = "heads"
    heads: list[Head] = field(default_factory=list)
    covered: list[float] = field(default_factory=list)
    needed: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    people: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ahead, self._coverer = LookAhead(self.look_ahead_s), Coverer(CoverOptions(self.cover))
        self._followed: dict[int, tuple[ParsedFrame, TrackIds]] = {}

    def take(
        self, frame: Frame, look: ParsedFrame | Found, followed: Followed, truth: SyntheticTruth
    ) -> None:
        """The next picture: what waits for its turn, and what it comes to then."""
        self._followed[frame.index] = followed
        self._cover(self._ahead.put((frame, look)), truth)

    def end(self, truth: SyntheticTruth) -> None:
        """There is none any more."""
        self._cover(self._ahead.flush(), truth)

    def row(self) -> str:
        """Of the table."""
        return " | ".join(
            (
                f"{self.look_ahead_s:>11.1f}",
                f"{np.mean([head.shown > 0 for head in self.heads]):>14.2%}",
                f"{np.mean([head.shown > _TENTH for head in self.heads]):>13.2%}",
                f"{np.mean([head.face > _TENTH for head in self.heads if head.face is not None]):>23.2%}",
                f"{np.mean([head.hanging > _TENTH for head in self.heads]):>28.2%}",
                f"{np.mean(self.covered):>18.1%}",
                f"{1000 * np.median(self.seconds):>7.1f} ms",
            )
        )

    def _cover(self, ready: Iterator[Ready], truth: SyntheticTruth) -> None:
        for item, later in ready:
            if not isinstance(item, tuple):
                raise TypeError("there are pictures alone here")
            frame, _ = item
            parsed, tracks = self._followed.pop(frame.index)
            began = perf_counter()
            covered = self._coverer.cover(frame, parsed, tracks, later)
            self.seconds.append(perf_counter() - began)
            shows = _shows(covered.image)
            self.covered.append(1 - float(shows.mean()))
            shown = truth.at(frame.index)
            self.people += _people(shown, shows)
            self.needed.append(float(np.isin(shown.labels, HEAD).mean()))
            self.heads += _heads(shown, shows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--persons", type=int, default=60)
    parser.add_argument("--seed", type=int, default=4, help="of other pictures")
    parser.add_argument("--ways", nargs="+", choices=get_args(Way), default=get_args(Way))
    given = parser.parse_args()
    found = measure(given.frames, given.persons, given.ways, given.seed)
    (*heads, _) = next(iter(found.values()))
    print(
        f"{given.frames} pictures, {len(heads[0].heads)} heads, which are {np.mean(heads[0].needed):.1%} of their pixels; "
        "hair that hangs below the chin by itself"
    )
    for way, (*heads, people) in found.items():
        print(f"\n{TITLES[way]}")
        print(
            "look ahead s | any pixel shows | a tenth shows | a tenth of a face shows | "
            "a tenth shows, with hanging hair | of pictures covered | covering takes"
        )
        for one in heads:
            print(one.row())
        shown = np.array(people.people)
        print(
            f"overlay: people, {people.look_ahead_s} s: {shown.mean():.2%} of people's pixels show, a tenth of "
            f"{np.mean(shown > _TENTH):.2%} of them; {np.mean(people.covered):.1%} of pictures covered"
        )


def measure(frames: int, persons: int, ways: Sequence[Way], seed: int) -> Mapping[Way, Sequence[Measured]]:
    """Each picture is seen once in each way, and covered in each; the last is where people are covered."""
    options = SyntheticOptions(persons=persons, seconds=frames / 5, seed=seed, fps=5.0)
    source = SyntheticSource(options, stream_id="crowd", sample_fps=5.0)
    truth = source.truth()
    eyes = {way: Eyes(way) for way in ways}
    found: dict[Way, list[Measured]] = {
        way: [*(Measured(seconds) for seconds in _LOOKS_AHEAD_S), Measured(_DEFAULT_S, "people")]
        for way in ways
    }
    for frame in source.items():
        if not isinstance(frame, Frame):
            continue
        for way in ways:
            look, followed = eyes[way].see(frame)
            for one in found[way]:
                one.take(frame, look, followed, truth)
    for measured in found.values():
        for one in measured:
            one.end(truth)
    return found


def _shows(image: BgrImage) -> BoolMask:
    """Shape (H, W): what is not covered."""
    return np.asarray((image != np.array(COLOR, np.uint8)).any(axis=2), np.bool_)


def _people(shown: SyntheticFrame, shows: BoolMask) -> Iterator[float]:
    for visit in shown.visits:
        mine = shown.visit_map == visit
        if mine.any():
            yield float(shows[mine].mean())


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
