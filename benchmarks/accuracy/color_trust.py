"""How far names of colours are to be trusted: `python -m benchmarks.accuracy.color_trust [--tuning FOLDER] [--held-out FOLDER]`.

With `--tuning` it fits the weights of `analytics/color_trust.json` on rendered crowds of a training seed, chooses the least
probability that a name needs, and writes both with what they come from. With `--held-out` it prints, of frames that nothing was
fitted on, how many of the names said to be so probable are right.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analytics.clothing import GarmentMinima, cloths_of
from analytics.color_names import NAMES
from analytics.color_trust import COLUMNS, Column, Design, Trust, shipped
from analytics.colors import evidence_of, evident
from analytics.illuminant import LightMeter
from benchmarks.accuracy.crowds import as_parsed, persons_in, plain_colors
from benchmarks.logistic import logistic, sigmoid
from domain.errors import UsageError
from training.frames import about_folder, read_frames, read_truth

_WRITTEN = Path(__file__).parents[2] / "analytics/color_trust.json"
# Of the names that are left: as many are to be right in cross-validation.
_WANTED = 0.87
_RIDGE = 5.0
_FOLDS = 5
_BINS = 10
_SMALL = 60


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Names of the colours of garments in one colour, cut out by their true masks.

    Attributes:
        design: Shape (G, D), see `Evidence.design`.
        right: Shape (G,), 1 where the name is right.
        share: Shape (G,), part of the pixels that have the colour.
        frames: Shape (G,), number of the frame.
        heights: Shape (G,), of the persons, pixels.
        lights: Shape (G,), words for the light.
        too_few: Garments with too few pixels for any name.
    """

    design: Design
    right: Column
    share: Column
    frames: npt.NDArray[np.intp]
    heights: Column
    lights: npt.NDArray[np.str_]
    too_few: int


def names_in(folder: Path) -> Names:
    """Of all frames of that folder that have colours.

    Raises:
        SourceError: The folder cannot be read.
    """
    rows: list[tuple[Design, float, float, int, float, str]] = []
    too_few = 0
    for number, frame in enumerate(read_frames(folder)):
        known = read_truth(folder, frame.name)
        light = LightMeter().read(frame.image, frame.labels)
        if float(known["gray"]) > 0.5 or light.monochrome:
            continue
        colors = {person["id"]: plain_colors(person) for person in known["people"]}
        for person_id, view in zip(persons_in(frame), as_parsed(frame).persons(), strict=True):
            cloths = cloths_of(view, frame.image, GarmentMinima())
            worn = [
                (colors[person_id][part.label], cloth)
                for part, cloth in cloths
                if part.label in colors[person_id]
            ]
            told = evident([cloth for _, cloth in worn])
            too_few += len(worn) - len(told)
            if told:
                evidence = evidence_of([worn[place][1] for place in told], light)
                rights = [
                    float(NAMES[index] == worn[place][0])
                    for place, index in zip(told, evidence.names, strict=True)
                ]
                rows += [
                    (row, right, float(share), number, float(view.bottom - view.top), str(known["light"]))
                    for row, right, share in zip(evidence.design(), rights, evidence.share, strict=True)
                ]
    design, right, share, frames, heights, lights = zip(*rows, strict=True)
    return Names(
        np.stack(design),
        np.array(right),
        np.array(share),
        np.array(frames),
        np.array(heights),
        np.array(lights),
        too_few,
    )


def fitted(design: Design, right: Column) -> tuple[float, Column]:
    """Bias and weights, by logistic regression with a ridge of 5."""
    return logistic(design, right, _RIDGE)


def cross_validated(names: Names) -> Column:
    """How probable each name is by weights that were fitted on other frames, shape (G,)."""
    sure = np.zeros(len(names.right))
    for fold in range(_FOLDS):
        held = names.frames % _FOLDS == fold
        bias, weights = fitted(names.design[~held], names.right[~held])
        sure[held] = sigmoid(names.design[held] @ weights + bias)
    return sure


