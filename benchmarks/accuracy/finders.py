"""Whatever finds people in a whole picture, as the finder and its peers do, behind one call."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.errors import ModelError
from domain.frame import BgrImage
from pipeline.finders.base import Found
from pipeline.finders.decode import FindOptions, decode, suppressed
from pipeline.parsers.base import HumanParser
from pipeline.parsers.lite.preprocess import preprocess
from pipeline.parsers.runtime import Network, RuntimeOptions, Tensor, load_network

Find: TypeAlias = Callable[[BgrImage], Found]
"""Who is in a picture, shape (H, W, 3) uint8 BGR."""

_PADDING = 114.0
_STRIDES = (8, 16, 32)
_PEER_SIZE = (448, 768)
_PEER_OVERLAP = 0.5
_PEER_THRESHOLD = 0.4
_EVERYTHING = 0.05  # threshold of an answer from which higher ones can be tried


@dataclass(frozen=True, slots=True)
class Candidate:
    """One finder as it is measured.

    Attributes:
        name: In the tables.
        find: How it is asked; everybody with a score of 0.05 or more.
        threshold: Least score that counts.
    """

    name: str
    find: Find
    threshold: float

    def __call__(self, image: BgrImage) -> Found:
        """Those who count."""
        return above(self.find(image), self.threshold)


def above(found: Found, threshold: float) -> Found:
    """Those with at least that score."""
    return found.only(found.scores >= threshold)


def own_finder(path: Path, area: int | None, precision: str, threads: int) -> Candidate:
    """A network as `training.finder` makes them, with what `weights.json` beside it says.

    Args:
        path: ONNX or IR.
        area: Pixels of the scaled picture; those of the weights if None.
        precision: `fp32`, `bf16`, or `int8` for a quantised one.
        threads: CPU threads.

    Raises:
        ModelError: The network or what is told about it is missing.
    """
    about = path.parent / "weights.json"
    if not about.is_file():
        raise ModelError(f"{about}: no such file; it should hold input_area, threshold and overlap")
    known = json.loads(about.read_text(encoding="utf-8"))
    pixels = area or int(known["input_area"])
    network = _loaded(path, precision, threads)
    options = FindOptions(_EVERYTHING, float(known["overlap"]))

    def find(image: BgrImage) -> Found:
        tensor, geometry = preprocess(image, pixels)
        answer = network(tensor)
        return decode(answer["heat"], answer["sides"], geometry, options)

    return Candidate(f"{path}, {pixels} pixels, {precision}", find, float(known["threshold"]))


def parser_as_finder(parser: HumanParser) -> Candidate:
    """The boxes of a parser's persons."""

    def find(image: BgrImage) -> Found:
        parsed = parser.parse(image)
        return Found(parsed.boxes, parsed.scores)

    return Candidate(f"{parser.info.name} {parser.info.version}, {parser.info.precision}", find, 0.0)


def yolox(path: Path, precision: str, threads: int) -> Candidate:
    """YOLOX (Ge et al., 2021) at 768x448 as a peer: the class `person` of a network that knows the 80 of COCO.

    Raises:
        ModelError: It is no network that the engine can read.
    """
    network = _loaded(path, precision, threads)
    places, strides = _cells()

    def find(image: BgrImage) -> Found:
        tensor, scale = _padded(image)
        (said,) = (rows[0] for rows in network(tensor).values())
        scores = said[:, 4] * said[:, 5]
        centre, half = (said[:, :2] + places) * strides, np.exp(said[:, 2:4]) * strides / 2
        boxes = np.concatenate([centre - half, centre + half], axis=1) / scale
        likely = scores >= _EVERYTHING
        return suppressed(boxes[likely].astype(np.float32), scores[likely], _PEER_OVERLAP)

    return Candidate(f"{path.stem}, {precision}", find, _PEER_THRESHOLD)


def _cells() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Column and row, and stride, of each of its answers."""
    places, strides = [], []
    for stride in _STRIDES:
        rows, columns = (side // stride for side in _PEER_SIZE)
        y, x = np.mgrid[:rows, :columns]
        places.append(np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float64))
        strides.append(np.full((rows * columns, 1), float(stride)))
    return np.concatenate(places), np.concatenate(strides)


def _padded(image: BgrImage) -> tuple[Tensor, float]:
    rows, columns = _PEER_SIZE
    scale = min(rows / image.shape[0], columns / image.shape[1])
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    tensor = np.full((1, 3, rows, columns), _PADDING, np.float32)
    tensor[0, :, : size[1], : size[0]] = cv2.resize(image, size).transpose(2, 0, 1)
    return tensor, scale


def _loaded(path: Path, precision: str, threads: int) -> Network:
    return load_network(path, RuntimeOptions.model_validate({"precision": precision, "threads": threads}))
