"""What a run will write into its folder, and what it reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sinks.base import DATABASE, EVENTS, PictureSettings
from sinks.names import file_name

HIDDEN = ".footfall"
"""The folder inside the results for what is no result: lock, manifest, and files that are not finished."""

SUMMARY, REPORT, RUN = "summary.json", "report.html", "run.json"
COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite puts behind the name of a database for the files that belong to it."""


@dataclass(frozen=True, slots=True)
class ResultPlan:
    """What a run will write into its folder, and what it must not touch.

    Attributes:
        streams: Ids of all streams.
        adds: Whether it keeps what an earlier run has counted, and adds to it.
        grows: Names of the files that grow while it goes on, as `SinkSettings.grows` tells them.
        pictures: What it makes of the pictures of every stream.
        report: Whether it writes a report.
        reads: Files and folders that its frames come from.
        stores: Files that the user has named for the events.
    """

    streams: tuple[str, ...]
    adds: bool = False
    grows: tuple[str, ...] = (EVENTS, DATABASE)
    pictures: tuple[PictureSettings, ...] = ()
    report: bool = True
    reads: tuple[Path, ...] = ()
    stores: tuple[Path, ...] = ()

    def overlay_of(self, stream_id: str) -> str:
        """Name of the drawn video of a stream; plain `overlay.mp4` where it is the only one from the start."""
        only = self.streams == (stream_id,)
        return "overlay.mp4" if only else f"overlay-{file_name(stream_id, room=16)}.mp4"

    def files(self) -> Iterator[str]:
        """Names of the files that the run will write, those within `folders` excepted."""
        for name in self.grows:
            yield name
            if name == DATABASE:
                yield from (f"{DATABASE}{ending}" for ending in COMPANIONS)
        yield SUMMARY
        yield RUN
        if self.report:
            yield REPORT
        yield from (name for name in self._of_pictures() if not name.endswith("/"))

    def folders(self) -> Iterator[str]:
        """Names of the folders that the run will fill, such as those of label maps."""
        yield from (name.rstrip("/") for name in self._of_pictures() if name.endswith("/"))

    def _of_pictures(self) -> Iterator[str]:
        for stream_id in self.streams:
            for settings in self.pictures:
                yield from settings.files(self, stream_id)
