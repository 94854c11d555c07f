"""A recording as FFmpeg reads it: packets, pictures, and how to tell a scratch from a break."""

import logging
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
from av import VideoFrame, VideoStream
from av.container import InputContainer

from domain.errors import MediaBroken
from domain.names import shown_name
from pipeline.sources.completeness import Extent, missing_bytes
from pipeline.sources.containers import (
    MOST_PIXELS,
    AnyPacket,
    decode_keyframe,
    marks_nothing,
    measured_step_s,
    open_file,
    pixel_aspect,
    prepare_decoder,
    reason,
    stamp_s,
    video_stream,
)
from pipeline.sources.integrity import IntegrityCheck, Judged
from pipeline.sources.pauses import Pause, PauseWatch
from pipeline.sources.sampling import TimeSampler
from pipeline.sources.timeline import MediaClock

logger = logging.getLogger(__name__)

_MOST_FAILED_READS = 8
_BYTES_PER_SEARCH = 4096
"""FFmpeg gives up looking for the next packet after at least so many bytes, and goes on from there when it is asked again."""
_MOST_BEFORE_FIRST = 1000
_LONGEST_PICTURE_S = 60.0


class _Broken(Exception):  # noqa: N818 - a signal within this module
    """Nothing more can be had from the file; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A sampled picture, not yet converted.

    Attributes:
        index: Position among the frames read.
        media_time_s: Seconds since the first frame.
        frame: As FFmpeg decoded it.
        pixel_aspect: Width of a pixel by its height.
        frames_damaged: Damaged pictures left out until then.
        pauses: Stretches without pictures since the sampled picture before it.
    """

    index: int
    media_time_s: float
    frame: VideoFrame
    pixel_aspect: Fraction
    frames_damaged: int
    pauses: tuple[Pause, ...]


