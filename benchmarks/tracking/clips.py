"""Clips with the truth about who is who, parsed once and kept, so that every tracker sees the same."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

import cli.demo
from benchmarks.accuracy.finding import boxes_of, overlaps_of
from benchmarks.tracking.films import FPS, FilmName, folder_of
from domain.frame import BgrImage, BoolMask, Boxes, Frame, LabelMap
from domain.parsing import ParsedFrame
from pipeline.finders.base import PersonFinder
from pipeline.sources.file import FileSource
from pipeline.sources.synthetic.source import SyntheticSource
from pipeline.views.stand_ins import stand_ins
from training.frames import read_frames

SAMPLE_FPS = 5.0
_LEAST_PIXELS = 150
"""Of whom less is seen counts neither way: nobody can be told by so little."""
_LEAST_SHARE = 0.5
_START = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)

Ids: TypeAlias = npt.NDArray[np.int64]
"""Shape (N,), dtype int64."""

Similarities: TypeAlias = npt.NDArray[np.float64]
"""Shape (K, N), dtype float64, 0 to 1: overlap (IoU) of each true person with each parsed one."""


@dataclass(frozen=True, slots=True, eq=False)
class TrueFrame:
    """Who is where, beside what the parser saw.

    Attributes:
        ids: Shape (K,): true persons of whom enough is seen.
        similarities: Shape (K, N).
        judged: Shape (N,): False for a parsed person that lies on somebody who does not count.
    """

    ids: Ids
    similarities: Similarities
    judged: BoolMask


@dataclass(frozen=True, slots=True, eq=False)
class ParsedClip:
    """A clip as trackers see it, and its truth.

    Attributes:
        name: Of the clip.
        frames: Pictures and their parses, in order.
        truth: For each of them.
    """

    name: str
    frames: tuple[tuple[Frame, ParsedFrame], ...]
    truth: tuple[TrueFrame, ...]


ClipFrames: TypeAlias = Iterator[tuple[Frame, Callable[[ParsedFrame], TrueFrame]]]
"""Pictures, and what tells the truth about each once it is parsed."""


class Sees(Protocol):
    """As `HumanParser.parse`."""

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Who is in the picture."""
        ...


class Figures:
    """What a tracker gets of a finder with best views: a plain figure in each box.

    Args:
        finder: Finds people.
    """

    def __init__(self, finder: PersonFinder) -> None:
        self._finder = finder

    def parse(self, image: BgrImage) -> ParsedFrame:
        """See `Sees.parse`."""
        return stand_ins(self._finder.find(image), image.shape[:2])


class Compares(Protocol):
    """As `by_masks`."""

    def __call__(self, truth: LabelMap, parsed: ParsedFrame) -> TrueFrame:
        """Compare the true person of each pixel, shape (H, W), with a parse of the same picture."""
        ...


def film_frames(out: Path, name: FilmName, compare: Compares) -> ClipFrames:
    """A film of `benchmarks.tracking.films`."""
    for index, drawn in enumerate(read_frames(folder_of(out, name))):
        yield (
            _frame(str(name), index, index / FPS, drawn.image),
            partial(compare, drawn.person_ids),
        )


def synthetic_frames(location: str, compare: Compares) -> ClipFrames:
    """A location of the `synthetic:` source."""
    source = SyntheticSource(location, stream_id=location, sample_fps=SAMPLE_FPS)
    known = source.truth()
    for item in source.items():
        if isinstance(item, Frame):
            yield item, partial(compare, known.at(item.index).visit_map)


def demo_frames() -> ClipFrames:
    """The clip that comes with Footfall; of its truth there are boxes."""
    folder = Path(cli.demo.__file__).parent
    known = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    boxes: dict[int, dict[int, list[float]]] = {}
    for visit in known["visits"]:
        for index, box in visit["boxes"].items():
            boxes.setdefault(int(index), {})[int(visit["person"])] = box
    source = FileSource(folder / "demo.mp4", stream_id="demo", sample_fps=SAMPLE_FPS)
    source.open()
    for item in source.items():
        if isinstance(item, Frame):
            yield item, partial(by_boxes, boxes.get(item.index, {}))


