"""Crops in which nobody is: `python -m training.crops.mining FINDER.pt FOLDER --frames out/nobody`.

A run shows the crop parser what the finder takes for people, so training shows it the same (hard negative mining; Felzenszwalb
et al., 2010): the boxes that a finder gives in places where nobody is, at a threshold lower than that of a run. The places are
shelves, walls of them, backgrounds and the rendered frames without people; none of them is held out. Written are the pictures and
`boxes.json`, which tells the boxes of each.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from domain.errors import OutputError, SourceError, UsageError
from domain.frame import BgrImage
from training.finder.command import add_shape, shape_of
from training.finder.network import FinderNetwork, load_finder
from training.frames import read_frame
from training.learning import computes_in_half
from training.mixing import Mixer, MixOptions
from training.samples import images_of
from training.sources import Sources, load_sources

Box = tuple[float, float, float, float]

_SIZE = (384, 640)
_SEED = 14  # of other places than those of training
_SIZES = ((288, 512), (432, 768), (720, 1280))
_OVERLAP = 0.6  # intersection over union of boxes above which they are one
_LEAST_PX = 2  # of a box's width and height
_MOST = 24  # boxes a picture
_BOXES = "boxes.json"


@dataclass(frozen=True, slots=True)
class HardPlace:
    """A picture without people, and where a finder saw some.

    Attributes:
        path: Of the picture.
        boxes: Left, top, right, bottom in its pixels; one at least.
    """

    path: Path
    boxes: Sequence[Box]


def empty_places(sources: Sources, count: int) -> Iterator[BgrImage]:
    """Every rendered frame without people, and so many shelves and backgrounds of several sizes."""
    for folder, name in sources.frames:
        frame = read_frame(folder, name)
        if not frame.person_ids.any():
            yield frame.image
    mixer = Mixer(sources, MixOptions(photographs=0.0, tall=0.0), _SEED)
    for number in range(count):
        yield mixer.empty(_SIZES[number % len(_SIZES)], np.random.default_rng([_SEED, number]))


def boxes_of(network: FinderNetwork, picture: BgrImage, threshold: float) -> list[Box]:
    """Where the finder sees somebody, the surest first.

    Args:
        network: The finder.
        picture: Shape (H, W, 3) uint8 BGR, wider than high.
        threshold: Least heat, 0 to 1.
    """
    scale = min(_SIZE[0] / picture.shape[0], _SIZE[1] / picture.shape[1])
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    shown = np.full((*_SIZE, 3), 114, np.uint8)
    rows, columns = (round(side * scale) for side in picture.shape[:2])
    shown[:rows, :columns] = cv2.resize(picture, (columns, rows), interpolation=smooth)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=computes_in_half("cpu")):
        found = network(images_of([shown]).contiguous(memory_format=torch.channels_last))
        heat = torch.sigmoid(found.heat_logits.float())[0, 0]
        peaks = (heat == functional.max_pool2d(heat[None], 3, 1, 1)[0]) & (heat >= threshold)
    down, across = np.nonzero(peaks.numpy())
    sides = found.sides.float()[0].numpy()[:, down, across]
    stride = _SIZE[0] // len(heat)
    x, y = (across + 0.5) * stride, (down + 0.5) * stride
    boxes = np.stack([x - sides[0], y - sides[1], x + sides[2], y + sides[3]], axis=1) / scale
    height, width = picture.shape[:2]
    return _apart(np.clip(boxes, 0, [width, height, width, height]), heat.numpy()[down, across])


def _apart(boxes: npt.NDArray[np.floating], heat: npt.NDArray[np.float32]) -> list[Box]:
    sizes = boxes[:, 2:] - boxes[:, :2]
    there = (sizes >= _LEAST_PX).all(axis=1)
    boxes, corners = boxes[there], np.concatenate([boxes[:, :2], sizes], axis=1)[there]
    kept = cv2.dnn.NMSBoxes(corners.tolist(), heat[there].tolist(), 0.0, _OVERLAP)[:_MOST]
    return [tuple(boxes[number].tolist()) for number in kept]


def write(network: FinderNetwork, places: Iterable[BgrImage], folder: Path, threshold: float) -> int:
    """Those places in which the finder sees somebody, and where; how many boxes there are.

    Raises:
        OutputError: The folder cannot be written.
    """
    told: dict[str, list[Box]] = {}
    for number, picture in enumerate(places):
        boxes = boxes_of(network, picture, threshold)
        name = f"{number:05d}.jpg"
        if not boxes:
            continue
        if not cv2.imwrite(str(folder / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 95]):
            raise OutputError(f"{folder} cannot be written")
        told[name] = boxes
    (folder / _BOXES).write_text(json.dumps(told), encoding="utf-8")
    return sum(len(boxes) for boxes in told.values())


def hard_places(folder: Path) -> list[HardPlace]:
    """What `write` wrote.

    Raises:
        SourceError: It wrote nothing there, or nobody was seen anywhere.
    """
    path = folder / _BOXES
    try:
        told: Mapping[str, list[Box]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read; python -m training.crops.mining writes it") from error
    if not told:
        raise SourceError(f"{path}: the finder saw nobody; a lower --threshold gives more")
    return [HardPlace(folder / name, boxes) for name, boxes in sorted(told.items())]


def main() -> None:
    """Mine."""
    parser = argparse.ArgumentParser(description="Write what a finder takes for people where nobody is")
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--frames", type=Path, action="append", default=[], help="folder of rendered frames")
    parser.add_argument("--places", type=int, default=1000, help="shelves and backgrounds to try")
    parser.add_argument("--threshold", type=float, default=0.1, help="least heat that counts as seen")
    add_shape(parser)
    chosen = parser.parse_args()
    try:
        network = load_finder(chosen.weights, shape_of(chosen)).to(memory_format=torch.channels_last)
        sources = load_sources(chosen.frames)
        chosen.folder.mkdir(parents=True, exist_ok=True)
        places = empty_places(sources, chosen.places)
        count = write(network, places, chosen.folder, chosen.threshold)
    except UsageError as error:
        sys.exit(f"error: {error}")
    print(f"{count} boxes in which a finder sees somebody")


if __name__ == "__main__":
    main()
