"""Which file it is that lies at a path: another one may have taken its place."""

from pathlib import Path
from typing import TypeAlias

FileId: TypeAlias = tuple[int, int]
"""Device and inode."""


def file_id(path: Path, *, follow: bool = False) -> FileId | None:
    """What is at that path; None where nothing is, or it cannot be told.

    Args:
        path: Of a file or folder.
        follow: Whether a link stands for what it leads to.
    """
    try:
        found = path.stat() if follow else path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
