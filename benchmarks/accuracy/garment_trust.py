"""How far names of garments are to be trusted: `python -m benchmarks.accuracy.garment_trust FOLDER [--every N]`.

Of everybody found on rendered crowds, what the parser believes to be worn on upper and lower body against what is worn there: the
garment of which most is seen. One view each; a visit has many, so its names are no worse.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import numpy as np

from analytics.outfits import LEAST_BELIEF
from analytics.worn import GROUPS
from benchmarks.accuracy.color_trust import reliability
from benchmarks.accuracy.crowds import as_parsed
from benchmarks.accuracy.measures import match
from domain.errors import UsageError
from domain.events import CoveredPart
from domain.labels import BodyPart
from domain.parsing import PersonView
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.base import HumanParser
from pipeline.parsers.lite.parser import LiteParser
from training.frames import LabelledFrame, read_frames

_LEAST_PIXELS = 40
_PARTS: Mapping[CoveredPart, tuple[BodyPart, ...]] = {
    group: tuple(BodyPart[name.upper().replace("-", "_")] for name in names)
    for group, names in GROUPS.items()
}


def believed(
    parser: HumanParser, frames: Iterator[LabelledFrame]
) -> Iterator[tuple[CoveredPart, float, float]]:
    """Of each group of everybody found: how far the likeliest garment is believed in, and 1 where it is worn."""
    for frame in frames:
        true, parsed = as_parsed(frame), parser.parse(frame.image)
        there, found = true.persons(), parsed.persons()
        for one in there:
            judged = frozenset({one.person_id})
            if not match(true.person_ids, parsed.person_ids, judged).found:
                continue
            shared = np.bincount(parsed.person_ids[true.person_ids == one.person_id], minlength=256)
            shared[0] = 0
            other = found[int(shared.argmax()) - 1]
            for group, parts in _PARTS.items():
                if (said := _said(one, other, parts)) is not None:
                    yield group, *said


def _said(true: PersonView, found: PersonView, parts: tuple[BodyPart, ...]) -> tuple[float, float] | None:
    """None where nothing is to be told, or nothing told."""
    worn = np.array([int((true.labels[true.mask] == part).sum()) for part in parts])
    if found.beliefs is None or worn.sum() < _LEAST_PIXELS:
        return None
    beliefs = found.beliefs[list(parts)]
    if beliefs.sum() <= 0:
        return None
    return float(beliefs.max() / beliefs.sum()), float(beliefs.argmax() == worn.argmax())


def main() -> None:
    """Print a diagram for each group."""
    parser = argparse.ArgumentParser(description="Tell how far names of garments are to be trusted")
    parser.add_argument("folder", type=Path, help="rendered frames of crowds")
    parser.add_argument("--every", type=int, default=1, help="so manieth frame")
    parser.add_argument("--finder", action="store_true", help="as with `finder: lite`")
    chosen = parser.parse_args()
    try:
        lite: HumanParser = LiteParser()
        asked = FindThenParse(LiteFinder(), lite) if chosen.finder else lite
        frames = islice(read_frames(chosen.folder), 0, None, chosen.every)
        rows = list(believed(asked, frames))
    except UsageError as error:
        sys.exit(f"error: {error}")
    for group in _PARTS:
        sure, right = np.array([row[1:] for row in rows if row[0] == group]).reshape(-1, 2).T
        named = sure >= LEAST_BELIEF
        print(
            f"{group}: {len(sure)} persons, {named.mean():.1%} named from {LEAST_BELIEF} on, of those "
            f"{right[named].mean():.1%} right; of all names {right.mean():.1%}"
        )
        for line in reliability(sure, right):
            print(line)


if __name__ == "__main__":
    main()
