"""Which value came from where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Way to a value: keys of sections and positions in lists."""


def dotted(path: KeyPath) -> str:
    """As users write it: `cameras[1].sample_fps`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{_shown(step)}" for step in path)
    return words.removeprefix(".")


def _shown(key: str) -> str:
    """A key; an address that stands in the place of one, as in `cameras: {rtsp://user:password@camera: ...}`, is hidden."""
    return "(hidden)" if "@" in key or "://" in key else key


@dataclass(frozen=True, slots=True)
class Origins:
    """Where each given value came from, in words such as `footfall.yaml:12`; a default has none."""

    words: Mapping[KeyPath, str] = field(default_factory=dict)

    def exactly(self, path: KeyPath) -> str | None:
        """Origin of that very value; None where it was not given."""
        return self.words.get(path)

    def nearest(self, path: KeyPath) -> str | None:
        """Origin of that value or else of the list or section that it belongs in."""
        return next(
            (self.words[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.words), None
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """Values from one place. Every value, every section and every item of a list has its origin."""

    values: Mapping[str, Any]
    origins: Mapping[KeyPath, str]


def all_from(value: Any, path: KeyPath, origin: str) -> dict[KeyPath, str]:
    """The same origin for a value and for everything in it."""
    words = {path: origin}
    items: Sequence[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        items = list(value.items())
    elif isinstance(value, list | tuple):
        items = list(enumerate(value))
    for step, item in items:
        words |= all_from(item, (*path, step), origin)
    return words


def nested(path: KeyPath, value: Any) -> dict[str, Any]:
    """Sections within sections, and the value at the end of that way."""
    for step in reversed(path):
        value = {step: value}
    made: dict[str, Any] = value
    return made


def at(values: Any, path: KeyPath) -> Any:
    """What stands there; None where nothing does."""
    for step in path:
        if isinstance(values, Mapping):
            values = values.get(step)
        elif isinstance(values, list | tuple) and isinstance(step, int) and step < len(values):
            values = values[step]
        else:
            return None
    return values


def without(layer: Layer, paths: Sequence[KeyPath]) -> Layer:
    """The same without what stands in those places."""

    def kept(value: Any, here: KeyPath) -> Any:
        if isinstance(value, Mapping):
            return {key: kept(item, (*here, key)) for key, item in value.items() if (*here, key) not in paths}
        if isinstance(value, list | tuple):
            return [kept(item, (*here, position)) for position, item in enumerate(value)]
        return value

    origins = {
        known: words
        for known, words in layer.origins.items()
        if not any(known[: len(path)] == path for path in paths)
    }
    return Layer(kept(layer.values, ()), origins)


def merged(layers: Sequence[Layer]) -> Layer:
    """Make one of many: a later layer wins; sections are merged key by key, lists and plain values replaced as a whole."""
    values: dict[str, Any] = {}
    origins: dict[KeyPath, str] = {}
    for layer in layers:
        _lay_over(values, origins, layer, layer.values, ())
    return Layer(values, origins)


def _lay_over(
    below: dict[str, Any], origins: dict[KeyPath, str], layer: Layer, above: Mapping[str, Any], path: KeyPath
) -> None:
    for key, value in above.items():
        here = (*path, key)
        if isinstance(value, Mapping) and isinstance(below.get(key), dict):
            _lay_over(below[key], origins, layer, value, here)
            continue
        if isinstance(value, Mapping) and below.get(key) is not None:
            # A plain value where a section belongs stays, to be refused with its origin.
            continue
        for known in [known for known in origins if known[: len(here)] == here]:
            del origins[known]
        if isinstance(value, Mapping):
            below[key] = {}
            origins[here] = layer.origins[here]
            _lay_over(below[key], origins, layer, value, here)
        else:
            below[key] = value
            origins |= {known: words for known, words in layer.origins.items() if known[: len(here)] == here}
