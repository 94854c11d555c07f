"""Room on the disk that is kept for the end of a run."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from sinks.staging import remove

_RESERVE, _PLENTY = 1 << 20, 16 << 20
"""Bytes kept for the end of a run, and bytes that must be free for that."""


class Reserve:
    """A file of zeros, which makes room for the summary and the report when it goes.

    Args:
        folder: Where it lies.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "reserve"

    def keep(self) -> None:
        """Keep room where there is plenty."""
        if shutil.disk_usage(self._folder).free >= _PLENTY:
            with suppress(OSError), self._file.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, _RESERVE)

    def give_back(self) -> None:
        """Make the room that was kept; may be called twice."""
        remove(self._file)
