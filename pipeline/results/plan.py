"""What a run will write into its folder, and what it reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sinks.base import DATABASE, EVENTS
from sinks.names import file_name

HIDDEN = ".footfall"
"""The folder inside the results for what is no result: lock, manifest, and files that are not finished."""

SUMMARY, REPORT, RUN, MASKS = "summary.json", "report.html", "run.json", "masks"
COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite puts behind the name of a database for the files that belong to it."""


@dataclass(frozen=True, slots=True)
class ResultPlan:
    """What a run will write into its folder, and what it must not touch.

    Attributes:
        streams: Ids of all streams.
        adds: Whether it keeps what an earlier run has counted, and adds to it.
        events, database, report, overlay, masks: Whether it writes them.
        reads: Files and folders that its frames come from.
        stores: Files that the user has named for the events.
    """

    streams: tuple[str, ...]
    adds: bool = False
    events: bool = True
    database: bool = True
    report: bool = True
    overlay: bool = True
    masks: bool = False
    reads: tuple[Path, ...] = ()
    stores: tuple[Path, ...] = ()

    def overlay_of(self, stream_id: str) -> str:
        """Name of the drawn video of a stream; plain `overlay.mp4` where it is the only one from the start."""
        only = self.streams == (stream_id,)
        return "overlay.mp4" if only else f"overlay-{file_name(stream_id, room=16)}.mp4"

    def files(self) -> Iterator[str]:
        """Names of the files that the run will write, label maps excepted."""
        if self.events:
            yield EVENTS
        if self.database:
            yield DATABASE
            yield from (f"{DATABASE}{ending}" for ending in COMPANIONS)
        yield SUMMARY
        yield RUN
        if self.report:
            yield REPORT
        if self.overlay:
            yield from map(self.overlay_of, self.streams)

    def mask_folders(self) -> Iterator[str]:
        """Names of the folders that the run will fill with label maps."""
        if self.masks:
            yield from (f"{MASKS}/{file_name(stream_id)}" for stream_id in self.streams)
