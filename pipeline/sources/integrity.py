"""Which pictures are whole: what the decoder marks as damaged, and what is built on it."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Generic, TypeVar

from av import VideoFrame
from av.video.frame import PictureType

from pipeline.sources.containers import AnyPacket

T = TypeVar("T")

_HEALED_AFTER_S = 10.0
"""A stream that refreshes its pictures bit by bit has no keyframes; by then the scene has painted over the damage."""
_MOST_ORDINALS = 512
_HELD_PER_DEPTH = 4
_MOST_HELD = 16
_READ_AHEAD = 2
"""FFmpeg marks a packet when it has read that much further."""


@dataclass(slots=True, eq=False)
class Judged(Generic[T]):
    """A picture, or what the caller made of it, and whether it is whole."""

    item: T
    whole: bool
    ordinal: int


class IntegrityCheck(Generic[T]):
    """Tells whole pictures from damaged ones. One stream, one thread, packets and pictures as the decoder takes and gives them.

    FFmpeg marks the picture in which bits are missing and no other, though the smear goes on: pictures are predicted from pictures.
    So everything decoded after a damaged picture counts as damaged until the next keyframe. B-frames are shown before the picture
    that they are predicted from, so they are held back until that one is there.

    A transport stream notices missing packets, but also says so where two recordings were joined. So the mark on a packet counts
    only if no keyframe follows at once; else the decoder has the last word.
    """

    def __init__(self) -> None:
        self._ordinals: OrderedDict[int, int] = OrderedDict()
        self._packets = 0
        self._damage: dict[float, float | None] = {}
        self._held: deque[Judged[T]] = deque()
        self._deepest = 0
        self._suspected: int | None = None

    def packet(self, packet: AnyPacket, *, reorder_depth: int) -> None:
        """Note a packet before it is decoded.

        Args:
            packet: As it was read; a container may know that part of it is missing.
            reorder_depth: How many pictures the decoder may put between decoding and showing.
        """
        self._packets += 1
        self._deepest = max(self._deepest, reorder_depth)
        stamp = packet.dts if packet.pts is None else packet.pts
        if stamp is not None:
            self._ordinals[stamp] = self._packets
            if len(self._ordinals) > _MOST_ORDINALS:
                self._ordinals.popitem(last=False)
        if packet.is_keyframe:
            self._suspected = None
        elif self._suspected is not None and self._packets - self._suspected >= _READ_AHEAD:
            self._damage[self._suspected] = None
            self._suspected = None
        if packet.is_corrupt and not packet.is_keyframe and self._suspected is None:
            self._suspected = self._packets

    def something_is_missing(self) -> None:
        """The packet just noted gave an error instead of a picture, or there is a hole behind it."""
        # With two threads it may have been the packet before.
        self._damage[self._packets - 0.5] = None

    def picture(self, frame: VideoFrame, time_s: float, item: T) -> list[Judged[T]]:
        """Note a decoded picture.

        Args:
            frame: As it was decoded.
            time_s: Its media time.
            item: What to give back for it.

        Returns:
            The pictures about which all is known now, in the order in which they came.
        """
        judged = Judged(item, whole=True, ordinal=self._ordinal(frame))
        judged.whole = self._is_whole(frame, judged.ordinal, time_s)
        if not judged.whole:
            for held in self._held:
                held.whole = held.whole and held.ordinal < judged.ordinal
        self._held.append(judged)
        most = min(_MOST_HELD, _HELD_PER_DEPTH * self._deepest)
        keep = most if frame.pict_type == PictureType.B else 0
        return [self._held.popleft() for _ in range(len(self._held) - keep)]

    def rest(self) -> list[Judged[T]]:
        """The pictures still held, at the end of the stream."""
        held = list(self._held)
        self._held.clear()
        return held

    def _ordinal(self, frame: VideoFrame) -> int:
        stamp = frame.dts if frame.pts is None else frame.pts
        return self._packets if stamp is None else self._ordinals.get(stamp, self._packets)

    def _is_whole(self, frame: VideoFrame, ordinal: int, time_s: float) -> bool:
        if frame.is_corrupt:
            self._damage[ordinal] = time_s
        if frame.key_frame and ordinal not in self._damage:
            self._damage = {at: since for at, since in self._damage.items() if at > ordinal}
        for at, since in list(self._damage.items()):
            if at <= ordinal and since is None:
                self._damage[at] = time_s
            elif at < ordinal and since is not None and time_s - since > _HEALED_AFTER_S:
                del self._damage[at]
        return not any(at <= ordinal for at in self._damage)
