"""A network's own labels of the tagged photographs, to train the next one on: `python -m training.pseudo_labels WEIGHTS.pt FOLDER`.

Self-training (Lee, 2013) with a check: a photograph's tags say which garments are worn, so everything else is ruled out before the
likeliest class is taken, and what stays unsure is ignored.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch

from domain.errors import OutputError, UsageError
from domain.frame import BgrImage, BoolMask, LabelMap
from domain.labels import BodyPart
from training.labels import CLASSES, IGNORED
from training.learning import computes_in_half
from training.network import LiteNetwork, load_weights
from training.shared import data_folder, read_image, read_labels, split_of

_ALWAYS = (
    BodyPart.BACKGROUND,
    BodyPart.HAIR,
    BodyPart.FACE,
    BodyPart.ARM,
    BodyPart.LEG,
    BodyPart.SHOE,
    BodyPart.TORSO_SKIN,
)  # may be there whatever the tags say
_MEANS = 0.2  # of a tag's pixels must have a class for the tag to allow the class
_ENLARGED = 0.86  # photographs are shown to the network at that part of their size, which suits its training
_MULTIPLE = 32


@dataclass(frozen=True, slots=True)
class Labelled:
    """What became of the photographs.

    Attributes:
        photographs: How many were labelled.
        known: Mean part of their pixels that got a label.
    """

    photographs: int
    known: float


def classes_of_tags(pairs: Iterator[tuple[LabelMap, LabelMap]]) -> dict[int, frozenset[int]]:
    """Which classes each tag allows, from photographs that are labelled in both vocabularies.

    Args:
        pairs: Original labels, whose values are the tags, and the same in `training.labels.CLASSES`; both shape (H, W).
    """
    counts = np.zeros((256, 256), np.int64)
    for tags, classes in pairs:
        if tags.shape == classes.shape:
            np.add.at(counts, (tags.ravel(), classes.ravel()), 1)
    allowed = counts > _MEANS * np.maximum(1, counts.sum(axis=1, keepdims=True))
    return {
        int(tag): frozenset(int(number) for number in np.flatnonzero(allowed[tag, : len(CLASSES)]))
        for tag in np.flatnonzero(counts.sum(axis=1))
    }


def allowed_by(tags: Sequence[int], means: Mapping[int, frozenset[int]]) -> BoolMask:
    """Shape (14,): the classes that a photograph with these tags may show."""
    allowed = np.zeros(len(CLASSES), np.bool_)
    allowed[[CLASSES.index(part) for part in _ALWAYS]] = True
    for tag in tags:
        allowed[list(means.get(tag, ()))] = True
    return allowed


def label(network: LiteNetwork, image: BgrImage, allowed: BoolMask, sure: float) -> LabelMap:
    """The likeliest allowed class of each pixel, IGNORED where it is less likely than `sure`.

    The picture and its mirror image are both looked at and their answers averaged.

    Args:
        network: In evaluation mode.
        image: Shape (H, W, 3) uint8 BGR.
        allowed: Shape (14,).
        sure: 0 to 1.

    Returns:
        Shape (H, W) uint8.
    """
    height, width = image.shape[:2]
    rows, columns = (max(1, round(side * _ENLARGED / _MULTIPLE)) * _MULTIPLE for side in (height, width))
    shown = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    both = np.stack([shown, shown[:, ::-1]]).transpose(0, 3, 1, 2).astype(np.float32)
    device = next(network.parameters()).device
    half = torch.autocast(device.type, torch.bfloat16, enabled=computes_in_half(device.type))
    with torch.inference_mode(), half:
        logits = network(torch.from_numpy(both).to(device)).part_logits.float().cpu().numpy()
    chances = _softmax(np.where(allowed[:, None, None], (logits[0] + logits[1][:, :, ::-1]) / 2, -np.inf))
    sized = cv2.resize(np.ascontiguousarray(chances.transpose(1, 2, 0)), (width, height))
    return np.where(sized.max(axis=2) >= sure, sized.argmax(axis=2), IGNORED).astype(np.uint8)


def _softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=0))
    return np.asarray(powers / powers.sum(axis=0), np.float32)


def label_all(network: LiteNetwork, folder: Path, sure: float = 0.65) -> Labelled:
    """Label every tagged photograph that may be trained on, into `folder/NNNN.png`.

    Raises:
        SourceError: The data folder is not there.
        OutputError: The folder cannot be written.
    """
    data = data_folder() / "ccp"
    tags: dict[str, list[int]] = json.loads((data / "tags.json").read_text(encoding="utf-8"))
    means = classes_of_tags(_labelled_twice(data))
    folder.mkdir(parents=True, exist_ok=True)
    known = []
    for name in sorted(tags):
        if split_of(name) != "training":
            continue
        image = read_image(data / "photos_tagged" / f"{name}.jpg")
        labels = label(network, image, allowed_by(tags[name], means), sure)
        known.append(float(np.mean(labels != IGNORED)))
        if not cv2.imwrite(str(folder / f"{name}.png"), labels):
            raise OutputError(f"{folder / name}.png cannot be written")
    return Labelled(len(known), float(np.mean(known)))


def _labelled_twice(data: Path) -> Iterator[tuple[LabelMap, LabelMap]]:
    for path in sorted((data / "labels59").glob("*.png")):
        other = data / "labels14" / path.name
        if split_of(path.stem) == "training" and other.exists():
            yield read_labels(path), read_labels(other)


def main() -> None:
    """Label."""
    parser = argparse.ArgumentParser(description="Label the tagged photographs with a network")
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sure", type=float, default=0.65, help="least probability of a label")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    chosen = parser.parse_args()
    try:
        done = label_all(load_weights(chosen.weights).to(chosen.device), chosen.folder, chosen.sure)
    except UsageError as error:
        sys.exit(f"error: {error}")
    print(f"{done.photographs} photographs, {done.known:.0%} of their pixels labelled")


if __name__ == "__main__":
    main()
