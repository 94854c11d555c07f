"""How well postures are told, on rendered crowds, in which it is known who sits.

`python -m benchmarks.posture --on out/frames-crowds` measures; `--fit out/crowds` fits the weights of `analytics.posture` anew.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from analytics.posture import is_cut, posture_of, proportions
from benchmarks.accuracy.crowds import as_parsed
from benchmarks.logistic import logistic
from domain.parsing import ParsedFrame, PersonView
from pipeline.parsers.base import HumanParser
from pipeline.parsers.lite.parser import LiteParser
from training.frames import LabelledFrame, read_frames, read_truth

_OVERLAP = 0.5
_RIDGE = 20.0
"""Few who sit, six weights."""
_SEATED = "sitting"
_LOW = ("crouching", "bending")


def main() -> None:
    """Print it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--on", type=Path, help="frames to measure on")
    arguments.add_argument("--fit", type=Path, help="frames to fit on")
    given = arguments.parse_args()
    parser = LiteParser()
    if given.fit:
        _fit(given.fit, parser)
    if given.on:
        frames = list(_known(given.on))
        _table("labels as they are", Counter(_told(frames, [as_parsed(frame) for frame, _ in frames])))
        _table("parsed by lite", Counter(_told(frames, [parser.parse(frame.image) for frame, _ in frames])))


_Known = tuple[LabelledFrame, Mapping[int, str]]


def _known(folder: Path) -> Iterator[_Known]:
    """Frames, and what everybody in them does, by the number of the person."""
    for frame in read_frames(folder):
        people = read_truth(folder, frame.name)["people"]
        yield frame, {person["id"]: person["posture"] for person in people}


def _told(frames: list[_Known], parsed: list[ParsedFrame]) -> Iterator[tuple[str, str]]:
    """Of every person that is found: what they do, and what is said of it."""
    for (frame, does), seen in zip(frames, parsed, strict=True):
        for view, person in _matched(frame, seen):
            if person in does:
                yield does[person], posture_of(view, frame_size(frame)).value


def frame_size(frame: LabelledFrame) -> tuple[int, int]:
    """Height and width, pixels."""
    return frame.labels.shape[0], frame.labels.shape[1]


def _matched(frame: LabelledFrame, parsed: ParsedFrame) -> Iterator[tuple[PersonView, int]]:
    for view in parsed.persons():
        truth = frame.person_ids[view.window]
        person = int(np.bincount(truth[view.mask], minlength=1).argmax()) if view.mask.any() else 0
        both = (truth == person) & view.mask
        either = np.count_nonzero(frame.person_ids == person) + np.count_nonzero(view.mask) - both.sum()
        if person and both.sum() >= _OVERLAP * either:
            yield view, person


def _table(title: str, told: Counter[tuple[str, str]]) -> None:
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for (does, value), number in told.items():
        group = does if does in (_SEATED, *_LOW) else "upright (all other)"
        groups[group][value] += number
    print(f"{title}: persons, of whom seated_likely, upright_likely, unknown")
    for name, said in sorted(groups.items()):
        total = sum(said.values())
        shares = [said[one] / total for one in ("seated_likely", "upright_likely", "unknown")]
        print(f"  {name:<20} {total:>5}  " + "  ".join(f"{100 * share:5.1f} %" for share in shares))


def _fit(folder: Path, parser: HumanParser) -> None:
    rows, seated = [], []
    for frame, does in _known(folder):
        for parsed in (as_parsed(frame), parser.parse(frame.image)):
            for view, person in _matched(frame, parsed):
                seen = proportions(view)
                if seen is not None and person in does and not is_cut(view, frame_size(frame)):
                    rows.append(seen)
                    seated.append(does[person] == _SEATED)
    wanted = np.array(seated, np.float64)
    # Both classes count alike, however many there are of each.
    each = np.where(wanted > 0, 0.5 / wanted.mean(), 0.5 / (1 - wanted.mean()))
    offset, weights = logistic(np.array(rows), wanted, _RIDGE, each)
    print(f"{len(rows)} persons, {sum(seated)} of them sit")
    print("WEIGHTS =", tuple(round(float(weight), 2) for weight in weights), "OFFSET =", round(offset, 2))


if __name__ == "__main__":
    main()
