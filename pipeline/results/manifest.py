"""What runs have written into a folder, so that a later run replaces that and nothing else."""

import errno
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.checksums import file_sha256

_HEADER = {"footfall": "manifest", "version": 1}
_LARGEST_HASHED = 64 << 20
"""Bytes. Beyond that only the time of modification tells: reading the file again would hold up the end of a run."""


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a file is known again.

    Attributes:
        size: Bytes; None for a file that a run had open when it was recorded.
        mtime_ns: Time of its last modification, nanoseconds since 1970; None likewise.
        sha256: Of its content, in hexadecimal; None where it is too large, or was open.
        inode: Its number in the file system, for a file that was open.
    """

    size: int | None = None
    mtime_ns: int | None = None
    sha256: str | None = None
    inode: int | None = None

    @classmethod
    def of(cls, path: Path) -> "Mark":
        """The mark of a file that is finished.

        Raises:
            OSError: It cannot be read.
        """
        found = path.lstat()
        digest = file_sha256(path) if found.st_size <= _LARGEST_HASHED else None
        return cls(size=found.st_size, mtime_ns=found.st_mtime_ns, sha256=digest)

    @classmethod
    def of_open(cls, path: Path) -> "Mark":
        """The mark of a file that is still being written."""
        return cls(inode=path.lstat().st_ino)

    def fits(self, path: Path) -> bool:
        """Whether the file there is still the one that was marked, as it was. False for anything but a regular file."""
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode):
                return False
            if self.size is None:
                return found.st_ino == self.inode
            if found.st_size != self.size:
                return False
            # A copy of a folder, or a file system of coarser times, keeps the content alone.
            return found.st_mtime_ns == self.mtime_ns or (
                self.sha256 is not None and self.sha256 == file_sha256(path)
            )
        except OSError:
            return False


class Manifest:
    """A file with a line for everything that was written; later lines count. One thread at a time.

    Lines are appended before a file gets its name, so whatever has a name is in the manifest, however a run ends.

    Args:
        path: The manifest.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def read(self) -> dict[str, Mark]:
        """What it says, by path relative to the folder. Empty where there is none, or one that cannot be understood."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return {}
        if _parsed(lines[0]) != _HEADER:
            return {}
        entries = (_parsed(line) for line in lines[1:])
        return {path: mark for path, mark in map(_entry, entries) if path}

    def begin(self, kept: Mapping[str, Mark]) -> None:
        """Replace the manifest by one that says this, and open it for more.

        Raises:
            OSError: It cannot be written; the one before is still there.
        """
        staged = self.path.with_name(f"{self.path.name}.part")
        text = "".join(f"{line}\n" for line in (json.dumps(_HEADER), *map(_line, kept, kept.values())))
        try:
            staged.write_text(text, encoding="ascii")
            staged.replace(self.path)
            self.close()
            self._fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        except OSError:
            staged.unlink(missing_ok=True)
            raise

    def add(self, path: str, mark: Mark) -> None:
        """Say this as well. Does nothing once it is closed.

        Raises:
            OSError: It cannot be written; what it said before stays.
        """
        if self._fd is None:
            return
        size = os.fstat(self._fd).st_size
        data = f"{_line(path, mark)}\n".encode("ascii")
        try:
            if os.write(self._fd, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            os.ftruncate(self._fd, size)
            raise

    def close(self) -> None:
        """Let the file go; may be called twice."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _line(path: str, mark: Mark) -> str:
    known = {name: value for name, value in asdict(mark).items() if value is not None}
    return json.dumps({"path": path, **known})


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:  # a line that a crash has torn, or a file of something else
        return None


def _entry(found: Any) -> tuple[str, Mark]:
    if not isinstance(found, dict) or not isinstance(found.get("path"), str):
        return "", Mark()
    if ".." in PurePosixPath(found["path"]).parts or found["path"].startswith("/"):
        return "", Mark()
    numbers = {
        name: found[name] for name in ("size", "mtime_ns", "inode") if isinstance(found.get(name), int)
    }
    digest = found.get("sha256")
    return found["path"], Mark(**numbers, sha256=digest if isinstance(digest, str) else None)
