"""`onnx`: a network of the user's own, with the persons from its own masks or from `lite`."""

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from domain.errors import ModelError
from domain.frame import BgrImage, LabelMap
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, ParserInfo, PersonView
from pipeline.checksums import file_sha256, json_sha256
from pipeline.parsers.base import HumanParser
from pipeline.parsers.geometry import PADDING
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.parsers.numbering import numbered
from pipeline.parsers.onnx.card import Card, CardInput, read_card
from pipeline.parsers.onnx.decode import Said, read_outputs
from pipeline.parsers.onnx.settings import OnnxParserSettings
from pipeline.parsers.runtime import LoadedNetwork, RuntimeOptions, Tensor, load_network

MARGIN = 0.1
"""Around a person who is looked at alone, of the box on every side."""

_REACH = 0.05
"""So far from a person's pixels a part may still be theirs, of the person's height."""


class OnnxParser:
    """Parts from the network; persons from its own masks of whole persons, and else from the instance head of `lite`.

    Args:
        settings: Which card, and how to run it.
        parallel: How many calls may run at the same time.
        persons: What tells persons apart in place of `lite`, for tests.

    Raises:
        ModelError: The card or the network is not as it should be; one line for each problem.
    """

    def __init__(
        self, settings: OnnxParserSettings, *, parallel: int = 1, persons: HumanParser | None = None
    ) -> None:
        self._card = read_card(settings.card)
        if settings.precision == "int8":
            raise ModelError(
                "a network of your own is computed as it was exported: set parser.precision to auto"
            )
        path = network_of(self._card, settings.card)
        self._network = open_network(self._card, path, RuntimeOptions.of(settings, parallel=parallel))
        try:
            look(self._network, self._card, np.full((64, 64, 3), 127, np.uint8))
        except ModelError as error:
            raise ModelError(f"{settings.card}: {error}") from None
        self._persons = None
        if self._card.person_class is None:
            shared = {name: getattr(settings, name) for name in ("executor", "precision", "threads")}
            self._persons = persons or LiteParser(LiteSettings(**shared), parallel=parallel)
        told = self._persons.info.checksum if self._persons else ""
        checksum = json_sha256(
            {"network": file_sha256(path), "card": self._card.model_dump(mode="json"), "persons": told}
        )
        self._info = ParserInfo(self._card.name, self._card.version, self._network.precision, checksum)

    @property
    def info(self) -> ParserInfo:
        """Name and version of the card, precision, and the checksum of network, card and whatever tells persons apart."""
        return self._info

    def parse(self, image: BgrImage) -> ParsedFrame:
        """Label one picture, shape (H, W, 3) uint8 BGR. Any thread."""
        if self._persons is None:
            return self._by_itself(image)
        seen = self._persons.parse(image)
        if not len(seen):
            return replace(ParsedFrame.empty(*image.shape[:2]), doubtful=seen.doubtful)
        if self._card.input.shows == "persons":
            return self._one_by_one(image, seen)
        labels = self._parts(image)
        owners = _nearest_person(seen)
        return _joined(labels, owners, seen)

    def _by_itself(self, image: BgrImage) -> ParsedFrame:
        said, shown = look(self._network, self._card, image)
        size = image.shape[0], image.shape[1]
        labels, owners = said.parts(self._card, size, shown), said.owners(size, shown)
        owners[labels == BodyPart.BACKGROUND] = 0
        scores = said.scores if said.scores is not None else np.zeros(0, np.float32)
        return numbered(labels, owners, np.clip(scores, 0, 1))

    def _one_by_one(self, image: BgrImage, seen: ParsedFrame) -> ParsedFrame:
        owners, labels = _nearest_person(seen), np.zeros(image.shape[:2], np.uint8)
        for person in seen.persons():
            window = _around(person, image.shape[:2])
            mine = owners[window] == person.person_id
            parts = self._parts(np.ascontiguousarray(image[window]))
            labels[window][mine] = parts[mine]
        return _joined(labels, owners, seen)

    def _parts(self, image: BgrImage) -> LabelMap:
        said, shown = look(self._network, self._card, image)
        return said.parts(self._card, (image.shape[0], image.shape[1]), shown)


