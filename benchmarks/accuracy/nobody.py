"""When somebody is there: `python -m benchmarks.accuracy.nobody CROP.onnx --empty FOLDER --crowds FOLDER`.

The finder scores a box, and the crop parser says of each pixel how likely it is somebody's: how clearly somebody stands out. Both
speak for a person, and by how much each does is fitted here by logistic regression, on pictures that `make evaluate` does not use.
People are those in boxes of the finder that fit them, of rendered crowds and, as many, of photographs that were learnt from (since
others are measured with) pasted into places; nobody is in its other boxes and in empty pictures. Printed are the log odds, what
each threshold gives, and for comparison what the thresholds of the clearness alone do: in how many empty pictures somebody stays,
and how many people stay of those whom the finder gives.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy.empty import places_without_people
from benchmarks.accuracy.finding import Crowd, crowds_of, matched, overlaps_of
from benchmarks.accuracy.pasted import HEIGHTS, at_height
from benchmarks.logistic import logistic
from domain.errors import UsageError
from domain.frame import BgrImage
from pipeline.finders.base import FinderContext, Found, PersonFinder
from pipeline.finders.lite.finder import LiteFinder
from pipeline.parsers.base import InferenceOptions
from pipeline.parsers.cropping import Crop
from pipeline.parsers.lite.decode import MiddleOptions, clearness, foreground_of
from pipeline.parsers.lite.preprocess import CROPS_OF_MIDDLE, fit_crop
from pipeline.parsers.runtime import Network, RuntimeOptions, load_network
from training.shared import labelled_photographs

CLEARNESSES = (0.45, 0.55, 0.65, 0.75)
ODDS = (-0.6, -0.3, 0.0, 0.3, 0.6, 0.9, 1.2)
_RIDGE = 1.0
_DOUBTFUL = 0.3
_SMALL = 0.4  # of the picture's height: below that a person is parsed from a crop


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for somebody in a box.

    Attributes:
        score: By the finder.
        share: Part of the crop that somebody's pixels cover.
        clearness: How clearly somebody stands out (`pipeline.parsers.lite.decode.clearness`).
    """

    score: float
    share: float
    clearness: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Log odds that somebody is there: `bias + score * by_score + clearness * by_clearness`."""

    bias: float
    by_score: float
    by_clearness: float

    def odds(self, seen: Evidence) -> float:
        """Of one box."""
        return self.bias + self.by_score * seen.score + self.by_clearness * seen.clearness

    def even(self, least: float, clearness: float) -> float:
        """The score that is needed for those odds where the crop is that clear (`even` of the finder's weights)."""
        return (least - self.bias - self.by_clearness * clearness) / self.by_score


Seen: TypeAlias = list[list[Evidence]]
"""By network and box."""


def evidence(network: Network, image: BgrImage, found: Found) -> Iterator[Evidence]:
    """Of the crop around each box.

    Args:
        network: Of `training.crops.export`.
        image: The picture, shape (H, W, 3) uint8 BGR.
        found: The boxes.
    """
    for box, score in zip(found.boxes, found.scores.tolist(), strict=True):
        piece = Crop.around(box).cut(image)
        geometry = fit_crop(piece, CROPS_OF_MIDDLE)
        rows, columns = geometry.grid
        logits = network(geometry.tensor(piece))["part_logits"][0, :, :rows, :columns]
        yield Evidence(score, float(foreground_of(logits).mean()), clearness(logits))


def of_boxes(networks: Sequence[Network], image: BgrImage, found: Found) -> Seen:
    """By network, of each box that is to be parsed from a crop."""
    small = found.only(found.boxes[:, 3] - found.boxes[:, 1] < _SMALL * len(image))
    return [list(evidence(network, image, small)) for network in networks]


def of_crowd(networks: Sequence[Network], finder: PersonFinder, crowd: Crowd) -> tuple[Seen, Seen]:
    """The same of the boxes that fit somebody, and of those on nobody; a box that half fits is neither."""
    found = finder.find(crowd.image)
    shared = overlaps_of(found.boxes, crowd.boxes)
    there = matched(shared) >= 0
    doubtful = shared.max(axis=1, initial=0.0) > _DOUBTFUL
    people, nobody = found.only(there), found.only(~there & ~doubtful)
    return of_boxes(networks, crowd.image, people), of_boxes(networks, crowd.image, nobody)


def fitted(crowds: Sequence[Evidence], pasted: Sequence[Evidence], nobody: Sequence[Evidence]) -> Fitted:
    """By how much the score and the clearness speak for somebody; pasted people count as much as those of crowds do together."""
    rows = [*crowds, *pasted, *nobody]
    design = np.array([(one.score, one.clearness) for one in rows])
    right = np.repeat((1.0, 1.0, 0.0), (len(crowds), len(pasted), len(nobody)))
    each = np.ones(len(rows))
    each[len(crowds) : len(crowds) + len(pasted)] = len(crowds) / max(1, len(pasted))
    bias, weights = logistic(design, right, _RIDGE, each)
    return Fitted(bias, *weights.tolist())


def kept(seen: Sequence[Evidence], stays: Callable[[Evidence], bool]) -> npt.NDArray[np.bool_]:
    """Who stays."""
    least = MiddleOptions().least_share
    return np.array([one.share >= least and stays(one) for one in seen], np.bool_)


def _clearer(least: float, seen: Evidence) -> bool:
    return seen.clearness >= least


def _likelier(fit: Fitted, least: float, seen: Evidence) -> bool:
    return fit.odds(seen) >= least


def _pasted(height: int, every: int) -> list[Crowd]:
    photographs = list(islice(labelled_photographs("training"), 0, None, every))
    return [Crowd(seen.image, np.array([seen.box], np.float32)) for seen in at_height(photographs, height)]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Evidence, by kind of picture and then by picture."""

    empty: dict[str, list[Seen]]
    people: dict[str, list[Seen]]
    nobody: list[Seen]

    def lines(self, number: int) -> Iterator[str]:
        """What the network of that number gives."""
        there = {kind: [one for of in seen for one in of[number]] for kind, seen in self.people.items()}
        crowds = there.pop("crowds")
        nowhere = [*self.nobody, *(of for pictures in self.empty.values() for of in pictures)]
        fit = fitted(
            crowds,
            [one for of in there.values() for one in of],
            [one for of in nowhere for one in of[number]],
        )
        yield f"  log odds {fit.bias:+.2f} {fit.by_score:+.2f} a score of 1 {fit.by_clearness:+.2f} a clearness of 1"
        usual = MiddleOptions().least_clearness
        for least in CLEARNESSES:
            yield f"  clearness {least:.2f}: " + self._line(number, partial(_clearer, least))
        for least in ODDS:
            even = f"odds {least:+.1f}, even {fit.even(least, usual):.3f}"
            yield f"  {even}: " + self._line(number, partial(_likelier, fit, least))

    def _line(self, number: int, stays: Callable[[Evidence], bool]) -> str:
        false = {
            kind: sum(bool(kept(of[number], stays).any()) for of in pictures)
            for kind, pictures in self.empty.items()
        }
        there = {kind: [one for of in seen for one in of[number]] for kind, seen in self.people.items()}
        said = [f"{kind} {count} of {len(self.empty[kind])}" for kind, count in false.items()]
        wrong = int(sum(kept(of[number], stays).sum() for of in self.nobody))
        said += [f"{kind} {kept(seen, stays).mean():.3f}" for kind, seen in there.items()]
        return "; ".join([*said, f"nobody in crowds {wrong}"])


def gathered(
    networks: Sequence[Network],
    finder: PersonFinder,
    folders: tuple[Path | None, Path],
    every: int,
) -> Gathered:
    """Evidence by all networks.

    Args:
        networks: Of `training.crops.export`.
        finder: Gives the boxes.
        folders: Of rendered frames without people, and of crowds.
        every: Every so manieth photograph alone.
    """
    empty = {
        kind: [of_boxes(networks, picture, finder.find(picture)) for picture in pictures]
        for kind, pictures in places_without_people(folders[0]).items()
    }
    crowds = [of_crowd(networks, finder, crowd) for crowd in crowds_of(folders[1], "training")]
    people = {
        f"{height} px": [of_crowd(networks, finder, one)[0] for one in _pasted(height, every)]
        for height in HEIGHTS
    }
    return Gathered(empty, people | {"crowds": [each[0] for each in crowds]}, [each[1] for each in crowds])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Fit when somebody is there, on pictures for tuning")
    parser.add_argument("crop", type=Path, nargs="+")
    parser.add_argument(
        "--finder", type=Path, help="folder with weights.json of another finder than that which ships"
    )
    parser.add_argument("--empty", type=Path, help="folder of rendered frames without people, for tuning")
    parser.add_argument(
        "--crowds", type=Path, required=True, help="folder of rendered frames of crowds, for tuning"
    )
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="fp32")
    parser.add_argument("--every", type=int, default=16, help="every so manieth photograph alone")
    chosen = parser.parse_args()
    try:
        inference = InferenceOptions.model_validate({"precision": chosen.precision})
        finder = LiteFinder(context=FinderContext(inference=inference), folder=chosen.finder)
        options = RuntimeOptions.model_validate({"precision": chosen.precision})
        networks = [load_network(path, options) for path in chosen.crop]
        seen = gathered(networks, finder, (chosen.empty, chosen.crowds), chosen.every)
    except UsageError as error:
        sys.exit(f"error: {error}")
    for number, path in enumerate(chosen.crop):
        print(path)
        for line in seen.lines(number):
            print(line, flush=True)


if __name__ == "__main__":
    main()
