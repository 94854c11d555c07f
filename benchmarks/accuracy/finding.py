"""Who finds whom: `python -m benchmarks.accuracy.finding FINDER --crowds FOLDER [--peer YOLOX.onnx]`.

The finder, today's `lite` and a peer answer the same pictures in one run: held-out crowds, whose people are all known, and places
where nobody is. A person is found where a box overlaps theirs by half (intersection over union). Heights are those of what is seen.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy.empty import empty_pictures
from benchmarks.accuracy.finders import Candidate, above, own_finder, parser_as_finder, yolox
from benchmarks.accuracy.measures import Counts, Figure, figure, ratio
from domain.errors import SourceError, UsageError
from domain.frame import BgrImage, Boxes
from pipeline.finders.base import Found
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.lite.settings import LiteSettings
from training.frames import about_folder, read_frames
from training.shared import backgrounds, shelves

_BANDS = ((25, 60), (60, 100), (100, 200), (200, 100_000))  # pixels of height, the upper one exclusive
_LEAST_HEIGHT = 25  # smaller persons count neither way
_OVERLAP = 0.5
_TRIED = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
_TIMED, _ROUNDS = (720, 1280), 15


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """A picture and the boxes of what is seen of everybody in it."""

    image: BgrImage
    boxes: Boxes


def crowds_of(folder: Path, split: str) -> list[Crowd]:
    """The frames of a folder.

    Args:
        folder: In the form of `training.frames`.
        split: What `about.json` must say of them.

    Raises:
        SourceError: There are none, or they are of another split.
    """
    about = about_folder(folder)
    if about is None or about.split != split:
        raise SourceError(f"{folder}: not {split} frames of crowds")
    return [Crowd(frame.image, boxes_of(frame.person_ids)) for frame in read_frames(folder)]


def boxes_of(ids: npt.NDArray[np.uint8]) -> Boxes:
    """Around the pixels of each person, shape (N, 4), by id; 0 is nobody."""
    found = []
    for person in np.unique(ids[ids > 0]):
        rows, columns = np.nonzero(ids == person)
        found.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    return np.array(found, np.float32).reshape(-1, 4)


def judge(crowds: Sequence[Crowd], answers: Iterable[Found]) -> dict[str, Figure]:
    """How many were found by height, how many of those found are there, and how far the counts are off."""
    rows = np.stack([_row(crowd.boxes, found) for crowd, found in zip(crowds, answers, strict=True)])
    bands = rows[:, 3:].reshape(len(rows), -1, 2)
    names = [f"{low}-{high} px" if high < 100_000 else f"{low} px and taller" for low, high in _BANDS]
    figures = {
        f"found, {name} ({bands[:, number, 1].sum():.0f} there)": _share(bands[:, number])
        for number, name in enumerate(names)
    }
    total = rows[:, 3:].reshape(len(rows), -1, 2).sum(axis=1)
    return figures | {
        f"found, all ({total[:, 1].sum():.0f} there)": _share(total),
        "those found who are there": _share(np.stack([total[:, 0], total[:, 0] + rows[:, 0]], axis=1)),
        "count error, relative": _share(rows[:, 1:3]),
    }


def _row(truth: Boxes, found: Found) -> Counts:
    """Invented; error of the count, true count; found and there by band."""
    heights = truth[:, 3] - truth[:, 1]
    overlaps = overlaps_of(found.boxes, truth)
    owner = matched(overlaps)
    judged = heights >= _LEAST_HEIGHT
    invented = sum(
        1 for number, person in enumerate(owner) if person < 0 and not _on_small(overlaps[number], judged)
    )
    hit = {int(person) for person in owner if person >= 0 and judged[person]}
    there = int(judged.sum())
    bands = np.zeros((len(_BANDS), 2))
    for person in np.flatnonzero(judged):
        band = next(number for number, (low, high) in enumerate(_BANDS) if low <= heights[person] < high)
        bands[band] += (int(person) in hit, 1)
    return np.concatenate([[invented, abs(len(hit) + invented - there), there], bands.ravel()])


def _on_small(overlaps: npt.NDArray[np.float32], judged: npt.NDArray[np.bool_]) -> bool:
    """Whether a box lies more on somebody too small to be judged than anywhere else."""
    return bool(overlaps.size and overlaps.max() > 0.1 and not judged[overlaps.argmax()])


def matched(overlaps: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """For each box, the surest first, the person whom it overlaps most and by half at least, each person once; -1 is nobody."""
    free = np.ones(overlaps.shape[1], np.bool_)
    owner = np.full(len(overlaps), -1, np.intp)
    for number, row in enumerate(overlaps):
        left = np.where(free, row, 0)
        if left.size and left.max() >= _OVERLAP:
            owner[number] = left.argmax()
            free[owner[number]] = False
    return owner


def overlaps_of(boxes: Boxes, others: Boxes) -> npt.NDArray[np.float32]:
    """Intersection over union of each with each, shape (len(boxes), len(others))."""
    least = np.maximum(boxes[:, None, :2], others[None, :, :2])
    most = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    both = np.prod(np.maximum(0, most - least), axis=2)
    areas = [np.prod(each[:, 2:] - each[:, :2], axis=1) for each in (boxes, others)]
    return np.asarray(both / np.maximum(areas[0][:, None] + areas[1][None] - both, 1e-6), np.float32)


def _share(rows: Counts) -> Figure:
    return figure(rows, lambda sums: ratio(sums[..., 0], sums[..., 1]))


def judge_empty(answers: Mapping[str, Sequence[int]]) -> dict[str, Figure]:
    """The part of places where nobody is in which somebody is found, by kind of place and of all."""
    kinds = {**answers, "all": [count for counts in answers.values() for count in counts]}
    return {
        f"false person, {kind} ({len(counts)} pictures)": _share(
            np.stack([np.minimum(counts, 1), np.ones(len(counts))], axis=1)
        )
        for kind, counts in kinds.items()
    }


def cpu_milliseconds(candidates: Sequence[Candidate], image: BgrImage) -> dict[str, tuple[float, float]]:
    """CPU time and time of one picture for each, medians of rounds in which all take turns."""
    spent: dict[str, list[tuple[float, float]]] = {one.name: [] for one in candidates}
    for one in candidates:
        one(image)
    for _ in range(_ROUNDS):
        for one in candidates:
            began, wall = time.process_time(), time.perf_counter()
            one(image)
            spent[one.name].append((time.process_time() - began, time.perf_counter() - wall))
    middle = {name: np.median(np.array(times), axis=0) * 1000 for name, times in spent.items()}
    return {name: (float(one[0]), float(one[1])) for name, one in middle.items()}


def measure(candidate: Candidate, crowds: Sequence[Crowd], places: Path | None = None) -> dict[str, Figure]:
    """All figures of one finder."""
    empty: dict[str, list[int]] = {}
    for kind, image in empty_pictures(places):
        empty.setdefault(kind, []).append(len(candidate(image)))
    return judge(crowds, (candidate(crowd.image) for crowd in crowds)) | judge_empty(empty)


def tune(candidate: Candidate, crowds: Sequence[Crowd]) -> Iterator[tuple[float, dict[str, Figure]]]:
    """The figures with each threshold, on crowds and empty places that `measure` does not use."""
    answers = [candidate.find(crowd.image) for crowd in crowds]
    places = {
        "shelves": [candidate.find(image) for _, image in shelves("test")],
        "backgrounds": [candidate.find(image) for _, image in backgrounds("training")],
    }
    for threshold in _TRIED:
        counts = {kind: [len(above(one, threshold)) for one in found] for kind, found in places.items()}
        yield threshold, judge(crowds, (above(one, threshold) for one in answers)) | judge_empty(counts)


def _candidates(chosen: argparse.Namespace) -> list[Candidate]:
    own = [
        own_finder(path, area, chosen.precision, chosen.threads)
        for path in chosen.finder
        for area in chosen.area or [None]
    ]
    found = [replace(one, threshold=chosen.threshold or one.threshold) for one in own]
    if chosen.peer:
        peer = yolox(chosen.peer, chosen.peer_precision, chosen.threads)
        found.append(replace(peer, threshold=chosen.peer_threshold))
    if chosen.lite:
        found.append(
            parser_as_finder(LiteParser(LiteSettings(precision=chosen.lite, threads=chosen.threads)))
        )
    return found


def main() -> None:
    """Measure and print; with `--tune`, print what each threshold gives instead."""
    parser = argparse.ArgumentParser(description="Measure finders beside each other")
    parser.add_argument(
        "finder", type=Path, nargs="*", help="networks of training.finder, weights.json beside them"
    )
    parser.add_argument("--crowds", type=Path, required=True, help="folder of held-out frames of crowds")
    parser.add_argument("--empty", type=Path, help="folder of held-out frames without people")
    parser.add_argument("--area", type=int, action="append", help="pixels of the scaled picture")
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="fp32")
    parser.add_argument("--threshold", type=float, help="least score; that of the weights if left out")
    parser.add_argument("--peer", type=Path, help="YOLOX as ONNX, measured at 768x448")
    parser.add_argument("--peer-precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument(
        "--peer-threshold", type=float, default=0.4, help="least score of a person of the peer"
    )
    parser.add_argument("--lite", choices=("fp32", "bf16", "int8"), help="measure the parser's boxes, too")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tune", action="store_true", help="try thresholds, on frames that are not held out")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    try:
        candidates = _candidates(chosen)
        crowds = crowds_of(chosen.crowds, "training" if chosen.tune else "held_out")
        if chosen.tune:
            _print_tuning(candidates, crowds)
            return
        results = {one.name: measure(one, crowds, chosen.empty) for one in candidates}
    except UsageError as error:
        sys.exit(f"error: {error}")
    for name, figures in results.items():
        print(f"{name}:")
        for about, one in figures.items():
            print(f"  {about:45} {one.value:6.3f}  [{one.low:.3f}, {one.high:.3f}]")
    for name, (cpu, wall) in cpu_milliseconds(candidates, np.full((*_TIMED, 3), 114, np.uint8)).items():
        print(f"{name}: {cpu:.1f} ms of CPU, {wall:.1f} ms, a picture of {_TIMED[1]}x{_TIMED[0]}")
    if chosen.json:
        chosen.json.write_text(
            json.dumps(
                {
                    name: {about: asdict(one) for about, one in figures.items()}
                    for name, figures in results.items()
                }
            ),
            encoding="utf-8",
        )


def _print_tuning(candidates: Sequence[Candidate], crowds: Sequence[Crowd]) -> None:
    for one in candidates:
        for threshold, figures in tune(one, crowds):
            said = "; ".join(f"{about} {found.value:.3f}" for about, found in figures.items())
            print(f"{one.name}, {threshold:.2f}: {said}", flush=True)


if __name__ == "__main__":
    main()
