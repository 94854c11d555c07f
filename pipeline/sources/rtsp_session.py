"""One connection to a camera."""

import errno
import logging
import struct
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import av
from av import VideoFrame

from domain.errors import SourceError
from domain.urls import Address, host_of
from pipeline.sources.containers import (
    AnyPacket,
    decode_keyframe,
    pixel_aspect,
    reason,
    stamp_s,
    usual_step_s,
)
from pipeline.sources.integrity import IntegrityCheck, Judged
from pipeline.sources.rtsp_reader import RtspReader, Stopped, TooLate

logger = logging.getLogger(__name__)

NO_PICTURE_S = 30.0
"""A camera that sends data, but nothing to be decoded for so long, is as good as silent. Keyframes may be 10 s apart and more."""
# Frames on their way through the decoder; more means that stamps come back changed.
_MOST_TIMES = 256


class SignalGone(Exception):  # noqa: N818 - a signal between session and source
    """No connection, or not any longer, but there may be one later. The text is one line and carries no password."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A decoded picture with its times.

    Attributes:
        frame: As FFmpeg decoded it.
        whole: False where it, or what it was predicted from, is damaged.
        pixel_aspect: Width of a pixel by its height.
        index: Position among what this session has read.
        stamp_s: Time stamp in seconds of this session; None where it has none.
        step_s: Expected distance to the picture before, seconds.
        arrived: When it came, by this machine's clock, UTC.
        taken: When it was taken by the camera's RTCP sender reports, UTC; None before the first of them.
    """

    frame: VideoFrame
    whole: bool
    pixel_aspect: Fraction
    index: int
    stamp_s: float | None
    step_s: float
    arrived: datetime
    taken: datetime | None


class RtspSession:
    """One connection. One thread at a time.

    Args:
        url: Address, user and password included.
        limits_s: Seconds to connect at most, and seconds to wait for data at most.
        keyframes_only: Decode keyframes only.
        clock: The time of this machine, UTC.
        stop: Ends all waiting.

    Attributes:
        frames_read: Pictures decoded, or, with keyframes only, packets seen.
        frames_damaged: Packets that gave no picture, after the first that did.
    """

    def __init__(
        self,
        url: str,
        limits_s: tuple[float, float],
        *,
        keyframes_only: bool,
        clock: Callable[[], datetime],
        stop: threading.Event,
    ) -> None:
        self._url = url
        self._name = f"camera {host_of(url)}"
        self._limits_s = limits_s
        self._keyframes_only = keyframes_only
        self._arrived = clock()
        self._check: IntegrityCheck[Shot] = IntegrityCheck()
        self._times: dict[int, tuple[datetime, datetime | None]] = {}
        self._running: Generator[Shot] | None = None
        self._last_index = 0
        self._decoded = False
        self.frames_read = 0
        self.frames_damaged = 0
        self._reader = RtspReader(url, self._name, limits_s, clock, stop)

    @property
    def thread(self) -> threading.Thread:
        """That which reads; it ends when FFmpeg lets it, some time after `close`."""
        return self._reader.thread

    def connect(self) -> None:
        """Wait until it is connected. Called once, before `shots`.

        Raises:
            SignalGone: The camera is not there, does not answer or has no video.
            SourceError: It does not accept user and password: trying on would only lock the account.
        """
        began = time.monotonic()
        try:
            self._stream = self._reader.connected()
        except Stopped:
            self._reader.close()
            raise SignalGone(f"{self._name} was not waited for") from None
        except SourceError as error:
            self._reader.close()
            # A camera that starts up may have its pictures later.
            raise SignalGone(str(error)) from None
        except (av.FFmpegError, ValueError, TooLate) as error:
            self._reader.close()
            # FFmpeg calls an answer that never came invalid data. Its own text would show the password.
            silent = isinstance(error, TooLate) or time.monotonic() - began > 0.9 * min(self._limits_s)
            raise refusal(error, self._url, silent=silent) from None

    def shots(self) -> Iterator[Shot]:
        """Decoded pictures, until the source is told to stop. Called once.

        Raises:
            SignalGone: The connection has ended, or nothing came within the time limit.
        """
        self._running = self._run()
        return self._running

    def close(self) -> None:
        """Hang up. Not while another thread is in `shots`."""
        if self._running is not None:
            self._running.close()
        self._reader.close()

    def _run(self) -> Generator[Shot]:
        last_picture = time.monotonic()
        problem = f"{self._name} closed the connection"
        try:
            for packet, arrived in self._reader.packets():
                self._note_time(packet, arrived)
                for shot in self._decode(packet):
                    last_picture = time.monotonic()
                    yield shot
                if time.monotonic() - last_picture > NO_PICTURE_S:
                    problem = f"{self._name} sends data, but no picture in it for {NO_PICTURE_S:.0f} s"
                    break
        except Stopped:
            return
        except (av.ExitError, av.TimeoutError, TooLate):
            problem = f"{self._name} has sent nothing for {self._limits_s[1]:g} s"
        except av.FFmpegError as error:
            problem = f"the connection to {self._name} broke ({reason(error)})"
        yield from self._judged(self._check.rest())
        raise SignalGone(problem)

    def _decode(self, packet: AnyPacket) -> Generator[Shot]:
        if self._keyframes_only:
            index = self.frames_read
            self.frames_read += 1
            if packet.is_keyframe:
                for frame in self._frames(packet):
                    yield self._shot(frame, index, whole=not frame.is_corrupt)
            return
        self._check.packet(packet, reorder_depth=self._stream.codec_context.reorder_depth)
        for frame in self._frames(packet):
            shot = self._shot(frame, self.frames_read, whole=True)
            self.frames_read += 1
            yield from self._judged(self._check.picture(frame, shot.stamp_s or 0.0, shot))

    @staticmethod
    def _judged(judged: list[Judged[Shot]]) -> Iterator[Shot]:
        for one in judged:
            yield replace(one.item, whole=one.whole)

    def _frames(self, packet: AnyPacket) -> list[VideoFrame]:
        codec = self._stream.codec_context
        try:
            frames = decode_keyframe(codec, packet)[:1] if self._keyframes_only else codec.decode(packet)
        except av.FFmpegError as error:
            logger.debug("%s sent a packet that cannot be decoded: %s", self._name, reason(error))
            # Before, it is usual: a session may begin between two keyframes.
            if self._decoded:
                self.frames_damaged += 1
                self.frames_read += 0 if self._keyframes_only else 1
                self._check.something_is_missing()
            return []
        self._decoded = self._decoded or bool(frames)
        return frames

    def _note_time(self, packet: AnyPacket, arrived: datetime) -> None:
        self._arrived = arrived
        # The first of a session, and the first after a stall.
        if packet.pts is None:
            return
        if len(self._times) >= _MOST_TIMES:
            self._times.clear()
        self._times[packet.pts] = arrived, wall_clock(packet)

    def _shot(self, frame: VideoFrame, index: int, *, whole: bool) -> Shot:
        steps, self._last_index = index - self._last_index, index
        known = self._times.pop(frame.pts, None) if frame.pts is not None else None
        arrived, taken = known or (self._arrived, None)
        return Shot(
            frame=frame,
            whole=whole,
            pixel_aspect=pixel_aspect(self._stream),
            index=index,
            stamp_s=stamp_s(frame, self._stream),
            step_s=steps * usual_step_s(self._stream),
            arrived=arrived,
            taken=taken,
        )


