"""Every key that there is, read off the models."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.choice import AsAbove, Chosen, Defaults, Named, choice_of
from config.component import Component, Flag
from config.origins import KeyPath, at
from config.settings import Settings

ITEM = "[]"
"""Stands for any position of a list in the path of a key."""

NAME = "NAME"
"""Stands for any name that the user gives to a section among several, in the path of a key."""

PREFIX, DELIMITER = "FOOTFALL_", "__"


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One key of the configuration.

    Attributes:
        path: Way to it, `ITEM` for the items of a list, `NAME` for sections that the user names; in the place of the
            name of a component among several stands its kind.
        field: What pydantic knows of it.
        model: The section or the component that it is a key of.
        section: The model of the section that it holds, or of the items of the list that it holds; None for a plain value. Of a
            component among several by name, the model of the kind that the name stands for.
        choice: What it may hold, if it holds components.
        one_of_several: Whether it is one of the sections of a key that holds several by name.
    """

    path: tuple[str, ...]
    field: FieldInfo
    model: type[BaseModel]
    section: type[BaseModel] | None = None
    choice: Chosen | Named | None = None
    one_of_several: bool = False

    @property
    def several(self) -> bool:
        """Whether it holds sections by names that the user gives."""
        return self.section is not None and not self.one_of_several and _is_mapping(self.field.annotation)

    @property
    def name(self) -> str:
        """As users write it: `cameras[].source`."""
        return ".".join(self.path).replace(f".{ITEM}", ITEM)

    @property
    def is_list(self) -> bool:
        """Whether it holds a list."""
        return _is_list(self.field.annotation)

    @property
    def variable(self) -> str | None:
        """Its environment variable; None within lists, which are given as a whole."""
        return None if ITEM in self.path else PREFIX + DELIMITER.join(self.path).upper()

    @property
    def secret(self) -> bool:
        """Whether the value, or the text that it is short for, may hold a password."""
        if isinstance(self.choice, Chosen) and self.section is None:
            return any(model.text_form for model in self.choice.models().values())
        return SecretStr in plain_types(self.field.annotation)

    @property
    def flag(self) -> Flag | None:
        """The option of `footfall run` that sets it."""
        return next((mark for mark in self.field.metadata if isinstance(mark, Flag)), None)

    @property
    def switch(self) -> Flag | None:
        """The option of `footfall run` that turns the component on or off that stands there by name."""
        is_component = self.section is not None and issubclass(self.section, Component)
        return self.section.switch if is_component else None  # type: ignore[union-attr]  # it is one

    @property
    def as_above(self) -> bool:
        """Whether it is a camera's own of what stands at the top, too, under the same name."""
        marked = any(isinstance(mark, AsAbove) for mark in self.field.metadata)
        return marked and self.path[-1] in self.model.model_fields

    @property
    def tells_kind(self) -> bool:
        """Whether it says which component something is."""
        return self.path[-1] == "kind" and issubclass(self.model, Component)

    @property
    def plain(self) -> bool:
        """Whether it holds a value, and no keys of its own."""
        return self.section is None and self.choice is None


@cache
def keys() -> tuple[Key, ...]:
    """All keys, sections and those of every component included, in the order of the models."""
    return tuple(found for key in _top() for found in _below(key))


def find(path: KeyPath, values: Any = None) -> Key | None:
    """The key at that place; None where there is none.

    Args:
        path: Way to it.
        values: All values that are given: they tell of which kind a component is. Without them it may be of any.
    """
    return _followed(path, values)[0]


def siblings(path: KeyPath, values: Any = None) -> list[str]:
    """Names of the keys that may stand where the last step of that path stands."""
    return list(dict.fromkeys(key.path[-1] for key in inside(path[:-1], values)))


def inside(path: KeyPath, values: Any = None) -> list[Key]:
    """The keys that may stand in the section at that path; where the kind of a component is not known, those of every kind."""
    return _followed(path, values)[1]


def _followed(path: KeyPath, values: Any) -> tuple[Key | None, list[Key]]:
    """What is at the end of a path, and what may stand in it."""
    section, found = None, list(_top())
    for step in path:
        values = at(values, (step,))
        if isinstance(step, int):
            continue
        known = next((key for key in found if key.path[-1] == step), None)
        if known is None and section is not None:
            known = _of_any_name(section, step)
        if known is None:
            return None, []
        section, found = known, _content(known, values)
    return section, found


def _below(key: Key) -> Iterator[Key]:
    yield key
    for found in _content(key, None):
        yield from _below(found)


def _content(key: Key, value: Any) -> list[Key]:
    """What may stand in a key, given what does."""
    if isinstance(key.choice, Named):
        return [_entry(key, key.choice, kind) for kind in key.choice.models()]
    if isinstance(key.choice, Chosen):
        models = key.choice.models()
        kind = _kind(value) or (key.choice.default if key.section or value is not None else None)
        wanted = [models[kind]] if kind and kind in models else list(dict.fromkeys(models.values()))
        return [found for model in wanted for found in _direct(model, key.path)]
    if key.section is None:
        return []
    if key.several:
        return _direct(key.section, (*key.path, NAME))
    return _direct(key.section, (*key.path, ITEM) if _is_list(key.field.annotation) else key.path)


def _of_any_name(section: Key, name: str) -> Key | None:
    """What stands under a name that the user has made up."""
    if isinstance(section.choice, Named):
        return _entry(section, section.choice, name)
    if section.choice is None and section.several:
        return Key((*section.path, NAME), section.field, section.model, section.section, one_of_several=True)
    return None


def _entry(section: Key, several: Named, name: str) -> Key:
    """One of several components by name."""
    model = several.models().get(name)
    choice = Chosen(several.group, name if model else None)
    return Key((*section.path, name), section.field, section.model, model, choice)


def _kind(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, Mapping) else None
    return kind if isinstance(kind, str) else None


@cache
def _top() -> tuple[Key, ...]:
    return tuple(_direct(Settings, ()))


def _direct(model: type[BaseModel], path: tuple[str, ...]) -> list[Key]:
    """The keys of a section, without what is in them."""
    found = []
    for name, field in model.model_fields.items():
        choice = choice_of(field)
        section = None if choice else _section(field)
        found.append(Key((*path, name), field, model, section, choice))
    return found


def _section(field: FieldInfo) -> type[BaseModel] | None:
    defaults = next((mark for mark in field.metadata if isinstance(mark, Defaults)), None)
    if defaults is not None:
        return defaults.model()
    return next((kind for kind in plain_types(field.annotation) if issubclass(kind, BaseModel)), None)


def _is_list(annotation: Any) -> bool:
    return get_origin(_bare(annotation)) is tuple


def _is_mapping(annotation: Any) -> bool:
    return get_origin(_bare(annotation)) is Mapping


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def plain_types(annotation: Any) -> list[type]:
    """The classes that an annotation is made of, unions, lists and metadata taken apart."""
    bare = _bare(annotation)
    if get_origin(bare) is Mapping:
        return plain_types(get_args(bare)[1])
    if get_origin(bare) in (Union, types.UnionType, tuple):
        return [kind for argument in get_args(bare) for kind in plain_types(argument)]
    return [bare] if isinstance(bare, type) else []
