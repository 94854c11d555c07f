"""Addresses that stand in a file, named as `@FILE`: so they are neither in the process list nor in the history of a shell."""

import os
from pathlib import Path
from typing import Any

from config.small_files import read_small
from domain.names import shown_name

_LARGEST = 1 << 16


def names_file(text: str) -> bool:
    """Whether text is `@FILE`. What begins with `@` and is itself the name of something is that thing: a path is a path."""
    return text.startswith("@") and len(text) > 1 and not os.path.lexists(text)


def addresses_in(text: str) -> list[str]:
    """Every line of that `@FILE` but empty ones and those that begin with `#`.

    Raises:
        ValueError: It cannot be read, is no UTF-8, or holds no line. The message names the file and quotes nothing of it.
    """
    file = Path(text[1:])
    try:
        content = read_small(file, _LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"names {shown_name(file)}, which is no UTF-8 text") from None
    except ValueError as error:
        raise ValueError(f"names {shown_name(file)}, which cannot be read: {error}") from None
    lines = [line.strip() for line in content.split("\n")]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise ValueError(f"names {shown_name(file)}, which holds no address")
    return found


def from_file(value: Any) -> Any:
    """The one address that an `@FILE` holds; any other value as it is.

    Raises:
        ValueError: As `addresses_in`, or it holds several.
    """
    if not isinstance(value, str) or not names_file(value):
        return value
    found = addresses_in(value)
    if len(found) > 1:
        raise ValueError(f"names {shown_name(value[1:])}, which holds {len(found)} addresses; it needs one")
    return found[0]