class Recording:
    """Reads the pictures of one file. One thread at a time, but the counts may be read from any.

    Args:
        path: A regular file.
        sampler: Decides by media time which pictures come out.
        keyframes_only: Decode keyframes only.
        stop: Ends `pictures` between two packets.
        strict: Refuse damaged pictures where the decoder does not mark them.
        most_pixels: Larger pictures cannot be decoded.

    Attributes:
        frames_read: Pictures decoded, damaged ones included, or, with keyframes only, video packets seen.
        strict: Whether damaged pictures are refused that otherwise nothing would tell from whole ones.
        frames_damaged: Pictures left out because they are damaged or could not be decoded at all.
        media_seconds: Length of what was read.
        step_s: Usual distance of its pictures, seconds.
        declared_s: Length in seconds that the container declares or FFmpeg estimates; None where neither.
        created: When the recording began according to its own `creation_time`, UTC; None where that is absent or makes no sense.

    Raises:
        SourceError: FFmpeg cannot read it, or it has no pictures.
    """

    def __init__(
        self,
        path: Path,
        sampler: TimeSampler,
        keyframes_only: bool,
        stop: threading.Event,
        *,
        strict: bool = True,
        most_pixels: int = MOST_PIXELS,
    ) -> None:
        self._path = path
        self._name = shown_name(path)
        self._sampler = sampler
        self._keyframes_only = keyframes_only
        self._stop = stop
        self._clock = MediaClock(on_leap=self._tell_leap)
        self._check: IntegrityCheck[tuple[int, float, VideoFrame]] = IntegrityCheck()
        self._container = open_file(path)
        try:
            self._stream = video_stream(self._container, self._name)
            self.strict = strict and marks_nothing(self._stream)
            prepare_decoder(
                self._stream, threads=1 if keyframes_only else 2, strict=self.strict, most_pixels=most_pixels
            )
            self.step_s = measured_step_s(path, stop, keyframes_only=False)
            self._pauses = PauseWatch(self.step_s)
            self.created = _created(self._container, self._stream)
            self.declared_s = _declared_s(self._container, self._stream)
            self._extent = Extent(self._container, self._stream)
        except BaseException:
            self._container.close()
            raise
        self.frames_read = 0
        self.frames_damaged = 0
        self.media_seconds = 0.0
        self._keyframe_s = 0.0
        self._failures = 0
        self._undecodable = 0
        self._decoded = False

    def pictures(self) -> Generator[Picture]:
        """The sampled pictures in order.

        Raises:
            MediaBroken: The file ends before its declared end, or cannot be read or decoded from some point on.
        """
        problem = None
        try:
            for packet in self._packets():
                yield from self._sampled(packet)
        except _Broken as broken:
            problem = str(broken)
        if self._stop.is_set():
            return
        yield from self._rest_of_decoder()
        problem = problem or self._missing_end()
        if problem:
            raise MediaBroken(
                f"{self._name} breaks off after {self.media_seconds:.1f} s: {problem}; "
                "what came before is kept, copy or record it again to get the rest"
            )
        if self.frames_damaged:
            logger.warning(
                "%s: %d of %d pictures are damaged and were left out",
                self._name,
                self.frames_damaged,
                self.frames_read,
            )

    def close(self) -> None:
        """Let go of the file. Not while another thread is in `pictures`."""
        self._container.close()

    def _packets(self) -> Iterator[AnyPacket]:
        """Packets of the pictures. Damaged stretches are skipped where FFmpeg finds its way again.

        Raises:
            _Broken: Nothing more can be read, though the end was not reached.
        """
        searches = 0
        most_searches = _MOST_FAILED_READS + self._path.stat().st_size // _BYTES_PER_SEARCH
        while self._failures <= _MOST_FAILED_READS and searches <= most_searches:
            try:
                yield from self._next_packets()
            except av.InvalidDataError:
                self._failures += 1
                self._check.something_is_missing()
            except (
                av.BlockingIOError
            ):  # "not yet": a stretch without packets, such as one that was never written
                searches += 1
                self._check.something_is_missing()
            except av.FFmpegError as error:
                raise _Broken(f"reading failed ({reason(error)})") from error
            else:
                return
        raise _Broken("the rest cannot be read")

    def _next_packets(self) -> Iterator[AnyPacket]:
        for packet in self._container.demux():
            if self._stop.is_set():
                return
            self._failures = 0
            if self._extent.grows_by(packet):
                yield packet

    def _sampled(self, packet: AnyPacket) -> Iterator[Picture]:
        if self._keyframes_only:
            yield from self._keyframe(packet)
        else:
            self._check.packet(packet, reorder_depth=self._stream.codec_context.reorder_depth)
            yield from self._take(self._decode(packet))

    def _rest_of_decoder(self) -> Iterator[Picture]:
        if not self._keyframes_only:
            yield from self._take(self._decode(None))
            yield from self._whole(self._check.rest())

    def _take(self, frames: list[VideoFrame]) -> Iterator[Picture]:
        for frame in frames:
            lasts_s = self._lasts_s(frame)
            media_s = self._clock.at(stamp_s(frame, self._stream), lasts_s)
            self._pauses.see(media_s)
            self._saw(frame, media_s, lasts_s)
            index = self.frames_read
            self.frames_read += 1
            yield from self._whole(self._check.picture(frame, media_s, (index, media_s, frame)))

    def _whole(self, pictures: list[Judged[tuple[int, float, VideoFrame]]]) -> Iterator[Picture]:
        for picture in pictures:
            index, media_s, frame = picture.item
            if not picture.whole:
                self._leave_out(media_s, "bits of it are missing")
            elif self._sampler.take(media_s):
                yield self._picture(index, media_s, frame)

    def _picture(self, index: int, media_s: float, frame: VideoFrame) -> Picture:
        pauses = self._pauses.until(media_s)
        return Picture(index, media_s, frame, pixel_aspect(self._stream), self.frames_damaged, pauses)

    def _keyframe(self, packet: AnyPacket) -> Iterator[Picture]:
        index = self.frames_read
        self.frames_read += 1
        stamp = stamp_s(packet, self._stream)
        wanted = packet.is_keyframe and not packet.is_discard
        # Between keyframes the clock is only looked at: packets come in the order of decoding. Without stamps it counts them.
        media_s = self._keyframe_time(stamp) if wanted or stamp is None else self._clock.peek(stamp)
        if media_s is not None:
            self._pauses.see(media_s)
            self.media_seconds = max(self.media_seconds, media_s + self.step_s)
        if not wanted or media_s is None or not self._sampler.take(media_s):
            return
        for frame in self._decode(packet)[:1]:
            self._saw(frame, media_s, self.step_s)
            if frame.is_corrupt:
                self._leave_out(media_s, "bits of it are missing")
            else:
                yield self._picture(index, media_s, frame)

    def _keyframe_time(self, stamp: float | None) -> float:
        """Media time of a keyframe; where the stamps begin anew, it comes after the packets before it, not after a keyframe."""
        self._keyframe_s = self._clock.at(stamp, max(self.step_s, self.media_seconds - self._keyframe_s))
        return self._keyframe_s

    def _decode(self, packet: AnyPacket | None) -> list[VideoFrame]:
        codec = self._stream.codec_context
        try:
            frames = decode_keyframe(codec, packet) if self._keyframes_only else codec.decode(packet)
        except av.FFmpegError as error:
            self._miss(error)
            return []
        self._decoded = self._decoded or bool(frames)
        return frames

    def _miss(self, error: av.FFmpegError) -> None:
        """Count a packet that gave an error instead of a picture."""
        self._undecodable += 1
        self._check.something_is_missing()
        # There every packet counts as read already.
        if not self._keyframes_only:
            self.frames_read += 1
        self._leave_out(self.media_seconds, reason(error))
        if not self._decoded and self._undecodable > _MOST_BEFORE_FIRST:
            raise _Broken("nothing can be decoded")

    def _leave_out(self, media_s: float, why: str) -> None:
        self.frames_damaged += 1
        if self.frames_damaged == 1 and self._decoded:
            logger.warning(
                "%s is damaged at %.1f s (%s); its damaged pictures are not counted", self._name, media_s, why
            )

    def _tell_leap(self, media_s: float, leap_s: float) -> None:
        logger.warning(
            "%s: at %.1f s its time stamps leap by %.0f s; that is taken for a clock that was set, not for time that passed",
            self._name,
            media_s,
            leap_s,
        )

    def _saw(self, frame: VideoFrame, media_s: float, lasts_s: float) -> None:
        """Note how far the recording goes with this picture."""
        end_s = media_s + lasts_s
        if lasts_s > self.step_s and self.declared_s is not None:
            # Where pictures are reordered, containers give the length of a pause to another picture than the one before it.
            end_s = max(media_s + self.step_s, min(end_s, self.declared_s))
        self.media_seconds = max(self.media_seconds, end_s)
        self._extent.saw(stamp_s(frame, self._stream), lasts_s)

    def _lasts_s(self, frame: VideoFrame) -> float:
        base = self._stream.time_base
        lasts_s = float(frame.duration * base) if base and frame.duration else 0.0
        return lasts_s if 0.0 < lasts_s <= _LONGEST_PICTURE_S else self.step_s

    def _missing_end(self) -> str | None:
        slack_s = max(0.5, 3 * self.step_s, 0.02 * (self.declared_s or 0.0))
        if self._undecodable and self._extent.undecoded_s > slack_s:
            return "the rest cannot be decoded"
        return self._extent.missing(self.declared_s, slack_s) or missing_bytes(self._path, self._container)


def _declared_s(container: InputContainer, stream: VideoStream) -> float | None:
    """The shorter of both where container and stream differ: an edit list cuts the one, sound prolongs the other."""
    start_s = (container.start_time or 0) / av.time_base
    lengths = []
    if container.duration:
        # Other containers count from the first stamp.
        counted_from_zero = "matroska" in container.format.name
        lengths.append(container.duration / av.time_base - (start_s if counted_from_zero else 0.0))
    if stream.duration and stream.time_base:
        lengths.append(float(((stream.start_time or 0) + stream.duration) * stream.time_base) - start_s)
    return min((length for length in lengths if length > 0), default=None)


def _created(container: InputContainer, stream: VideoStream) -> datetime | None:
    text = container.metadata.get("creation_time") or stream.metadata.get("creation_time")
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    # Clocks that were never set write 1904 or 1970.
    if moment is None or not 1990 <= moment.year < 2100:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