def by_masks(truth: LabelMap, parsed: ParsedFrame) -> TrueFrame:
    """Compare pixel by pixel, as in multi-object tracking and segmentation (Voigtlaender et al., 2019).

    Args:
        truth: Shape (H, W): the person of each pixel; 0 is nobody.
        parsed: The parse of the same picture.
    """
    count = len(parsed)
    pairs = truth.astype(np.int64).ravel() * 256 + parsed.person_ids.ravel()
    shared = np.bincount(pairs, minlength=256 * 256).reshape(256, 256)
    of_truth, of_parsed = shared.sum(axis=1), shared.sum(axis=0)
    ids = np.flatnonzero(of_truth >= _LEAST_PIXELS)
    ids = ids[ids > 0]
    small = np.flatnonzero((of_truth > 0) & (of_truth < _LEAST_PIXELS))
    inside = shared[small[small > 0], 1 : count + 1].sum(axis=0)
    judged = inside <= _LEAST_SHARE * np.maximum(of_parsed[1 : count + 1], 1)
    both = shared[ids, 1 : count + 1]
    either = of_truth[ids][:, None] + of_parsed[None, 1 : count + 1] - both
    return TrueFrame(ids.astype(np.int64), both / np.maximum(either, 1), judged)


def by_boxes(truth: dict[int, list[float]], parsed: ParsedFrame) -> TrueFrame:
    """Compare boxes: left, top, right, bottom of each true person."""
    ids = np.array(sorted(truth), np.int64)
    boxes = np.array([truth[person] for person in sorted(truth)], np.float32).reshape(-1, 4)
    return TrueFrame(ids, _box_overlaps(boxes, parsed), np.ones(len(parsed), np.bool_))


def by_seen_boxes(truth: LabelMap, parsed: ParsedFrame) -> TrueFrame:
    """Compare boxes around what is seen of each true person, shape (H, W), with those of people of whom only boxes are known."""
    numbers, counts = np.unique(truth[truth > 0], return_counts=True)
    enough = counts >= _LEAST_PIXELS
    overlaps = _box_overlaps(boxes_of(truth), parsed)
    of_small, of_others = (overlaps[which].max(axis=0, initial=0.0) for which in (~enough, enough))
    return TrueFrame(
        numbers[enough].astype(np.int64),
        overlaps[enough],
        (of_small < _LEAST_SHARE) | (of_others >= of_small),
    )


def _frame(stream_id: str, index: int, media_time_s: float, image: BgrImage) -> Frame:
    return Frame(
        stream_id=stream_id,
        index=index,
        sample_index=index,
        image=image,
        media_time_s=media_time_s,
        event_time=_START + timedelta(seconds=media_time_s),
        time_source="file",
    )


def parsed_clip(
    name: str, frames: Callable[[], ClipFrames], parser: Callable[[], Sees], cache: Path
) -> ParsedClip:
    """The clip from the cache, or parsed now and put there."""
    path = cache / f"{name}.npz"
    if not path.is_file():
        _parse(frames(), parser(), path)
    with np.load(path) as kept:
        return _read(name, kept)


def _parse(frames: ClipFrames, parser: Sees, path: Path) -> None:
    kept: dict[str, Any] = {}
    times: list[float] = []
    for number, (frame, tell) in enumerate(frames):
        parsed = parser.parse(frame.image)
        truth = tell(parsed)
        times.append(frame.media_time_s)
        _, picture = cv2.imencode(".png", frame.image, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        kept |= {
            f"image {number}": np.asarray(picture, np.uint8),
            f"labels {number}": parsed.labels,
            f"person_ids {number}": parsed.person_ids,
            f"scores {number}": parsed.scores,
            f"boxes {number}": parsed.boxes,
            f"ids {number}": truth.ids,
            f"similarities {number}": truth.similarities,
            f"judged {number}": truth.judged,
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        np.savez_compressed(file, times=np.array(times), **kept)
    part.replace(path)


def _read(name: str, kept: np.lib.npyio.NpzFile) -> ParsedClip:
    frames, truth = [], []
    for number, time_s in enumerate(kept["times"]):
        image = np.asarray(cv2.imdecode(kept[f"image {number}"], cv2.IMREAD_COLOR), np.uint8)
        labels, person_ids, scores, boxes = (
            kept[f"{field} {number}"] for field in ("labels", "person_ids", "scores", "boxes")
        )
        parsed = ParsedFrame(labels, person_ids, scores, boxes)
        frames.append((_frame(name, number, float(time_s), image), parsed))
        told = ("ids", "similarities", "judged")
        truth.append(TrueFrame(*(kept[f"{field} {number}"] for field in told)))
    return ParsedClip(name, tuple(frames), tuple(truth))


def _box_overlaps(boxes: Boxes, parsed: ParsedFrame) -> Similarities:
    """Intersection over union of K true boxes with those of N people."""
    return overlaps_of(boxes, parsed.boxes).astype(np.float64)
