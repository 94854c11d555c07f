"""Keys that are called otherwise now: the old names are still read, and said to be old."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.origins import KeyPath, Layer, at, dotted, without
from config.reference import ITEM, find

RENAMED: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("parser", "name"): ("parser", "kind"),
    ("parser", "m2fp_short_edge"): ("parser", "short_edge"),
    ("parser", "m2fp_tiles"): ("parser", "tiles"),
    ("sampling", "sample_fps"): ("sampling", "fps"),
    ("cameras", ITEM, "sample_fps"): ("cameras", ITEM, "sampling", "fps"),
    ("cameras", ITEM, "keyframes_only"): ("cameras", ITEM, "sampling", "keyframes_only"),
    ("cameras", ITEM, "recorded_at"): ("cameras", ITEM, "source", "recorded_at"),
    ("cameras", ITEM, "must_start"): ("cameras", ITEM, "source", "must_start"),
    ("rtsp",): ("sources", "rtsp"),
    ("tracking",): ("tracker",),
    ("analytics", "windows_s"): ("analytics", "windows", "lengths_s"),
    ("analytics", "allowed_lateness_s"): ("analytics", "observation", "allowed_lateness_s"),
    ("analytics", "min_visit_frames"): ("analytics", "visits", "min_visit_frames"),
    ("analytics", "min_visit_s"): ("analytics", "visits", "min_visit_s"),
    ("analytics", "min_presence"): ("analytics", "visits", "min_presence"),
    ("analytics", "min_person_pixels"): ("analytics", "observation", "min_person_pixels"),
    ("analytics", "min_garment_pixels"): ("analytics", "observation", "min_garment_pixels"),
    ("analytics", "min_garment_share"): ("analytics", "observation", "min_garment_share"),
    ("sql",): ("sinks", "sql"),
    ("kafka",): ("sinks", "kafka"),
    ("output", "overlay"): ("pictures", "overlay"),
    ("output", "masks"): ("pictures", "masks"),
}
"""Every old key, and the one that took its place. A section stands for all the keys in it."""


def is_old(path: KeyPath) -> bool:
    """Whether it is an old key, a section that holds nothing but old keys, or a key in a section that moved."""
    return any(old[: len(path)] == path or path[: len(old)] == old for old in RENAMED)


def with_new_names(layer: Layer) -> tuple[Layer, list[str]]:
    """The same values under the names of now.

    Returns:
        The values, and one line for each old key that was given. Where old and new are both given, the new one holds.
    """
    copied = without(layer, ())
    values, origins = copied.values, dict(copied.origins)
    notices = []
    for old, new in RENAMED.items():
        for place in list(_places(old, values)):
            target = _target(new, place)
            inside = at(values, place)
            ends: list[KeyPath] = [(key,) for key in inside] if isinstance(inside, dict) else [()]
            for end in ends or [()]:
                origin = origins.get((*place, *end), origins[place])
                notices.append(f"{dotted((*place, *end))} ({origin}) is now called {dotted((*target, *end))}")
            _move(values, origins, place, target)
    return Layer(values, origins), notices


def _places(pattern: tuple[str, ...], values: Any, above: KeyPath = ()) -> Iterator[KeyPath]:
    """Where an old key is given."""
    if not pattern:
        yield above
    elif pattern[0] == ITEM:
        for position, item in enumerate(values if isinstance(values, list) else ()):
            yield from _places(pattern[1:], item, (*above, position))
    elif isinstance(values, Mapping) and pattern[0] in values:
        yield from _places(pattern[1:], values[pattern[0]], (*above, pattern[0]))


def _target(new: tuple[str, ...], place: KeyPath) -> KeyPath:
    positions = [step for step in place if isinstance(step, int)]
    return tuple(positions.pop(0) if step == ITEM else step for step in new)


def _move(values: Any, origins: dict[KeyPath, str], old: KeyPath, new: KeyPath) -> None:
    value = at(values, old[:-1]).pop(old[-1])
    moved = {path: origins.pop(path) for path in list(origins) if path[: len(old)] == old}
    _forget_empty(values, origins, old[:-1])
    if value is None:
        return
    section = values
    for end in range(1, len(new)):
        origins.setdefault(new[:end], moved[old])
        section = _section(section, new[:end], values)
        if section is None:
            return
    if not isinstance(section, dict):
        return
    if isinstance(section.get(new[-1]), dict) and isinstance(value, dict):
        value = {**value, **section[new[-1]]}
    elif new[-1] in section:
        return
    section[new[-1]] = value
    for path, origin in moved.items():
        origins.setdefault((*new, *path[len(old) :]), origin)


def _forget_empty(values: Any, origins: dict[KeyPath, str], path: KeyPath) -> None:
    """A section of which every key has moved was never there."""
    if path and isinstance(path[-1], str) and at(values, path) == {} and find(path) is None:
        del at(values, path[:-1])[path[-1]]
        origins.pop(path, None)


def _section(section: Any, path: KeyPath, values: Any) -> Any:
    """The section at the end of that path, made where it is missing; None where something else stands there."""
    step = path[-1]
    if isinstance(section, list):
        return at(section, (step,)) if isinstance(step, int) else None
    if isinstance(section.get(step), str):
        section[step] = _written_out(section[step], path, values)
    if section.get(step) is None:
        section[step] = {}
    return section[step] if isinstance(section[step], dict | list) else None


def _written_out(text: str, path: KeyPath, values: Any) -> Any:
    """The keys that a text is short for, so that others can stand beside them."""
    key = find(path, values)
    try:
        return dict(key.choice.normalized(text)) if key and key.choice else text
    except ValueError:
        return text
