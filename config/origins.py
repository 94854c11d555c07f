"""Which value came from where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Way to a value: keys of mappings and positions in lists."""


def dotted(path: KeyPath) -> str:
    """As users write it: `cameras[1].sample_fps`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".")


@dataclass(frozen=True, slots=True)
class Origins:
    """Where values came from, in words such as `footfall.yaml:12`."""

    words: Mapping[KeyPath, str] = field(default_factory=dict)

    def of(self, path: KeyPath) -> str | None:
        """Origin of that value, or of the list or section that it stands in; None for a default."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.words:
                return self.words[path[:length]]
        return None

    def exactly(self, path: KeyPath) -> str | None:
        """Origin of that very value; None where it was not given."""
        return self.words.get(path)


@dataclass(frozen=True, slots=True)
class Layer:
    """Values from one place, with their origins."""

    values: Mapping[str, Any]
    origins: Origins


def merged(layers: list[Layer]) -> Layer:
    """One layer out of many: a later one wins; sections are merged key by key, lists and plain values are replaced as a whole."""
    values: dict[str, Any] = {}
    origins: dict[KeyPath, str] = {}
    for layer in layers:
        _lay_over(values, layer.values, (), origins)
        origins.update(layer.origins.words)
    return Layer(values, Origins(origins))


def _lay_over(
    below: dict[str, Any], above: Mapping[str, Any], path: KeyPath, origins: dict[KeyPath, str]
) -> None:
    for key, value in above.items():
        here = (*path, key)
        if isinstance(value, Mapping):
            if not isinstance(below.get(key), dict):
                _forget(origins, here)
                below[key] = {}
            _lay_over(below[key], value, here, origins)
        else:
            _forget(origins, here)
            below[key] = value


def _forget(origins: dict[KeyPath, str], path: KeyPath) -> None:
    for known in [known for known in origins if known[: len(path)] == path]:
        del origins[known]
