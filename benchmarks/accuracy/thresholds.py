"""What the decoder's thresholds trade: `python -m benchmarks.accuracy.thresholds NETWORK --frames FOLDER`.

People missed or cut out badly on rendered frames, against people seen where nobody is. The network answers each picture once, and
every combination decodes the same answers. The rendered frames should be others than those that `make evaluate` reports on.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from benchmarks.accuracy.empty import empty_pictures
from benchmarks.accuracy.rendered import judge
from domain.errors import UsageError
from domain.frame import BgrImage
from pipeline.parsers.geometry import Geometry
from pipeline.parsers.lite.decode import DecodeOptions, RawOutputs, decode
from pipeline.parsers.lite.preprocess import preprocess
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.runtime import Network, RuntimeOptions, load_network
from training.frames import LabelledFrame, read_frames

_CENTRES = (0.2, 0.25, 0.3, 0.35)
_FOREGROUNDS = ((0.0, 0.0), (0.84, 0.88), (0.86, 0.9), (0.88, 0.92), (0.9, 0.94), (0.92, 0.96), (0.94, 0.97))
_SHOWN = ("panoptic quality, 60 px and taller", "found, 25-60 px", "count error, relative")


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """What the network said of a picture."""

    raw: RawOutputs
    geometry: Geometry


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Of a network, on frames whose truth is known and on pictures where nobody is."""

    frames: Sequence[tuple[LabelledFrame, Answered]]
    empty: Sequence[Answered]


def answers_of(
    network: Network, area: int, frames: Iterable[LabelledFrame], empty: Iterable[BgrImage]
) -> Answers:
    """Ask the network, with pictures scaled to that many pixels."""

    def answered(image: BgrImage) -> Answered:
        tensor, geometry = preprocess(image, area)
        return Answered(RawOutputs.of(network(tensor)), geometry)

    return Answers([(frame, answered(frame.image)) for frame in frames], [answered(image) for image in empty])


def trade(answers: Answers, options: DecodeOptions) -> dict[str, float]:
    """What these thresholds give: some figures of `rendered`, and the part of empty pictures in which somebody is seen."""
    parsed = ((frame, decode(one.raw, one.geometry, options)) for frame, one in answers.frames)
    figures = judge(((frame, people.labels, people.person_ids) for frame, people in parsed))
    shown = {
        name: next(figure.value for key, figure in figures.items() if key.startswith(f"rendered: {name}"))
        for name in _SHOWN
    }
    false = sum(len(decode(one.raw, one.geometry, options)) > 0 for one in answers.empty)
    return shown | {"empty frames with a false person": false / max(1, len(answers.empty))}


def combinations() -> Iterator[DecodeOptions]:
    """Those that are tried."""
    for centre, (sure, doubtful) in product(_CENTRES, _FOREGROUNDS):
        yield DecodeOptions(
            centre_threshold=centre, least_foreground=sure, least_foreground_of_doubtful=doubtful
        )


def main() -> None:
    """Try all and print a line for each."""
    parser = argparse.ArgumentParser(description="Try thresholds of the embedded parser's decoder")
    parser.add_argument("network", type=Path)
    parser.add_argument("--frames", type=Path, required=True, help="rendered frames not trained on")
    parser.add_argument("--precision", choices=("fp32", "int8"), default="fp32")
    chosen = parser.parse_args()
    try:
        network = load_network(chosen.network, RuntimeOptions(precision=chosen.precision))
        pictures = (image for _, image in empty_pictures())
        answers = answers_of(network, LiteSettings().input_pixels, read_frames(chosen.frames), pictures)
    except UsageError as error:
        sys.exit(f"error: {error}")
    for options in combinations():
        about = f"centre {options.centre_threshold:.2f}, foreground {options.least_foreground:.2f}"
        figures = (f"{name} {value:.3f}" for name, value in trade(answers, options).items())
        print(
            f"{about}, of the doubtful {options.least_foreground_of_doubtful:.2f}: " + "; ".join(figures),
            flush=True,
        )


if __name__ == "__main__":
    main()
