"""The folder that a run writes into."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import OutputError
from domain.summary import RunSummary


@dataclass(slots=True)
class ResultFolder:
    """Names and life of the files of one run.

    A run over recordings replaces the results of an earlier run in the same folder; a run with a camera adds to them, so that a
    service that starts again keeps its history. Nothing but Footfall's own files is ever removed.

    Attributes:
        path: The folder.
        adds: Whether to keep what an earlier run has counted.
    """

    path: Path
    adds: bool
    _created: list[Path] = field(default_factory=list)

    @property
    def events(self) -> Path:
        """Every event, one JSON object a line."""
        return self.path / "events.jsonl"

    @property
    def database(self) -> Path:
        """SQLite, unless another store is named."""
        return self.path / "footfall.db"

    @property
    def summary(self) -> Path:
        """The numbers of the last run."""
        return self.path / "summary.json"

    @property
    def report(self) -> Path:
        """The same for people."""
        return self.path / "report.html"

    @property
    def masks(self) -> Path:
        """Label maps, a folder for each stream."""
        return self.path / "masks"

    def overlay(self, stream_id: str, *, only: bool) -> Path:
        """Drawn video of a stream; plain `overlay.mp4` where it is the only one."""
        return self.path / ("overlay.mp4" if only else f"overlay-{stream_id}.mp4")

    def prepare(self) -> None:
        """Make the folder and make room in it.

        Raises:
            OutputError: It cannot be made or written.
        """
        try:
            self._make()
            probe = self.path / f".footfall-{os.getpid()}"
            probe.touch()
            probe.unlink()
            if not self.adds:
                self._remove_earlier()
        except OSError as error:
            raise OutputError(
                f"{self.path} cannot be written ({error.strerror}): name another folder with --out"
            ) from error

    def discard(self) -> None:
        """Take back what `prepare` made, for a run that could not begin. A folder that was there before stays."""
        if self.path in self._created:
            self._remove_earlier()
        for folder in reversed(self._created):
            try:
                folder.rmdir()
            except OSError:
                return

    def write_summary(self, summary: RunSummary) -> None:
        """Write `summary.json`, whole or not at all.

        Raises:
            OutputError: It cannot be written.
        """
        partial = self.summary.with_suffix(".json.part")
        try:
            partial.write_text(summary.model_dump_json(indent=2) + "\n", encoding="utf-8")
            partial.replace(self.summary)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise OutputError(f"{self.summary} cannot be written ({error.strerror})") from error

    def _make(self) -> None:
        missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir()
            self._created.append(folder)
        if not self.path.is_dir():
            raise OutputError(f"{self.path} is a file, not a folder: name another folder with --out")

    def _remove_earlier(self) -> None:
        database = self.database.name
        ours = (
            self.events,
            self.summary,
            self.report,
            *(self.path / f"{database}{ending}" for ending in ("", "-wal", "-shm")),
            *self.path.glob("overlay.mp4"),
            *self.path.glob("overlay-*.mp4"),
            *self.masks.glob("*/*_parts.png"),
            *self.masks.glob("*/*_persons.png"),
        )
        for file in ours:
            file.unlink(missing_ok=True)
