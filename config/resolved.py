"""Shows the settings that hold, each with its origin."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, SecretStr

from config.cameras import CameraSettings
from config.choice import Named
from config.origins import KeyPath
from config.reference import find
from config.settings import Settings
from domain.urls import HIDDEN, shown_location

_ADDRESSES = ("source", "url")


def resolved(settings: Settings) -> str:
    """The settings that hold, as YAML; a comment behind each value says where it comes from. No password is shown.

    Without passwords in it, the text is a configuration that means the same.
    """
    return "\n".join(_section(settings, (), settings)) + "\n"


def _section(model: BaseModel, path: KeyPath, settings: Settings) -> Iterator[str]:
    for name in type(model).model_fields:
        yield from _entry(name, getattr(model, name), (*path, name), settings)


def _entry(name: str, value: Any, path: KeyPath, settings: Settings) -> Iterator[str]:
    indent = "  " * (len(path) - 1)
    if isinstance(value, BaseModel):
        yield f"{indent}{name}:"
        yield from _section(value, path, settings)
    elif isinstance(value, Mapping):
        yield f"{indent}{name}:"
        yield from _components(value, path, settings)
    elif path == ("cameras",) and value:
        yield f"{indent}{name}:"
        for position, camera in enumerate(value):
            yield from _camera(camera, position, settings)
    else:
        value, origin = _effective(name, value, path, settings)
        yield f"{indent}{name}: {_text(name, value)}  # {origin}"


def _components(components: Mapping[str, Any], path: KeyPath, settings: Settings) -> Iterator[str]:
    """Components by name, and which of those that are there by default are left out."""
    for name, component in components.items():
        yield from _entry(name, component, (*path, name), settings)
    key = find(path)
    defaults = key.choice.defaults if key is not None and isinstance(key.choice, Named) else ()
    for name in defaults:
        if name not in components:
            yield f"{'  ' * len(path)}{name}: false  # {settings.origin((*path, name)) or 'default'}"


def _camera(camera: CameraSettings, position: int, settings: Settings) -> Iterator[str]:
    for number, name in enumerate(type(camera).model_fields):
        path = ("cameras", position, name)
        value, origin = _effective(name, getattr(camera, name), path, settings)
        yield f"  {'  ' if number else '- '}{name}: {_text(name, value)}  # {origin}"


def _effective(name: str, value: Any, path: KeyPath, settings: Settings) -> tuple[Any, str]:
    """The value that holds and its origin: a camera takes from `sampling` what it does not say itself."""
    origin = settings.origin(path)
    if path[0] == "cameras" and len(path) == 3 and origin is None:
        if name == "id":
            return value, "made from the source"
        if name in type(settings.sampling).model_fields:
            given = settings.origin(("sampling", name))
            return getattr(settings.sampling, name), f"sampling.{name}, {given or 'default'}"
    return value, origin or "default"


def _text(name: str, value: Any) -> str:
    if isinstance(value, SecretStr):
        value = shown_location(value.get_secret_value()) if name in _ADDRESSES else HIDDEN
    elif isinstance(value, Path):
        value = str(value)
    elif hasattr(value, "isoformat"):
        value = value.isoformat()
    elif isinstance(value, tuple):
        value = list(value)
    dumped = yaml.safe_dump(value, default_flow_style=True, width=1_000_000, allow_unicode=True)
    return dumped.removesuffix("\n").removesuffix("\n...")