def least_probability(sure: Column, right: Column) -> float:
    """The least at which of the names so probable enough are right, in hundredths."""
    for least in np.arange(30, 100) / 100:
        named = sure >= least
        if named.any() and right[named].mean() >= _WANTED:
            return float(least)
    raise UsageError(f"no probability makes {_WANTED:.0%} of the names right")


def reliability(sure: Column, right: Column) -> Iterator[str]:
    """A line for each tenth of probability: how many names, how probable on average, how many of them are right."""
    for low in range(_BINS):
        inside = (sure * _BINS).astype(int).clip(0, _BINS - 1) == low
        if inside.any():
            yield (
                f"said {low / _BINS:.1f} to {(low + 1) / _BINS:.1f}: {inside.sum():5d} names, "
                f"{sure[inside].mean():.2f} on average, right {right[inside].mean():.2f}"
            )


def summary(names: Names, sure: Column, least: float) -> Iterator[str]:
    """How many names are right and how many are left, of all and of groups."""
    groups: Mapping[str, Callable[[], npt.NDArray[np.bool_]]] = {
        "all": lambda: np.ones(len(names.right), np.bool_),
        "at night": lambda: names.lights == "night",
        f"under {_SMALL} px": lambda: names.heights < _SMALL,
    }
    for group, chosen in groups.items():
        inside = chosen()
        named = inside & (sure >= least)
        yield (
            f"{group}: {inside.sum()} garments, {named.sum() / max(1, inside.sum()):.1%} named, "
            f"of those {names.right[named].mean() if named.any() else float('nan'):.1%} right; "
            f"of all names {names.right[inside].mean() if inside.any() else float('nan'):.1%}"
        )


def written(bias: float, weights: Column, least: float, provenance: Mapping[str, object]) -> str:
    """The file."""
    rounded = {name: round(float(weight), 4) for name, weight in zip(COLUMNS, weights, strict=True)}
    return (
        json.dumps(
            {"provenance": provenance, "least": least, "bias": round(bias, 4), "weights": rounded}, indent=1
        )
        + "\n"
    )


def _fit(folder: Path) -> None:
    about = about_folder(folder)
    if about is None or about.split != "training":
        raise UsageError(f"{folder}: not crowds of a training seed; make frames renders them")
    names = names_in(folder)
    sure = cross_validated(names)
    least = least_probability(sure, names.right)
    print(f"cross-validated on {folder}, names from {least:.2f} on:")
    _print(summary(names, sure, least), reliability(sure, names.right))
    bias, weights = fitted(names.design, names.right)
    images = sorted((folder / "images").glob("*.jpg"))
    provenance = {
        "fitted by": "python -m benchmarks.accuracy.color_trust",
        "frames": f"{len(images)} of crowds (docs/crowd-frames.md), {images[0].stem} to {images[-1].stem}",
        "names sha256": hashlib.sha256(" ".join(image.name for image in images).encode()).hexdigest(),
        "garments": len(names.right),
        "wanted": _WANTED,
    }
    _WRITTEN.write_text(written(bias, weights, least, provenance), encoding="utf-8")


def _tell(folder: Path, trust: Trust) -> None:
    names = names_in(folder)
    odds = names.design @ np.array([trust.weights[column] for column in COLUMNS]) + trust.bias
    sure = sigmoid(odds)
    print(f"{folder}, names from {trust.least:.2f} on:")
    _print(summary(names, sure, trust.least), reliability(sure, names.right))


def _print(*texts: Iterator[str]) -> None:
    for text in texts:
        for line in text:
            print(line)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write, or tell."""
    parser = argparse.ArgumentParser(description="Fit how far names of colours are to be trusted")
    parser.add_argument("--tuning", type=Path, help="folder of rendered crowds of a training seed; fits anew")
    parser.add_argument("--held-out", type=Path, help="folder of held-out crowds to tell the reliability of")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.tuning:
            _fit(chosen.tuning)
            shipped.cache_clear()
        if chosen.held_out:
            _tell(chosen.held_out, shipped())
    except UsageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
