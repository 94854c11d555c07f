"""Paths as settings take them: any name that a file system holds, and none that it cannot hold."""

import os
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, SecretStr

# Bytes; what Linux file systems take.
_LONGEST_NAME = 255
# Bytes; PATH_MAX without its end.
_LONGEST_PATH = 4095


def check_path(text: str) -> None:
    """Refuse what no file system holds, so that it shows before anything runs.

    Raises:
        ValueError: It is empty, holds a NUL, or it or a name in it is too long.
    """
    if not text or "\0" in text:
        raise ValueError("must be a path without NUL characters")
    try:
        path = os.fsencode(text)
    except UnicodeEncodeError:
        raise ValueError("must be a path; it holds halves of characters") from None
    if len(path) > _LONGEST_PATH or any(len(name) > _LONGEST_NAME for name in path.split(b"/")):
        raise ValueError(
            f"must be a path of at most {_LONGEST_PATH} bytes, each name in it at most {_LONGEST_NAME}"
        )


def secret_text(value: Any) -> Any:
    """Take text as it is: pydantic itself refuses names of files that are no UTF-8."""
    return SecretStr(value) if isinstance(value, str) else value


def _checked(path: Path) -> Path:
    check_path(str(path))
    return path


def _given(value: Any) -> Any:
    # Python takes an empty path for the working folder, which nobody means by it.
    if value == "":
        raise ValueError("must be a path without NUL characters")
    return value


def _path(value: Any) -> Any:
    if isinstance(value, str):
        check_path(value)
        return Path(value)
    return value


SourcePath: TypeAlias = Annotated[Path, BeforeValidator(_path), AfterValidator(_checked)]
"""The same for a name that may hold what is no UTF-8, which pydantic itself refuses."""

FilePath: TypeAlias = Annotated[Path, BeforeValidator(_given), AfterValidator(_checked)]
"""A path that can exist; whether it does is for whoever opens it to say."""
