"""Packets of a camera, read in a thread of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from queue import Empty, Full, Queue
from typing import TypeAlias

import av
from av import VideoStream
from av.container import InputContainer

from domain.errors import SourceError
from domain.urls import encoded_url
from pipeline.sources.containers import AnyPacket, prepare_decoder, video_stream

_Message: TypeAlias = VideoStream | tuple[AnyPacket, datetime] | Exception | None

# Packets; beyond that the camera has to wait, as it would without a thread.
_MOST_WAITING = 512
_LOOK_UP_S = 0.1


class Stopped(Exception):  # noqa: N818 - a signal between reader and session
    """Whoever waited was told to stop."""


class TooLate(Exception):  # noqa: N818 - a signal between reader and session
    """Nothing came within the time limit."""


class WatchedStop(threading.Event):
    """Tells a source to stop, and notes when the source has last looked: that is its sign of life."""

    def __init__(self) -> None:
        super().__init__()
        self._looked_at = time.monotonic()

    @property
    def silent_s(self) -> float:
        """Seconds since somebody has looked."""
        return time.monotonic() - self._looked_at

    def is_set(self) -> bool:
        """Whether to stop."""
        self._looked_at = time.monotonic()
        return super().is_set()

    def rest(self, seconds: float) -> None:
        """Wait for so long, or until it is time to stop, and show that it is no more than that."""
        until = time.monotonic() + seconds
        while not self.is_set() and (left_s := until - time.monotonic()) > 0:
            self.wait(min(_LOOK_UP_S * 10, left_s))


class RtspReader:
    """Connects and reads packets in a thread, so that whoever waits for them need not wait longer than it wants.

    FFmpeg's own limits hold twice as long where a packet is pending, and nothing interrupts it from outside. A reader that is
    closed while the camera is silent ends by itself, at the latest when FFmpeg's limit is over.

    Args:
        url: Address, user and password included.
        name: Of the camera, for messages.
        limits_s: Seconds to connect at most, and seconds to wait for data at most.
        clock: The time of this machine, UTC.
        stop: Ends all waiting.
    """

    def __init__(
        self,
        url: str,
        name: str,
        limits_s: tuple[float, float],
        clock: Callable[[], datetime],
        stop: threading.Event,
    ) -> None:
        self._url = url
        self._name = name
        self._limits_s = limits_s
        self._clock = clock
        self._stop = stop
        self._messages: Queue[_Message] = Queue(_MOST_WAITING)
        self._lock = threading.Lock()
        self._left = False
        self._done = False
        self._container: InputContainer | None = None
        self.thread = threading.Thread(target=self._run, name=f"{name}-packets", daemon=True)
        self.thread.start()

    def connected(self) -> VideoStream:
        """Wait for the connection; FFmpeg applies the limit twice, to connecting and to finding out about the stream.

        Raises:
            av.FFmpegError, SourceError: As `av.open` and `video_stream` raise them.
            TooLate, Stopped: See there.
        """
        first = self._next(2.0 * self._limits_s[0] + 1.0)
        assert isinstance(first, VideoStream)  # noqa: S101 - the thread's first message
        return first

    def packets(self) -> Iterator[tuple[AnyPacket, datetime]]:
        """Packets, and when each came, until the peer closes.

        Raises:
            av.FFmpegError: The connection broke.
            TooLate, Stopped: See there.
        """
        while (message := self._next(self._limits_s[1])) is not None:
            assert isinstance(message, tuple)  # noqa: S101 - what follows the first message
            yield message

    def close(self) -> None:
        """Want nothing more. The stream must not be touched afterwards."""
        with self._lock:
            self._left = True
            if self._done and self._container is not None:
                self._container.close()

    def _next(self, limit_s: float) -> _Message:
        deadline = time.monotonic() + limit_s
        while not self._stop.is_set():
            left_s = deadline - time.monotonic()
            try:
                message = self._messages.get(timeout=max(0.0, min(_LOOK_UP_S, left_s)))
            except Empty:
                if left_s <= 0:
                    raise TooLate from None
                continue
            if isinstance(message, Exception):
                raise message
            return message
        raise Stopped

    def _run(self) -> None:
        try:
            self._read()
            self._tell(None)
        except Exception as error:  # noqa: BLE001 - raised where somebody waits for it
            self._tell(error)
        finally:
            with self._lock:
                self._done = True
                if self._left and self._container is not None:
                    self._container.close()

    def _read(self) -> None:
        try:
            self._container = self._open({"allowed_media_types": "video"})
        except av.HTTPOtherClientError:  # what a camera says to somebody who wants no stream that it has
            self._refuse_sound()
            raise
        stream = video_stream(self._container, self._name)
        prepare_decoder(stream, threads=1)
        self._tell(stream)
        for packet in self._container.demux(stream):
            # FFmpeg flushes: the peer has closed.
            if self._left or packet.size == 0:
                return
            self._tell((packet, self._clock()))

    def _open(self, options: dict[str, str]) -> InputContainer:
        """Connect. Sound is not asked for: it would keep a connection alive whose pictures have stopped."""
        open_s, read_s = self._limits_s
        # FFmpeg's limit must not be over first: it would hand out a packet that was pending, as if one had come just then.
        own_read_s = 1.5 * read_s + 1.0
        return av.open(
            encoded_url(self._url),
            options=_options(own_read_s) | options,
            timeout=(open_s, own_read_s),
            metadata_errors="replace",
        )

    def _refuse_sound(self) -> None:
        with self._open({}) as container:
            if container.streams.audio and not container.streams.video:
                raise SourceError(
                    f"{self._name} sends sound but no video; switch its video on, or check the path behind the host"
                )

    def _tell(self, message: _Message) -> None:
        while not self._left:
            try:
                self._messages.put(message, timeout=_LOOK_UP_S)
            except Full:
                continue
            return


def _options(read_limit_s: float) -> dict[str, str]:
    # Microseconds, on the socket; PyAV's own limit is on top of it.
    return {"rtsp_transport": "tcp", "timeout": str(int(read_limit_s * 1e6))}
