"""What is moved out of the way of a run, and comes back if that cannot begin."""

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

from domain.names import shown_name
from domain.os_errors import cannot_write
from pipeline.results.claims import Claims
from pipeline.results.manifest import Manifest
from pipeline.results.plan import REPORT, SUMMARY
from sinks.staging import remove

_log = logging.getLogger(__name__)


class Aside:
    """Files of a results folder that were moved out of the way, and what the manifest said.

    Args:
        folder: Of the results.
        unfinished: The folder in it for what is not finished.
        claims: Which files may be moved.
        manifest: Of the folder.
    """

    def __init__(self, folder: Path, unfinished: Path, claims: Claims, manifest: Manifest) -> None:
        self._folder = folder
        self._unfinished = unfinished
        self._claims = claims
        self._manifest = manifest
        self._moved: list[tuple[Path, Path]] = []
        self._new_manifest = False

    def move_former(self) -> None:
        """Move what runs before have written, until it is let go."""
        self._former.mkdir()
        for number, name in enumerate(self._claims.replaceable()):
            self._move(self._folder / name, self._former / str(number))
        for folder in {original.parent for original, _ in self._moved} - {self._folder}:
            for each in (folder, *folder.parents):
                if each == self._folder:
                    break
                # Somebody has put something into it.
                with suppress(OSError):
                    each.rmdir()

    def rename_earlier(self) -> None:
        """Give the summary and the report of an earlier version, to which nothing can be added, another name for good."""
        for name in (SUMMARY, REPORT):
            path = self._folder / name
            if self._claims.to_set_aside(name):
                others = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, 10**6))
                other = next(free for free in others if not os.path.lexists(free))
                self._move(path, other)
                _log.warning(
                    "%s is of an earlier version of Footfall; it is kept as %s", shown_name(path), other.name
                )

    def save_manifest(self) -> None:
        """Keep what the manifest said, without needing room for it."""
        self._new_manifest = not os.path.lexists(self._manifest.path)
        if not self._new_manifest:
            saved = self._unfinished / "manifest"
            try:
                saved.hardlink_to(self._manifest.path)
            except OSError:  # a file system without links
                shutil.copyfile(self._manifest.path, saved)
            self._moved.append((self._manifest.path, saved))

    def let_go(self) -> None:
        """The run has begun: nothing comes back."""
        self._moved.clear()
        shutil.rmtree(self._former, ignore_errors=True)

    def put_back(self) -> bool:
        """Move everything back; whether all of it is there again. What is not is logged."""
        restored = True
        for original, aside in self._moved:
            try:
                original.parent.mkdir(parents=True, exist_ok=True)
                aside.rename(original)
            except OSError as error:
                restored = False
                _log.error("%s", cannot_write(original, error, f"it is kept as {shown_name(aside)}"))
        self._manifest.close()
        if self._new_manifest:
            remove(self._manifest.path)
        return restored

    @property
    def _former(self) -> Path:
        return self._unfinished / "former"

    def _move(self, path: Path, to: Path) -> None:
        path.rename(to)
        self._moved.append((path, to))
