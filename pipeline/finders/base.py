"""What a finder is, as law, and what the settings of one are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import Field

from config.component import Component
from config.quantities import FewSeconds
from domain.frame import BgrImage, Boxes
from domain.parsing import Scores
from pipeline.parsers.base import InferenceOptions


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Who was found in a picture, the surest first.

    Attributes:
        boxes: Shape (N, 4) float32: around what is seen of each person, in pixels of the picture.
        scores: Shape (N,) float32, 0 to 1.
        odds: Shape (N,) float32: what the scores say of whether somebody is there, as log odds, beside what a crop says; 0 where
            a crop that is just clear enough decides. None from a finder whose scores were not measured so.
    """

    boxes: Boxes
    scores: Scores
    odds: Scores | None = None

    def __len__(self) -> int:
        """How many."""
        return len(self.scores)

    def only(self, kept: npt.NDArray[np.bool_] | Sequence[int] | slice) -> "Found":
        """Those alone, by number or by whether."""
        chosen = kept if isinstance(kept, np.ndarray | slice) else list(kept)
        odds = None if self.odds is None else self.odds[chosen]
        return Found(self.boxes[chosen], self.scores[chosen], odds)


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
        suited: The kind that suits the parser, for who leaves it to that.
    """

    streams: int = 1
    inference: InferenceOptions = field(default_factory=InferenceOptions)
    suited: str = "none"


class FinderSettings(Component):
    """Base of the settings of every finder."""

    group: ClassVar[str] = "footfall.finders"

    rest_s: FewSeconds = Field(
        default=1.0,
        description="While nothing in the picture moves, the finder rests for so long at most, and whom it found before is there "
        "still; with `parser.views: every` it rests only where nobody is; with 0 it looks at every frame",
    )

    def build(self, context: FinderContext) -> PersonFinder | None:
        """Load it; None is for who wants none.

        Raises:
            ModelError: Its network is missing, damaged or none that it can decode.
            MissingExtra: A library that it needs is not installed.
        """
        raise NotImplementedError