def network_of(card: Card, path: Path) -> Path:
    """The file of the network, which is the one that the card means.

    Raises:
        ModelError: It is missing, or another one.
    """
    file = path.parent / card.network
    if not file.is_file():
        raise ModelError(f"{path}: network: {file}: no such file")
    if card.sha256 is not None and (found := file_sha256(file)) != card.sha256:
        raise ModelError(f"{path}: sha256: {file} has {found}, and the card wants {card.sha256}")
    return file


def open_network(card: Card, path: Path, options: RuntimeOptions) -> LoadedNetwork:
    """Load it.

    Raises:
        ModelError: It is no network, or takes no picture of the size on the card.
    """
    try:
        network = load_network(path, options)
    except ModelError:
        raise ModelError(f"network: {path} is not a network that {options.executor} can read") from None
    wanted = (1, 3, card.input.height, card.input.width)
    shape = network.input_shape
    if len(shape) != 4:
        raise ModelError(f"input: the network takes {_words(shape)}, and a picture is (1, 3, height, width)")
    if any(own not in {None, length} for own, length in zip(shape, wanted, strict=True)):
        raise ModelError(f"input: the network takes {_words(shape)}, and the card says {_words(wanted)}")
    return network


def look(network: LoadedNetwork, card: Card, image: BgrImage) -> tuple[Said, tuple[float, float]]:
    """What the network says of a picture, and how much of its input the picture covers, of height and width.

    Raises:
        ModelError: What it gives is not as the card says.
    """
    tensor, shown = prepared(card.input, image)
    return read_outputs(card, network(tensor)), shown


def prepared(told: CardInput, image: BgrImage) -> tuple[Tensor, tuple[float, float]]:
    """The network's input, shape (1, 3, height, width) float32, and how much of it the picture covers."""
    height, width = told.height, told.width
    rows, columns = height, width
    if told.fit == "pad":
        scale = min(height / image.shape[0], width / image.shape[1])
        rows, columns = (max(1, round(length * scale)) for length in image.shape[:2])
    shrinks = rows < image.shape[0]
    small = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    whole = np.full((height, width, 3), PADDING, np.float32)
    whole[:rows, :columns] = small
    if told.color == "rgb":
        whole = whole[:, :, ::-1]
    normal = (whole * told.scale - np.array(told.mean)) / np.array(told.std)
    tensor = np.ascontiguousarray(normal.transpose(2, 0, 1)[None], np.float32)
    return tensor, (rows / height, columns / width)


def _nearest_person(seen: ParsedFrame) -> LabelMap:
    """Whose each pixel may be: whoever's pixels are nearest, within a part of their height."""
    nobody = (seen.person_ids == 0).astype(np.uint8)
    if nobody.all():
        return np.zeros_like(seen.person_ids)
    distance, places = cv2.distanceTransformWithLabels(nobody, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    table = np.zeros(int(places.max()) + 1, np.uint8)
    mine = nobody == 0
    table[places[mine]] = seen.person_ids[mine]
    owners = table[places]
    reach = np.zeros(256, np.float32)
    reach[1 : len(seen) + 1] = _REACH * (seen.boxes[:, 3] - seen.boxes[:, 1])
    owners[distance > reach[owners]] = 0
    return owners


def _around(person: PersonView, size: tuple[int, ...]) -> tuple[slice, slice]:
    down, across = (MARGIN * (person.bottom - person.top), MARGIN * (person.right - person.left))
    return (
        slice(max(0, int(person.top - down)), min(size[0], math.ceil(person.bottom + down))),
        slice(max(0, int(person.left - across)), min(size[1], math.ceil(person.right + across))),
    )


def _joined(labels: LabelMap, owners: LabelMap, seen: ParsedFrame) -> ParsedFrame:
    owners = owners.copy()
    owners[labels == BodyPart.BACKGROUND] = 0
    # What belongs to nobody is no part of anybody: the network alone cannot tell people from what looks like clothes.
    labels = np.where(owners > 0, labels, 0).astype(np.uint8)
    return replace(numbered(labels, owners, np.clip(seen.scores, 0, 1)), doubtful=seen.doubtful)


def _words(shape: tuple[int | None, ...]) -> str:
    return f"({', '.join('any' if length is None else str(length) for length in shape)})"
