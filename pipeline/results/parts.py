"""Files of a stream that began again in the same run."""

from pathlib import Path

from sinks.base import ResultFiles


class LaterPart:
    """The `ResultFiles` of a later part of a stream, which leaves the pictures of the parts before it as they are.

    `~` is in no id of a stream, so no other stream has these names.

    Args:
        results: Those of the run.
        part: From 2.
    """

    def __init__(self, results: ResultFiles, part: int) -> None:
        self._results = results
        self._ending = f"~{part}"

    @property
    def path(self) -> Path:
        """See `ResultFiles.path`."""
        return self._results.path

    @property
    def events(self) -> Path:
        """See `ResultFiles.events`."""
        return self._results.events

    @property
    def database(self) -> Path:
        """See `ResultFiles.database`."""
        return self._results.database

    @property
    def masks(self) -> Path:
        """`masks~2` and so on."""
        masks = self._results.masks
        return masks.with_name(f"{masks.name}{self._ending}")

    @property
    def adds(self) -> bool:
        """See `ResultFiles.adds`."""
        return self._results.adds

    def can_roll(self, path: Path) -> bool:
        """See `ResultFiles.can_roll`."""
        return self._results.can_roll(path)

    def roll(self, path: Path, closed: Path) -> None:
        """See `ResultFiles.roll`."""
        self._results.roll(path, closed)

    @property
    def unfinished(self) -> Path:
        """See `ResultFiles.unfinished`."""
        return self._results.unfinished

    def overlay(self, stream_id: str) -> Path:
        """`overlay~2.mp4` and so on."""
        overlay = self._results.overlay(stream_id)
        return overlay.with_name(f"{overlay.stem}{self._ending}{overlay.suffix}")

    def stage(self, path: Path) -> Path:
        """See `Staging.stage`."""
        return self._results.stage(path)

    def publish(self, staged: Path, path: Path) -> None:
        """See `Staging.publish`."""
        self._results.publish(staged, path)
