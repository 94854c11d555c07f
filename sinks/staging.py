"""Files that appear whole or not at all."""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Protocol


class Staging(Protocol):
    """Where a file is written before it gets its name. Any thread may call it."""

    def stage(self, path: Path) -> Path:
        """A place for what will be `path`, on the same file system, where nothing is yet.

        However long the name of `path`, that of the place is short.

        Raises:
            OSError: There is no such place.
        """
        ...

    def publish(self, staged: Path, path: Path) -> None:
        """Give the staged file its name, in one step. A file that is not ours keeps the name.

        Raises:
            OSError: It cannot be done; the staged file is gone.
        """
        ...


class Beside:
    """The simplest `Staging`: a hidden file beside `path`, which replaces whatever has the name."""

    def stage(self, path: Path) -> Path:
        """A hidden name in the same folder."""
        return path.with_name(f".footfall-{secrets.token_hex(6)}.part")

    def publish(self, staged: Path, path: Path) -> None:
        """Rename it."""
        try:
            staged.replace(path)
        except OSError:
            remove(staged)
            raise


def remove(staged: Path) -> None:
    """Remove what is of no use any more. Where even that cannot be done, whoever clears the place next will."""
    with suppress(OSError):
        staged.unlink(missing_ok=True)


def write_whole(staging: Staging, path: Path, data: bytes) -> None:
    """Write a file of that content, whole or not at all.

    Raises:
        OSError: It cannot be written; nothing is left of it.
    """
    staged = staging.stage(path)
    try:
        staged.write_bytes(data)
    except OSError:
        remove(staged)
        raise
    staging.publish(staged, path)
