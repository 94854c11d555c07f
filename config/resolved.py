"""Shows the settings that hold, each with its origin."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, JsonValue, SecretStr

from config.cameras import CameraSettings
from config.choice import Named
from config.component import Component
from config.inheritance import INHERITED
from config.origins import KeyPath, dotted
from config.plain import plain_of, shown_secret
from config.reference import find
from config.settings import Settings


def resolved(settings: Settings) -> str:
    """The settings that hold, as YAML; a comment behind each value says where it comes from. No password is shown.

    Without passwords in it, the text is a configuration that means the same.
    """
    return "\n".join(_section(settings, (), settings)) + "\n"


def without_secrets(settings: Settings) -> dict[str, JsonValue]:
    """The settings that hold, as JSON has them. No password is in them."""
    return plain_of(settings)


def _section(model: BaseModel, path: KeyPath, settings: Settings) -> Iterator[str]:
    for name in type(model).model_fields:
        yield from _entry(name, getattr(model, name), (*path, name), settings)


def _entry(name: str, value: Any, path: KeyPath, settings: Settings) -> Iterator[str]:
    indent = "  " * (len(path) - 1)
    if isinstance(value, BaseModel):
        yield f"{indent}{name}:"
        yield from _section(value, path, settings)
    elif isinstance(value, Mapping) and not value and not _has_choice(path):
        yield f"{indent}{name}: {{}}  # {_origin(path, settings)}"
    elif isinstance(value, Mapping):
        yield f"{indent}{name}:"
        yield from _components(value, path, settings)
    elif path == ("cameras",) and value:
        yield f"{indent}{name}:"
        for position, camera in enumerate(value):
            yield from _camera(camera, position, settings)
    else:
        yield f"{indent}{name}: {_text(name, value)}  # {_origin(path, settings)}"


def _has_choice(path: KeyPath) -> bool:
    key = find(path)
    return key is not None and key.choice is not None


def _components(components: Mapping[str, Any], path: KeyPath, settings: Settings) -> Iterator[str]:
    """Components by name, and which of those that are there by default are left out."""
    for name, component in components.items():
        yield from _entry(name, component, (*path, name), settings)
    key = find(path)
    defaults = key.choice.defaults if key is not None and isinstance(key.choice, Named) else ()
    for name in defaults:
        if name not in components:
            yield f"{'  ' * len(path)}{name}: false  # {_origin((*path, name), settings)}"


def _camera(camera: CameraSettings, position: int, settings: Settings) -> Iterator[str]:
    """One camera; what it takes from the top as a whole is shown there, but for how many pictures are looked at."""
    path: KeyPath = ("cameras", position)
    lines: list[str] = []
    for name in type(camera).model_fields:
        if name == "sampling" or name not in INHERITED or settings.origin((*path, name)):
            lines += _entry(name, getattr(camera, name), (*path, name), settings)
    yield f"  - {lines[0].removeprefix('    ')}"
    yield from lines[1:]


def _origin(path: KeyPath, settings: Settings) -> str:
    """Where a value comes from; a camera takes from the top what it does not say itself."""
    origin = settings.origin(path)
    if origin or path[0] != "cameras" or len(path) < 3:
        return origin or "default"
    position, name = int(path[1]), path[2]
    if name == "id":
        return "made from the source"
    if name in INHERITED:
        return f"{dotted(path[2:])}, {settings.origin(path[2:]) or 'default'}"
    if name != "source":
        return "default"
    source = settings.cameras[position].source
    above: KeyPath = ("sources", source.kind, *path[3:])
    if settings.origin(above):
        return f"{dotted(above)}, {settings.origin(above)}"
    return _from_text(path, source, settings) or "default"


def _from_text(path: KeyPath, source: Component, settings: Settings) -> str | None:
    """The origin of the text that a source was short for, if that is where the value comes from."""
    is_given = path[-1] == "kind" or path[-1] in source.model_fields_set
    return settings.origin(path[:3]) if is_given and len(path) == 4 else None


def _text(name: str, value: Any) -> str:
    if isinstance(value, SecretStr):
        value = shown_secret(name, value)
    elif isinstance(value, Path):
        value = str(value)
    elif hasattr(value, "isoformat"):
        value = value.isoformat()
    elif isinstance(value, tuple):
        value = list(value)
    import yaml  # noqa: PLC0415 - a run shows no settings

    dumped = yaml.safe_dump(value, default_flow_style=True, width=1_000_000, allow_unicode=True)
    return dumped.removesuffix("\n").removesuffix("\n...")
