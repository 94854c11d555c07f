"""Persons found where nobody is: `python -m benchmarks.accuracy.empty [--finder] [--crop CROP.onnx] --empty FOLDER`."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.accuracy.measures import Figure, figure, ratio
from benchmarks.accuracy.subject import parser_of, shipped, thresholds_of
from domain.errors import SourceError, UsageError
from domain.frame import BgrImage, Frame
from pipeline.finders.base import FinderContext
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse
from pipeline.parsers.base import HumanParser
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.sources.file import FileSource
from training.frames import about_folder, read_frames
from training.shared import backgrounds, data_folder, shelves

_CAR_PARK_FPS = 5.0
_START = datetime(2026, 1, 1, tzinfo=UTC)


def measure_empty(parser: HumanParser, places: Path | None = None) -> dict[str, Figure]:
    """False persons a frame, by source; see `empty_pictures`."""
    found = defaultdict[str, list[int]](list)
    for source, image in empty_pictures(places):
        found[source].append(len(parser.parse(image)))
    found["all"] = [count for counts in found.values() for count in counts]
    return {f"false persons a frame, {name}": _rate(counts) for name, counts in found.items()} | {
        "empty frames with a false person, all": _rate([min(count, 1) for count in found["all"]])
    }


def empty_pictures(places: Path | None = None) -> Iterator[tuple[str, BgrImage]]:
    """Where from, and the picture: stills, shelves and a car park that nothing was trained on.

    Args:
        places: Folder of held-out rendered frames without people, which are given besides.

    Raises:
        SourceError: The frames are not there or not held out, or somebody is in one.
    """
    yield from (("backgrounds", image) for _, image in backgrounds("tuning"))
    yield from (("shelves", image) for _, image in shelves("tuning"))
    yield from (("car park", frame.image) for frame in frames_of("car-detection.mp4", _CAR_PARK_FPS))
    if places:
        yield from (("rendered places", image) for image in rendered_places(places))


def places_without_people(places: Path | None) -> dict[str, list[BgrImage]]:
    """Pictures to choose thresholds on, by kind; `empty_pictures` gives none of them.

    Args:
        places: Folder of rendered frames that nothing was trained on; of those, the ones without people are taken.
    """
    rendered = [frame.image for frame in read_frames(places) if not frame.person_ids.any()] if places else []
    return {
        "shelves": [image for _, image in shelves("test")],
        "backgrounds": [image for _, image in backgrounds("training")],
        "rendered places": rendered,
    }


def rendered_places(folder: Path) -> Iterator[BgrImage]:
    """Frames by `training.scenes.crowds --nobody --split held_out`.

    Raises:
        SourceError: They are not there or not held out, or somebody is in one.
    """
    about = about_folder(folder)
    if about is None or about.split != "held_out":
        raise SourceError(f"{folder}: not held-out frames; python -m training.scenes.crowds makes some")
    for frame in read_frames(folder):
        if frame.person_ids.any():
            raise SourceError(f"{folder}: somebody is in frame {frame.name}")
        yield frame.image


def main() -> None:
    """Measure and print what `benchmarks.accuracy` says of empty pictures, of a crop parser of one's choice."""
    parser = argparse.ArgumentParser(description="Count false persons in empty pictures")
    parser.add_argument("--empty", type=Path, help="folder of held-out frames without people")
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16", "int8"), default="fp32")
    parser.add_argument("--finder", action="store_true", help="as with `finder: lite`")
    parser.add_argument("--crop", type=Path, help="network of training.crops; what ships if left out")
    chosen = parser.parse_args()
    try:
        settings = LiteSettings(precision=chosen.precision)
        own = shipped(settings)
        alone = parser_of(own, settings, thresholds_of(own), chosen.crop)
        context = FinderContext(inference=settings)
        found = measure_empty(
            FindThenParse(LiteFinder(context=context), alone) if chosen.finder else alone, chosen.empty
        )
    except UsageError as error:
        sys.exit(f"error: {error}")
    for about, one in found.items():
        print(f"{about:45} {one.value:.4f}  [{one.low:.4f}, {one.high:.4f}]  n={one.pictures}")


def _rate(counts: list[int]) -> Figure:
    rows = np.stack([np.array(counts, np.float64), np.ones(len(counts))], axis=1)
    return figure(rows, lambda sums: ratio(sums[..., 0], sums[..., 1]))


def frames_of(clip: str, sample_fps: float) -> Iterator[Frame]:
    """Frames of a clip of the data folder, so many a second; its time begins at a fixed date."""
    path: Path = data_folder() / "video" / clip
    with closing(FileSource(path, stream_id=path.stem, sample_fps=sample_fps, recorded_at=_START)) as source:
        source.open()
        yield from (item for item in source.items() if isinstance(item, Frame))


if __name__ == "__main__":
    main()
