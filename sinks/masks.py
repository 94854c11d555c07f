"""Label maps as pictures."""

import json
from collections import defaultdict
from functools import partial
from pathlib import Path

import cv2

from domain.errors import OutputError
from domain.frame import LabelMap
from domain.names import shown_name
from domain.rendering import CoveredFrame, RenderedFrame
from sinks.names import DistinctNames, file_name
from sinks.staging import Beside, Staging, write_whole

_LONGEST_ENDING = len("_persons.png")


class MaskSink:
    """A `RewindableFrameSink` that writes two 8-bit grey PNGs a frame, at frame size.

    `FOLDER/STREAM/FRAMEINDEX_parts.png` holds the values of `BodyPart`, `FRAMEINDEX_persons.png` 0 for nobody, 1 to N for persons.
    FRAMEINDEX has six digits; for a picture of a folder it is the picture's name instead, with the index behind it where two
    pictures share the name, or differ in nothing but letter case. A name that is too long is cut and gets a hash, characters that a
    file name must not hold are written as %XX: see `sinks.names.file_name`.

    Args:
        folder: Made, with its parents, when the first frame comes.
        staging: Where files are written before they get their names.
        journal: A file for the names that pictures of a folder have got, for whoever goes on with them; None keeps none.
    """

    name = "masks"
    missing_s = 0.0

    def __init__(self, folder: Path, staging: Staging | None = None, journal: Path | None = None) -> None:
        self._folder = folder
        self._journal = journal
        self._journaled = 0
        self._staging = staging or Beside()
        self._names: defaultdict[str, DistinctNames] = defaultdict(
            partial(DistinctNames, room=_LONGEST_ENDING)
        )

    @property
    def wants_overlay(self) -> bool:
        """Never."""
        return False

    def write(self, rendered: RenderedFrame) -> None:
        """Write both maps of one frame; those of an earlier run are replaced.

        Raises:
            OutputError: They cannot be written; no half of a file is left.
        """
        folder = self._folder / file_name(rendered.frame.stream_id)
        try:
            stem = self._stem(rendered.frame)
            folder.mkdir(parents=True, exist_ok=True)
            self._write(folder / f"{stem}_parts.png", rendered.parsed.labels)
            self._write(folder / f"{stem}_persons.png", rendered.parsed.person_ids)
        except OSError as error:
            raise OutputError(
                f"{shown_name(folder)} cannot be written: {error.strerror}; make room or run without --masks"
            ) from error

    def mark(self) -> str:
        """See `RewindableFrameSink.mark`. It is the length of the journal: the maps of what comes behind it are written again."""
        return str(self._journaled)

    def rewind(self, mark: str | None) -> None:
        """See `RewindableFrameSink.rewind`."""
        if self._journal is None or not mark or not mark.isdecimal():
            return
        try:
            lines = self._journal.read_bytes()[: int(mark)]
        except OSError:
            return
        self._journaled = len(lines)
        for line in lines.splitlines():
            stream, name, number = json.loads(line)
            self._names[stream].name(name, number)

    def suspend(self) -> None:
        """Nothing is open between two frames."""

    def close(self) -> None:
        """Likewise."""

    def _stem(self, frame: CoveredFrame) -> str:
        number = f"{frame.index:06d}"
        if frame.name is None:
            return number
        self._note(frame.stream_id, frame.name, number)
        return self._names[frame.stream_id].name(frame.name, number)

    def _note(self, stream_id: str, name: str, number: str) -> None:
        if self._journal is None:
            return
        line = f"{json.dumps([stream_id, name, number])}\n".encode()
        with self._journal.open("r+b" if self._journaled else "wb") as journal:
            journal.seek(self._journaled)
            journal.write(line)
        self._journaled += len(line)

    def _write(self, path: Path, labels: LabelMap) -> None:
        _, data = cv2.imencode(".png", labels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        write_whole(self._staging, path, data.tobytes())
