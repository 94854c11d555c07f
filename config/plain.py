"""Settings as what JSON has, to be written down: no password is in it, and every text can be encoded."""

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, JsonValue, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from domain.names import shown_name
from domain.urls import HIDDEN, shown_location

_ADDRESSES = ("url",)
"""Keys whose value is shown but for what is secret in it; other secrets are not shown at all."""


def plain_of(model: BaseModel, wanted: Callable[[FieldInfo], bool] = lambda _: True) -> dict[str, JsonValue]:
    """The fields of a model that are wanted, here and in the models inside it."""
    return {
        name: _plain(name, getattr(model, name), wanted)
        for name, field in type(model).model_fields.items()
        if wanted(field)
    }


def shown_secret(name: str, secret: SecretStr) -> str:
    """What is shown of the value of that key."""
    return shown_location(secret.get_secret_value()) if name in _ADDRESSES else HIDDEN


def _plain(name: str, value: Any, wanted: Callable[[FieldInfo], bool]) -> JsonValue:
    if isinstance(value, BaseModel):
        return plain_of(value, wanted)
    if isinstance(value, Mapping):
        return {str(key): _plain(str(key), item, wanted) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(name, item, wanted) for item in value]
    if isinstance(value, SecretStr):
        return shown_name(shown_secret(name, value))
    if isinstance(value, PurePath | str):
        return shown_name(value)
    plain: JsonValue = to_jsonable_python(value)
    return plain
