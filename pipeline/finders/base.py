"""What a finder is, as law, and what the settings of one are."""

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from config.component import Component
from domain.frame import BgrImage, Boxes
from domain.parsing import Scores
from pipeline.parsers.base import InferenceOptions


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Who was found in a picture, the surest first.

    Attributes:
        boxes: Shape (N, 4) float32: around what is seen of each person, in pixels of the picture.
        scores: Shape (N,) float32, 0 to 1.
    """

    boxes: Boxes
    scores: Scores

    def __len__(self) -> int:
        """How many."""
        return len(self.scores)


@dataclass(frozen=True, slots=True)
class FinderInfo:
    """Which finder it is; the same three find the same persons.

    Attributes:
        name: Of the network.
        version: Of its weights.
        checksum: SHA-256 of what makes the numbers; empty where there is none.
    """

    name: str
    version: str
    checksum: str = ""


class PersonFinder(Protocol):
    """Finds every person of a picture, as a box around what is seen of each."""

    @property
    def info(self) -> FinderInfo:
        """Name and version."""
        ...

    def find(self, image: BgrImage) -> Found:
        """Look at one picture of shape (H, W, 3) uint8 BGR, any size. Blocks for the time of one inference. Any thread.

        No box is empty, and none reaches beyond the picture.
        """
        ...


@dataclass(frozen=True, slots=True)
class FinderContext:
    """What a finder is built for.

    Attributes:
        streams: How many streams will call it at the same time.
        inference: How its network is computed: as that of the parser.
    """

    streams: int = 1
    inference: InferenceOptions = field(default_factory=InferenceOptions)


class FinderSettings(Component):
    """Base of the settings of every finder."""

    group: ClassVar[str] = "footfall.finders"

    def build(self, context: FinderContext) -> PersonFinder | None:
        """Load it; None is for who wants none.

        Raises:
            ModelError: Its network is missing, damaged or none that it can decode.
            MissingExtra: A library that it needs is not installed.
        """
        raise NotImplementedError
