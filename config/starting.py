"""A settings file to begin with: every key with its default, commented out, and what it is for."""

from collections.abc import Iterator
from typing import Any

import yaml
from pydantic_core import PydanticUndefined

from config.choice import Chosen, Named
from config.reference import ITEM, Key, inside, keys

_HEAD = """\
# Settings of Footfall: footfall run --config FILE; footfall check-config FILE says what holds and where it comes from.
# What is commented out is as it is by default. Every key: docs/configuration.md. For an editor: footfall config schema.

cameras:
  - source: "synthetic:" # a file, a folder of images, rtsp://USER:PASSWORD@HOST/PATH, or synthetic: for drawn people
    #id: door
    #sampling: {fps: 8} # also tracker and analytics: what differs for this camera

"""


def starting_file() -> str:
    """As YAML; it loads as it is, and its keys may be uncommented one by one."""
    top = [key for key in keys() if len(key.path) == 1 and key.path != ("cameras",)]
    return _HEAD + "\n".join(line for key in top for line in _lines(key, ""))


def _lines(key: Key, indent: str) -> Iterator[str]:
    if isinstance(key.choice, Chosen) and key.choice.optional:
        yield from (*_value(key, indent), "")
        return
    if key.plain or (key.is_list and key.choice is None):
        yield from _value(key, indent)
        return
    yield f"{indent}# {_about(key)}"
    yield f"{indent}#{key.path[-1]}:"
    yield from _content(key, indent + "  ")
    if not indent:
        yield ""


def _content(key: Key, indent: str) -> Iterator[str]:
    if isinstance(key.choice, Named):
        for entry in inside(key.path):
            if entry.path[-1] in key.choice.defaults:
                yield from _entry(entry, indent)
            else:
                yield f"{indent}# {entry.path[-1]}: {_about(entry)}"
        return
    if isinstance(key.choice, Chosen) and key.choice.default and key.section is None:
        kinds = ", ".join(kind for kind in key.choice.models())
        yield f"{indent}#kind: {key.choice.default} # {kinds}"
    found = inside(key.path, _of_default(key))
    for inner in found:
        if not inner.tells_kind and ITEM not in inner.path:
            yield from _lines(inner, indent)


def _entry(entry: Key, indent: str) -> Iterator[str]:
    """A component that is there by default."""
    content = list(_content(entry, indent + "  "))
    yield f"{indent}# {_about(entry)}"
    yield f"{indent}#{entry.path[-1]}:" + ("" if content else " true")
    yield from content


def _of_default(key: Key) -> Any:
    """Values that say which kind stands there, so that only its keys are listed."""
    made: Any = (
        {"kind": key.choice.default} if isinstance(key.choice, Chosen) and key.choice.default else None
    )
    for step in reversed(key.path):
        made = {step: made}
    return made


def _value(key: Key, indent: str) -> Iterator[str]:
    default = key.field.default
    yield f"{indent}# {key.field.description}"
    shown = "" if default is PydanticUndefined else _yaml(default)
    yield f"{indent}#{key.path[-1]}: {shown}".rstrip()


def _yaml(value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    plain = plain if isinstance(plain, bool | int | float | str | list | None) else str(plain)
    return yaml.safe_dump(plain, default_flow_style=True).removesuffix("\n").removesuffix("\n...")


def _about(key: Key) -> str:
    words = ((key.section.__doc__ if key.section else None) or f"{key.field.description}.").strip()
    return words.splitlines()[0]
