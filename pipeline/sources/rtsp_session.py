"""One connection to a camera."""

import logging
import struct
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import av
from av import VideoFrame

from domain.errors import SourceError
from domain.frame import TimeSource
from domain.urls import encoded_url, host_of
from pipeline.sources.containers import (
    AnyPacket,
    decode_keyframe,
    prepare_decoder,
    reason,
    stamp_s,
    usual_step_s,
    video_stream,
)

logger = logging.getLogger(__name__)

NO_PICTURE_S = 30.0
"""A camera that sends data, but nothing to be decoded for so long, is as good as silent. Keyframes may be 10 s apart and more."""
_CLOCK_WAS_SET = timedelta(days=1)
_MOST_TIMES = 256  # frames on their way through the decoder; more means that stamps come back changed


class SignalGone(Exception):  # noqa: N818 - a signal between session and source
    """No connection, or not any longer, but there may be one later. The text is one line and carries no password."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A decoded picture with its times.

    Attributes:
        frame: As FFmpeg decoded it.
        index: Position among what this session has read.
        stamp_s: Time stamp in seconds of this session; None where it has none.
        step_s: Expected distance to the picture before, seconds.
        event_time: When it was taken, UTC.
        time_source: "camera" where the camera's RTCP sender reports tell, else "arrival".
    """

    frame: VideoFrame
    index: int
    stamp_s: float | None
    step_s: float
    event_time: datetime
    time_source: TimeSource


class RtspSession:
    """Connects at birth. One thread at a time.

    Args:
        url: Address, user and password included.
        limits_s: Seconds to connect at most, and seconds to wait for data at most.
        keyframes_only: Decode keyframes only.
        clock: The time of this machine, UTC.

    Attributes:
        frames_read: Pictures decoded, or, with keyframes only, packets seen.

    Raises:
        SignalGone: The camera is not there, does not answer or has no video.
        SourceError: It does not accept user and password: trying on would only lock the account.
    """

    def __init__(
        self,
        url: str,
        limits_s: tuple[float, float],
        *,
        keyframes_only: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self._name = f"camera {host_of(url)}"
        self._read_limit_s = limits_s[1]
        self._keyframes_only = keyframes_only
        self._clock = clock
        self._times: dict[int, tuple[datetime, TimeSource]] = {}
        self._running: Generator[Shot] | None = None
        self._last_index = 0
        self.frames_read = 0
        began = time.monotonic()
        try:
            self._container = av.open(
                encoded_url(url), options=_options(limits_s[1]), timeout=limits_s, metadata_errors="replace"
            )
        except (av.FFmpegError, ValueError) as error:
            # FFmpeg calls an answer that never came invalid data. Its own text would show the password.
            silent = time.monotonic() - began > 0.9 * min(limits_s)
            raise refusal(error, url, silent=silent) from None
        try:
            self._stream = video_stream(self._container, self._name)
            prepare_decoder(self._stream, threads=1)
        except SourceError as error:
            self._container.close()
            raise SignalGone(str(error)) from None  # a camera that starts up may have its pictures later

    def shots(self) -> Iterator[Shot]:
        """Decoded pictures, for ever. Called once.

        Raises:
            SignalGone: The connection has ended, or nothing came within the time limit.
        """
        self._running = self._run()
        return self._running

    def close(self) -> None:
        """Hang up. Not while another thread is in `shots`."""
        if self._running is not None:
            self._running.close()
        self._container.close()

    def _run(self) -> Generator[Shot]:
        last_picture = time.monotonic()
        try:
            for packet in self._container.demux(self._stream):
                if packet.size == 0:
                    break  # FFmpeg flushes: the peer has closed
                for shot in self._decode(packet):
                    last_picture = time.monotonic()
                    yield shot
                if time.monotonic() - last_picture > NO_PICTURE_S:
                    raise SignalGone(
                        f"{self._name} sends data, but no picture in it for {NO_PICTURE_S:.0f} s"
                    )
        except (av.ExitError, av.TimeoutError):
            raise SignalGone(f"{self._name} has sent nothing for {self._read_limit_s:g} s") from None
        except av.FFmpegError as error:
            raise SignalGone(f"the connection to {self._name} broke ({reason(error)})") from None
        raise SignalGone(f"{self._name} closed the connection")

    def _decode(self, packet: AnyPacket) -> Generator[Shot]:
        self._note_time(packet)
        index = self.frames_read
        if self._keyframes_only:
            self.frames_read += 1
            if not packet.is_keyframe:
                return
        for frame in self._frames(packet):
            if not self._keyframes_only:
                index = self.frames_read
                self.frames_read += 1
            yield self._shot(frame, index)

    def _frames(self, packet: AnyPacket) -> list[VideoFrame]:
        codec = self._stream.codec_context
        try:
            return decode_keyframe(codec, packet)[:1] if self._keyframes_only else codec.decode(packet)
        except av.FFmpegError as error:  # usual at the start of a session, between two keyframes
            logger.debug("%s sent a packet that cannot be decoded: %s", self._name, reason(error))
            return []

    def _note_time(self, packet: AnyPacket) -> None:
        if packet.pts is None:  # the first of a session, and the first after a stall
            return
        if len(self._times) >= _MOST_TIMES:
            self._times.clear()
        self._times[packet.pts] = self._time_of(packet)

    def _time_of(self, packet: AnyPacket) -> tuple[datetime, TimeSource]:
        now = self._clock()
        taken = wall_clock(packet)
        # Cameras whose clock was never set report 1970 or the day they left the factory.
        if taken is None or abs(now - taken) > _CLOCK_WAS_SET:
            return now, "arrival"
        return taken, "camera"

    def _shot(self, frame: VideoFrame, index: int) -> Shot:
        steps, self._last_index = index - self._last_index, index
        known = self._times.pop(frame.pts, None) if frame.pts is not None else None
        event_time, time_source = known or (self._clock(), "arrival")
        return Shot(
            frame=frame,
            index=index,
            stamp_s=stamp_s(frame, self._stream),
            step_s=steps * usual_step_s(self._stream),
            event_time=event_time,
            time_source=time_source,
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
        if "@" in url:
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
    if isinstance(error, (av.InvalidDataError, av.HTTPError)):
        return "answers, but not with a video stream; check port and path"
    said = reason(error) if isinstance(error, av.FFmpegError) else "invalid address"
    return f"cannot be reached ({said}); check address and network"


def _options(read_limit_s: float) -> dict[str, str]:
    return {
        "rtsp_transport": "tcp",
        "allowed_media_types": "video",  # else sound would keep a connection alive whose pictures have stopped
        "timeout": str(
            int(read_limit_s * 1e6)
        ),  # microseconds, on the socket; PyAV's own limit is on top of it
    }
