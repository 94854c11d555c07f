"""What may be asked of the `synthetic:` source, as in `synthetic:?persons=4&seconds=30&seed=1&size=768x432&fps=10`."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from domain.errors import SourceError

_SCHEME = "synthetic:"


@dataclass(frozen=True, slots=True)
class SyntheticOptions:
    """What is drawn.

    Attributes:
        persons: How many people come and go, 0 to 200.
        seconds: Length, above 0, at most 86400.
        seed: Who comes, when and where; 0 to 4294967295. The same options draw the same pictures.
        size: Width and height in pixels, each 64 to 4096.
        fps: Frames a second, above 0, at most 120.
    """

    persons: int = 4
    seconds: float = 30.0
    seed: int = 0
    size: tuple[int, int] = (768, 432)
    fps: float = 10.0

    @property
    def frames(self) -> int:
        """How many; at least one."""
        return max(1, math.ceil(self.seconds * self.fps - 1e-9))


def parse_location(location: str) -> SyntheticOptions:
    """Read a `synthetic:` location.

    Raises:
        SourceError: It is none, or has a key or a value that means nothing; the message names it.
    """
    scheme, query = location[: len(_SCHEME)], location[len(_SCHEME) :]
    if scheme != _SCHEME or not (query == "" or query.startswith("?")):
        raise SourceError(
            f"{location}: write synthetic: or synthetic:?KEY=VALUE&..., with the keys {_keys()}"
        )
    values: dict[str, object] = {}
    for key, text in parse_qsl(query[1:], keep_blank_values=True):
        if key not in _READERS:
            raise SourceError(f"{location}: no such key {key}; there are {_keys()}")
        if key in values:
            raise SourceError(f"{location}: {key} is named twice; name it once")
        reader, wanted = _READERS[key]
        value = reader(text)
        if value is None:
            raise SourceError(f"{location}: {key} must be {wanted}, got {text!r}")
        values[key] = value
    return SyntheticOptions(**values)  # type: ignore[arg-type]  # each reader gives its field's type


def _keys() -> str:
    return ", ".join(_READERS)


def _whole(lowest: int, highest: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        if not re.fullmatch(r"[0-9]{1,10}", text):
            return None
        return int(text) if lowest <= int(text) <= highest else None

    return read


def _above_zero(highest: float) -> Callable[[str], float | None]:
    def read(text: str) -> float | None:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
            return None
        return float(text) if 0 < float(text) <= highest else None

    return read


def _size(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"([0-9]{1,4})x([0-9]{1,4})", text)
    if match is None:
        return None
    width, height = int(match[1]), int(match[2])
    return (width, height) if min(width, height) >= 64 and max(width, height) <= 4096 else None


_READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "persons": (_whole(0, 200), "a whole number from 0 to 200"),
    "seconds": (_above_zero(86400), "a number above 0 and at most 86400"),
    "seed": (_whole(0, 2**32 - 1), "a whole number from 0 to 4294967295"),
    "size": (_size, "WIDTHxHEIGHT, each from 64 to 4096"),
    "fps": (_above_zero(120), "a number above 0 and at most 120"),
}
