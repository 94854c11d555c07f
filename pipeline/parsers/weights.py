"""What `footfall models` asks of a parser: where its weights come from, whether they are whole, how they are made smaller."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from domain.errors import ModelError

QUANTIZED_FRAMES = 80
"""Enough to calibrate on and to check, where nothing is said."""

LEAST_AGREEMENT = 0.95
"""Share of the persons' pixels that must be labelled as before, where nothing is said."""

Say: TypeAlias = Callable[[str], None]
"""Tells the user one line."""


@dataclass(frozen=True, slots=True)
class Quantizing:
    """How to make an int8 network.

    Attributes:
        clip: A recording from where it will be used, with people in it.
        frames: So many are taken, evenly; every fourth is not calibrated on but checked.
        short_edge: Shorter edge of what the network will see, pixels, if the parser has a choice; None for the parser's own.
        least_agreement: It is kept if so much of the persons' pixels is labelled as before, 0 to 1.
    """

    clip: Path
    frames: int = QUANTIZED_FRAMES
    short_edge: int | None = None
    least_agreement: float = LEAST_AGREEMENT


class ParserWeights:
    """The weights of one kind of parser. This base is for those that come with the parser's own package.

    Args:
        kind: Of the parser.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind

    @property
    def terms(self) -> str | None:
        """What a user must agree to before they are fetched; None where there is nothing to agree to."""
        return None

    @property
    def about(self) -> str:
        """What the parser is, in a line."""
        return f"the parser {self.kind} of another package"

    @property
    def licence(self) -> str | None:
        """Under which terms the weights may be used, in one line; None where it is not known."""
        return None

    def listed(self) -> list[str]:
        """What is there, one line each."""
        return []

    def fetch(self, source: Path | None, say: Say) -> None:
        """Get them, from a file or folder instead of a download if one is named.

        Raises:
            ModelError: They cannot be had, or come with the parser.
        """
        del source, say
        raise ModelError(f"{self.kind} comes with its weights: there is nothing to fetch")

    def verify(self, say: Say) -> None:
        """Check every file.

        Raises:
            ModelError: One is missing or damaged, or the parser has none to check.
        """
        del say
        raise ModelError(f"{self.kind} has no files that could be checked")

    def measure(self, folder: Path, limit: int | None, say: Say) -> None:
        """Measure how well it parses the validation pictures of CIHP in a folder, or the first of them.

        Raises:
            ModelError: It is not measured so.
        """
        del folder, limit, say
        raise ModelError(f"{self.kind} is not measured on CIHP: leave --on out")

    def quantize(self, wish: Quantizing, say: Say) -> None:
        """Make an int8 network.

        Raises:
            ModelError: It cannot be made, or does not agree well enough and was not kept.
        """
        del wish, say
        raise ModelError(f"{self.kind} cannot be quantized")

    def remove(self, say: Say) -> None:
        """Delete what was fetched.

        Raises:
            ModelError: Nothing is ever fetched.
        """
        del say
        raise ModelError(f"{self.kind} comes with its weights: there is nothing to remove")
