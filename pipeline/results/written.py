"""Which files in a folder a run has written, and whether they are still those."""

from pathlib import Path

from domain.file_ids import FileId, file_id
from pipeline.results.manifest import Mark


class Written:
    """What a run has written right into its folder.

    Args:
        folder: Of the results.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[FileId | None, Mark | None]] = {}

    def note(self, name: str, mark: Mark | None = None) -> None:
        """It is there now, by what it is known again if it is finished."""
        self._known[name] = file_id(self._folder / name), mark

    def is_there(self, name: str) -> bool:
        """Whether the run has written it, and it was neither removed nor replaced."""
        return name in self._known and self._known[name][0] == file_id(self._folder / name)

    def is_as_left(self, name: str) -> bool:
        """Whether it is there, and nobody has changed it since it was finished."""
        if not self.is_there(name):
            return False
        mark = self._known[name][1]
        # A file system gives the number of a file that is gone to the next one.
        return mark is None or mark.fits(self._folder / name)

    def gone(self) -> list[str]:
        """What was removed or replaced."""
        return [name for name in self._known if not self.is_there(name)]
