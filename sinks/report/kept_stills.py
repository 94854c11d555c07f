"""The pictures for the report of a stream, kept on the disk for whoever goes on with the run."""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from domain.events import FrameObserved
from domain.names import shown_name
from domain.rendering import CoveredFrame, RenderedFrame
from sinks.report.stills import Candidate, Candidates, StillCollector, Worth

_log = logging.getLogger(__name__)


class KeptStills:
    """A `RewindableFrameSink` and `ChoosingFrameSink` that hands the pictures of one stream to a collector.

    Its mark names a file for each picture that the collector holds of the stream. A file is written once, and removed with the
    folder.

    Args:
        collector: Of all streams.
        stream_id: The stream.
        folder: For the files.
    """

    name = "stills"
    missing_s = 0.0

    def __init__(self, collector: StillCollector, stream_id: str, folder: Path) -> None:
        self._collector, self._stream_id, self._folder = collector, stream_id, folder
        self._written: set[str] = set()

    @property
    def wants_overlay(self) -> bool:
        """As the collector."""
        return self._collector.wants_overlay

    def wants_drawn(self, frame: CoveredFrame, observed: FrameObserved) -> bool:
        """See `StillCollector.wants_drawn`."""
        return self._collector.wants_drawn(frame, observed)

    def write(self, rendered: RenderedFrame) -> None:
        """See `StillCollector.write`."""
        self._collector.write(rendered)

    def mark(self) -> str:
        """See `RewindableFrameSink.mark`. A picture that cannot be written is missing in the report of whoever goes on."""
        kept = self._collector.candidates(self._stream_id)
        told = [[number, *self._told(candidate)] for number, candidate in kept.best.items()]
        plain = self._told(kept.plain) if kept.plain is not None else None
        return json.dumps(
            {"stretch_s": kept.stretch_s, "current": kept.current, "best": told, "plain": plain}
        )

    def rewind(self, mark: str | None) -> None:
        """See `RewindableFrameSink.rewind`."""
        if mark is None:
            return
        found = json.loads(mark)
        best = {number: candidate for number, *told in found["best"] if (candidate := self._candidate(*told))}
        plain = self._candidate(*found["plain"]) if found.get("plain") else None
        kept = Candidates(found["stretch_s"], found["current"], best, plain)
        self._collector.restore(self._stream_id, kept)

    def suspend(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Likewise."""

    def _told(self, candidate: Candidate) -> list[Any]:
        picture = bytes(candidate.picture)
        name = f"still-{hashlib.blake2b(picture, digest_size=12).hexdigest()}.jpg"
        if name not in self._written:
            self._written.add(name)
            try:
                (self._folder / name).write_bytes(picture)
            except OSError as error:
                _log.error("%s cannot be written: %s", shown_name(self._folder / name), error.strerror)
        worth = candidate.worth
        return [
            [worth.persons, worth.tracked, worth.visible],
            sorted(candidate.tracks),
            candidate.media_time_s,
            candidate.name,
            name,
        ]

    def _candidate(
        self, worth: list[Any], tracks: list[int], media_time_s: float, picture_name: str | None, file: str
    ) -> Candidate | None:
        try:
            picture = (self._folder / file).read_bytes()
        except OSError as error:
            _log.warning("a picture for the report is lost: %s", error.strerror)
            return None
        self._written.add(file)
        return Candidate(
            Worth(*worth), frozenset(tracks), self._stream_id, media_time_s, picture_name, picture
        )
