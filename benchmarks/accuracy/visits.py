"""What is told of visits whose outfits are known: `python -m benchmarks.accuracy.visits [--seconds 60] [--persons 60] [--seed 5]`.

Drawn crowds, seen in three ways in one run. The parser knows drawn people less well than photographs of people, so what one way
tells is to be compared with what another tells, and with nothing else.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from analytics.building import build_analytics
from analytics.worn import GROUPS
from benchmarks.eyes import TITLES, TRACKING, Eyes, Way
from domain.events import CoveredPart, Event, VisitEnded
from domain.frame import Frame
from domain.parsing import UNTRACKED
from pipeline.finding import overlaps
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.source import SyntheticSource
from pipeline.sources.synthetic.truth import SyntheticFrame, SyntheticVisit

_FPS = 5.0
# Intersection over union from which a track is on somebody.
_ON = 0.4


@dataclass
class Told:
    """What one way of seeing tells.

    Attributes:
        way: Which.
        parsed: Persons whose pixels were looked at, over all frames.
        followed: By track, on whom it was in how many frames.
        events: All of them.
    """

    way: Way
    parsed: int = 0
    followed: dict[int, Counter[int]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._eyes = Eyes(self.way)
        self._analytics = build_analytics("crowd", TRACKING.lost_after_s)

    def take(self, frame: Frame, true: SyntheticFrame) -> None:
        """The next picture."""
        _, (parsed, tracks) = self._eyes.see(frame)
        self.events += self._analytics.observe(frame, parsed, tracks)
        self.parsed += len(parsed) if parsed.parsed is None else int(parsed.parsed.sum())
        for box, track in zip(parsed.boxes, tracks.tolist(), strict=True):
            fits = overlaps(box, true.boxes) if len(true.boxes) else np.zeros(1)
            if track != UNTRACKED and fits.max() >= _ON:
                self.followed.setdefault(track, Counter())[true.visits[int(fits.argmax())]] += 1

    def end(self, frames: int) -> None:
        """There is none any more."""
        self.events += self._analytics.finish(frames, frames)

    def lines(self, visits: Sequence[SyntheticVisit]) -> list[str]:
        """Of each group of garments how many names and colours of visits are right, `unknown`, and wrong."""
        known = {visit.visit: visit for visit in visits}
        pairs = [
            (event, known[self.followed[event.track_id].most_common(1)[0][0]])
            for event in self.events
            if isinstance(event, VisitEnded) and event.track_id in self.followed
        ]
        said = [f"{len(pairs)} visits on {len({one.visit for _, one in pairs})} people, {self.parsed} parses"]
        for part in get_args(CoveredPart):
            names, colors = zip(*(_judged(event, visit, part) for event, visit in pairs), strict=True)
            said += [
                f"{part}, {what}: {_shares(all_of)}" for what, all_of in (("name", names), ("color", colors))
            ]
        return said


def _judged(event: VisitEnded, visit: SyntheticVisit, part: CoveredPart) -> tuple[str, str]:
    """Of name and colour of what covers that part of the body: `right`, `unknown`, `wrong`, or `none` where nothing is told."""
    worn = {garment.part: garment.color for garment in visit.garments if garment.part in GROUPS[part]}
    told = next((group for group in event.body if group.part == part), None)
    if told is None or not worn:
        return ("none", "none")
    name = "unknown" if told.garment == "unknown" else "right" if told.garment in worn else "wrong"
    color = "unknown" if told.color == "unknown" else "right" if told.color in worn.values() else "wrong"
    return name, color


def _shares(judged: Sequence[str]) -> str:
    counts = Counter(judged)
    return ", ".join(
        f"{counts[one] / len(judged):.2f} {one}" for one in ("right", "unknown", "wrong", "none")
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--persons", type=int, default=60)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--ways", nargs="+", choices=get_args(Way), default=get_args(Way))
    given = parser.parse_args()
    options = SyntheticOptions(persons=given.persons, seconds=given.seconds, seed=given.seed, fps=_FPS)
    source = SyntheticSource(options, stream_id="crowd", sample_fps=_FPS)
    truth, told = source.truth(), [Told(way) for way in given.ways]
    for frame in source.items():
        if isinstance(frame, Frame):
            for one in told:
                one.take(frame, truth.at(frame.index))
    for one in told:
        one.end(truth.frames)
        print(TITLES[one.way], *one.lines(truth.visits), sep="\n  ")


if __name__ == "__main__":
    main()
