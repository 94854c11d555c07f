"""Every key that there is, read off the models."""

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.origins import KeyPath
from config.settings import Settings

ITEM = "[]"
"""Stands for any position of a list in the path of a key."""

PREFIX = "FOOTFALL_"


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One key of the configuration.

    Attributes:
        path: Way to it, `ITEM` for the items of a list.
        field: What pydantic knows of it.
        section: The model of the section that it holds, or of the items of the list that it holds; None for a plain value.
    """

    path: tuple[str, ...]
    field: FieldInfo
    section: type[BaseModel] | None

    @property
    def name(self) -> str:
        """As users write it: `cameras[].source`."""
        return ".".join(self.path).replace(f".{ITEM}", ITEM)

    @property
    def variable(self) -> str | None:
        """Its environment variable; None within lists, which are given as a whole."""
        return None if ITEM in self.path else PREFIX + "__".join(self.path).upper()

    @property
    def secret(self) -> bool:
        """Whether the value may hold a password."""
        return SecretStr in _plain_types(self.field.annotation)


@cache
def keys() -> tuple[Key, ...]:
    """All keys, sections included, in the order of the models."""
    return tuple(_walk(Settings, ()))


@cache
def _by_path() -> dict[tuple[str, ...], Key]:
    return {key.path: key for key in keys()}


def find(path: KeyPath) -> Key | None:
    """The key at that place; None where there is none."""
    return _by_path().get(tuple(ITEM if isinstance(step, int) else step for step in path))


def siblings(path: KeyPath) -> list[str]:
    """Names of the keys that may stand where the last step of that path stands."""
    above = tuple(ITEM if isinstance(step, int) else step for step in path[:-1])
    return [key.path[-1] for key in keys() if key.path[:-1] == above]


def _walk(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[Key]:
    for name, field in model.model_fields.items():
        here = (*path, name)
        section = next((kind for kind in _plain_types(field.annotation) if issubclass(kind, BaseModel)), None)
        yield Key(here, field, section)
        if section is not None:
            yield from _walk(section, (*here, ITEM) if _is_list(field.annotation) else here)


def _is_list(annotation: Any) -> bool:
    return get_origin(_bare(annotation)) is tuple


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _plain_types(annotation: Any) -> list[type]:
    """The classes that an annotation is made of, unions, lists and metadata taken apart."""
    bare = _bare(annotation)
    if get_origin(bare) in (Union, types.UnionType, tuple):
        return [kind for argument in get_args(bare) for kind in _plain_types(argument)]
    return [bare] if isinstance(bare, type) else []
