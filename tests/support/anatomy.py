"""What an object holds, down to plain values, to compare two of them attribute by attribute."""

from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import numpy as np
from pydantic import BaseModel

_LOCK = type(Lock())


def anatomy(thing: Any) -> Any:
    """Everything inside an object as plain values that compare, each with its type, mappings in their order.

    Raises:
        TypeError: It holds something that is no plain value, such as a function; the message says where.
    """
    return _anatomy(thing, type(thing).__name__)


def _anatomy(thing: Any, where: str) -> Any:
    if thing is None or isinstance(
        thing, bool | int | float | str | bytes | datetime | timedelta | BaseModel
    ):
        return type(thing), thing
    if isinstance(thing, np.ndarray):
        return type(thing), thing.dtype, thing.tolist()
    if isinstance(thing, dict):
        items = [
            (_anatomy(key, f"{where}, a key"), _anatomy(value, f"{where}[{key!r}]"))
            for key, value in thing.items()
        ]
        return dict, items
    if isinstance(thing, list | tuple):
        return type(thing), [_anatomy(item, f"{where}[{i}]") for i, item in enumerate(thing)]
    if isinstance(thing, set | frozenset):
        return type(thing), sorted(repr(_anatomy(item, where)) for item in thing)
    names = attributes(thing)
    if callable(thing) or not (names or isinstance(thing, _LOCK)):
        raise TypeError(f"{where} is no plain value: {thing!r}")
    return type(thing), [(name, _anatomy(getattr(thing, name), f"{where}.{name}")) for name in names]


def attributes(thing: Any) -> list[str]:
    """Names of what an object holds."""
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    return sorted({*getattr(thing, "__dict__", {}), *slots} - {"__dict__", "__weakref__"})
