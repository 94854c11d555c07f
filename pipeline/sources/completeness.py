"""Whether a recording is all there."""

import struct
from pathlib import Path

import av
from av import VideoStream
from av.container import InputContainer

from pipeline.sources.containers import AnyPacket, stamp_s

_DECLARING = {"mp4", "matroska", "avi", "flv", "asf"}
"""Containers whose header says how long the recording is; elsewhere FFmpeg estimates."""
_GIF_END = b";"


class Extent:
    """How far a file really goes. The packets of sound count too: pictures may rightly end before them."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._stream = stream
        self._declares = bool(_DECLARING & set(container.format.name.split(",")))
        self._start_s = (container.start_time or 0) / av.time_base
        self._reached_s = 0.0
        self._packets_end_s = 0.0
        self._pictures_end_s = 0.0

    @property
    def undecoded_s(self) -> float:
        """Seconds at the end for which there are packets, but no pictures."""
        return self._packets_end_s - self._pictures_end_s

    def grows_by(self, packet: AnyPacket) -> bool:
        """Note a packet; whether it belongs to the pictures and holds anything."""
        is_picture = packet.stream.index == self._stream.index and packet.size > 0
        begin_s = stamp_s(packet, packet.stream)
        if begin_s is not None and packet.size:
            end_s = begin_s + float((packet.duration or 0) * (packet.time_base or 0)) - self._start_s
            self._reached_s = max(self._reached_s, end_s)
            if is_picture:
                self._packets_end_s = max(self._packets_end_s, end_s)
        return is_picture

    def saw(self, begin_s: float | None, lasts_s: float) -> None:
        """Note a decoded picture."""
        if begin_s is not None:
            self._pictures_end_s = max(self._pictures_end_s, begin_s - self._start_s + lasts_s)

    def missing(self, declared_s: float | None, slack_s: float) -> str | None:
        """What is missing at the end of the file, if its container declared the length and more than `slack_s` is missing."""
        if not self._declares or declared_s is None or self._reached_s >= declared_s - slack_s:
            return None
        return f"its header promises {declared_s:.1f} s"


def missing_bytes(path: Path, container: InputContainer) -> str | None:
    """What is missing at the end of the file, where the bytes tell and the time stamps do not, else None."""
    # FFmpeg shortens the declared length to what is there.
    if container.format.name == "avi":
        return "its header promises more data" if _riff_end(path) > path.stat().st_size else None
    if (
        container.format.name == "gif"
    ):  # declares no length, but has a mark at its end, which some writers pad
        return "its end mark is missing" if _GIF_END not in _last_bytes(path, 16) else None
    return None


def _riff_end(path: Path) -> int:
    """Where the last part of a RIFF file ends by its own word; the parts of an AVI above 1 GB follow each other."""
    end, size = 0, path.stat().st_size
    with path.open("rb") as file:
        while end + 8 <= size:
            file.seek(end)
            name, length = struct.unpack("<4sI", file.read(8))
            # Never filled in, or something appended.
            if name != b"RIFF" or length in (0, 0xFFFFFFFF):
                break
            end += 8 + length + length % 2
    # The padding of the last part may be missing.
    return end - 1


def _last_bytes(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - count))
        return file.read()