def wall_clock(packet: AnyPacket) -> datetime | None:
    """When the camera took the picture by its own clock, from its RTCP sender reports; None before the first of them."""
    if not packet.has_sidedata("prft"):
        return None
    (microseconds,) = struct.unpack_from("<q", bytes(packet.get_sidedata("prft")))
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)
    except OverflowError:
        return None


def refusal(error: Exception, url: str, *, silent: bool) -> SignalGone | SourceError:
    """What to tell about a camera that cannot be opened, without its password: SourceError where trying again is of no use.

    Args:
        error: What FFmpeg said.
        url: Address, user and password included.
        silent: Whether the time limit had passed.
    """
    name = f"camera {host_of(url)}"
    if isinstance(error, (av.HTTPUnauthorizedError, av.HTTPForbiddenError)):
        if Address.parse(url).user is not None:
            return SourceError(f"{name} does not accept this user and password; check both in the URL")
        return SourceError(f"{name} asks for a password; name it as rtsp://USER:PASSWORD@HOST/PATH")
    return SignalGone(f"{name} {_trouble(error, silent)}")


def _trouble(error: Exception, silent: bool) -> str:
    if isinstance(error, av.HTTPNotFoundError):
        return "has no stream of this name; check the path behind the host"
    if isinstance(error, av.ConnectionRefusedError):
        return "refuses the connection; check address and port, and that RTSP is switched on"
    if silent or isinstance(error, (av.ExitError, av.TimeoutError)):
        return "does not answer in time; check address and network, or allow it more seconds"
    if isinstance(error, av.FFmpegError) and error.errno == errno.EPROTONOSUPPORT:
        return (
            "sends its video over UDP only; switch on RTSP over TCP (also called interleaved) in the camera"
        )
    if isinstance(error, (av.InvalidDataError, av.HTTPError)):
        return "answers, but not with a video stream; check port and path"
    said = reason(error) if isinstance(error, av.FFmpegError) else "invalid address"
    return f"cannot be reached ({said}); check address and network"
