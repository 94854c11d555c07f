"""Label maps as pictures."""

from pathlib import Path

import cv2

from domain.errors import OutputError
from domain.frame import Frame, LabelMap
from domain.rendering import RenderedFrame

_UNSAFE = frozenset("/\\%")


class MaskSink:
    """A `FrameSink` that writes two 8-bit grey PNGs a frame, at frame size.

    `FOLDER/STREAM/FRAMEINDEX_parts.png` holds the values of `BodyPart`, `FRAMEINDEX_persons.png` 0 for nobody, 1 to N for persons.
    FRAMEINDEX has six digits; for a picture of a folder it is the picture's name instead, with the index behind it where two
    pictures share the name. Characters of a stream id that a file name must not hold are written as %XX.

    Args:
        folder: Made, with its parents, when the first frame comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: dict[tuple[str, str], int] = {}

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
        stem = self._stem(rendered.frame)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write_png(folder / f"{stem}_parts.png", rendered.parsed.labels)
            _write_png(folder / f"{stem}_persons.png", rendered.parsed.person_ids)
        except OSError as error:
            raise OutputError(
                f"{folder} cannot be written: {error.strerror}; make room or run without --masks"
            ) from error

    def close(self) -> None:
        """Nothing is open between two frames."""

    def _stem(self, frame: Frame) -> str:
        number = f"{frame.index:06d}"
        if frame.name is None:
            return number
        name = file_name(frame.name)
        owner = self._taken.setdefault((frame.stream_id, name), frame.index)
        return name if owner == frame.index else f"{name}_{number}"


def file_name(text: str) -> str:
    """A name that is safe as one part of a path; different texts give different names."""
    safe = "".join(f"%{ord(c):02X}" if c in _UNSAFE or ord(c) < 32 else c for c in text)
    return safe.replace(".", "%2E", 1) if safe.startswith(".") else safe or "%"


def _write_png(path: Path, labels: LabelMap) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    _, data = cv2.imencode(".png", labels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    try:
        unfinished.write_bytes(data.tobytes())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
