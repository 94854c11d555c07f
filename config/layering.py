"""Lays what is given in one place over what is given in another; components are chosen, switched on and off, and short for more."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from config.choice import Chosen, Named
from config.component import is_off, is_on
from config.origins import KeyPath, Layer, at, merged, without
from config.reference import Key, find, siblings


def laid(layers: Sequence[Layer]) -> Layer:
    """Make one layer of many; later ones win.

    Where a layer chooses another kind of component than those below it, the keys that only the other kind has are gone. A component
    that is only switched on keeps the keys that were given below; one that is given keys is switched on.
    """
    below = Layer({}, {})
    for layer in map(_written_out, layers):
        kept = without(below, [*_of_other_kinds(below, layer), *_switches(below, layer)])
        below = merged([kept, without(layer, list(_needless(below, layer)))])
    return below


def _of_other_kinds(below: Layer, above: Layer) -> Iterator[KeyPath]:
    for path, section in _components(above.values):
        new, old = at(above.values, path), at(below.values, path)
        models = section.choice.models() if section.choice else {}
        if isinstance(new, Mapping) and isinstance(old, Mapping) and new.get("kind") in models:
            fields = models[new["kind"]].model_fields
            # What no kind has stays, to be refused.
            known = siblings((*path, ""), below.values)
            yield from ((*path, name) for name in old if name not in fields and name in known)


def _switches(below: Layer, above: Layer) -> Iterator[KeyPath]:
    for path, _ in _components(above.values):
        old = at(below.values, path)
        was_switched = path in below.origins and (is_on(old) or is_off(old))
        if isinstance(at(above.values, path), Mapping) and was_switched:
            yield path


def _needless(below: Layer, above: Layer) -> Iterator[KeyPath]:
    for path, _ in _components(above.values):
        if is_on(at(above.values, path)) and isinstance(at(below.values, path), Mapping):
            yield path


def _written_out(layer: Layer) -> Layer:
    """Texts that are short for the keys of a component become these keys."""
    values, origins = dict(layer.values), dict(layer.origins)
    for path, section in _components(layer.values):
        text = at(values, path)
        name = str(path[0])
        if isinstance(text, str) and len(path) == 1 and section.choice is not None:
            values[name] = _short_for(section.choice, text)
            if isinstance(values[name], Mapping):
                origins |= {(name, key): origins[path] for key in values[name]}
    return Layer(values, origins)


def _short_for(choice: Chosen | Named, text: str) -> Any:
    try:
        return choice.normalized(text)
    except ValueError:
        return text


def _components(values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Key]]:
    """Where components may be given, outside of lists."""
    for name, value in values.items():
        key = find((name,), values)
        if key is not None and isinstance(key.choice, Chosen):
            yield (name,), key
        elif key is not None and isinstance(key.choice, Named) and isinstance(value, Mapping):
            for each in value:
                entry = find((name, each), values)
                if entry is not None:
                    yield (name, each), entry
