"""A camera as a frame source."""

import logging
import math
import threading
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from itertools import chain

import av

from config.cameras import SamplingSettings
from domain.errors import SourceError
from domain.frame import Frame, SignalLost, SignalRestored, SourceItem, TimeSource
from domain.urls import shown_location
from pipeline.sources.backoff import Backoff
from pipeline.sources.base import SourcePosition, SourceStats
from pipeline.sources.containers import reason
from pipeline.sources.event_clock import EventClock, is_believed
from pipeline.sources.pictures import ColorCheck, PictureConverter
from pipeline.sources.rtsp_pending import Held, Hold, Patience, Seen
from pipeline.sources.rtsp_reader import WatchedStop
from pipeline.sources.rtsp_session import RtspSession, Shot, SignalGone
from pipeline.sources.rtsp_settings import RtspOptions
from pipeline.sources.sampling import TimeSampler

logger = logging.getLogger(__name__)

_MOST_STUCK = 3
"""Sessions whose thread has not come back from FFmpeg, beyond which the camera is not asked again until one has."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class RtspSource:
    """Frames of a camera over RTSP, interleaved in TCP; `rtsps://` encrypts without checking the camera's certificate.

    Once started it goes on for ever: when the signal goes, SignalLost comes at once, then new tries with growing waits, then
    SignalRestored and frames. Media time goes on over a gap by the seconds it lasted. Event time never runs back. It is the
    camera's own clock as its RTCP sender reports tell it; the first frames of a connection are held back for up to 3 s until there
    is one. Without one, or where that clock is more than a minute off, it is the time of arrival.

    Args:
        url: `rtsp://` or `rtsps://`, user and password included.
        stream_id: Name of the stream.
        sampling: Frames to take; of keyframes alone `frames_read` counts packets seen instead of frames decoded. Its limit is one
            of media time, gaps included.
        options: How patient to be.
        clock: The time of this machine, UTC.
    """

    def __init__(
        self,
        url: str,
        *,
        stream_id: str,
        sampling: SamplingSettings,
        options: RtspOptions | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._url = url
        self._stream_id = stream_id
        self._sampling = sampling
        self._sampler = TimeSampler(sampling.fps)
        self._options = options or RtspOptions()
        self._limit_s = math.inf if sampling.limit_s is None else sampling.limit_s
        self._clock = clock
        self._converter = PictureConverter()
        self._backoff = Backoff(self._options.reconnect_min_s, self._options.reconnect_max_s)
        self._stop = WatchedStop()
        # Not the sessions, whose decoders are large.
        self._reading: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._iterating = False
        self._session: RtspSession | None = None
        self._shots: Iterator[Shot] = iter(())
        self._seen = Seen()
        self._times = EventClock()
        self._hold = Hold()
        self._colors = ColorCheck(stream_id)
        self._patience = Patience()
        self._began = clock()
        self._lost = False
        self._lost_at = self._began
        self._restored_at_s: float | None = None
        self._distrust_told = False
        # Whoever asks for counts while a session ends must not see them fall.
        self._counting = threading.Lock()
        self._read_before = 0
        self._damaged = 0
        self._frames_sampled = 0

    @property
    def stream_id(self) -> str:
        """Name of the stream."""
        return self._stream_id

    @property
    def location(self) -> str:
        """The URL without user and password."""
        return shown_location(self._url)

    @property
    def live(self) -> bool:
        """True: a camera does not wait."""
        return True

    @property
    def duration_s(self) -> float | None:
        """None: nobody knows."""
        return None

    @property
    def picture_step_s(self) -> float:
        """What is asked for; a camera may send less, which shows as it comes."""
        return 1.0 / self._sampling.fps

    @property
    def started_at(self) -> datetime | None:
        """None: a camera has no beginning."""
        return None

    def content(self) -> str | None:
        """None: a camera is known by its name."""
        return None

    def open(self) -> None:
        """Connect and decode a first picture, where the camera must be there at the start; else nothing is waited for.

        Raises:
            SourceError: The camera is away and must not be, asks for another password, or sends no video.
        """
        self._seen, self._began = Seen(), self._clock()
        if not self._options.must_start:
            return
        try:
            self._connect()
            self._shots = chain([next(self._shots)], self._shots)
        except SignalGone as gone:
            self._hang_up()
            raise SourceError(str(gone)) from None

    def resume(self, position: SourcePosition) -> None:
        """Nothing: what a camera has shown is gone."""

    def items(self) -> Iterator[SourceItem]:
        """Sampled frames and changes of the signal, until `close`.

        Raises:
            SourceError: The camera does not accept user and password any longer.
        """
        with self._lock:
            self._iterating = True
        try:
            while not self._stop.is_set():
                gone = yield from self._until_gone()
                self._hang_up()
                yield from self._lose(gone)
                self._stop.rest(self._backoff.wait_s())
        finally:
            with self._lock:
                self._iterating = False
            self._hang_up()

    @property
    def silent_s(self) -> float:
        """See `WatchedSource`."""
        return self._stop.silent_s

    def stats(self) -> SourceStats:
        """Counts so far; seconds are those with a signal, and never exceed the limit."""
        with self._counting:
            session = self._session
            read = self._read_before + (session.frames_read if session else 0)
            damaged = self._damaged + (session.frames_damaged if session else 0)
        return SourceStats(read, self._frames_sampled, min(self._seen.connected_s, self._limit_s), damaged)

    def close(self) -> None:
        """End `items` at once, after the frames that were read already."""
        self._stop.set()
        with self._lock:
            if not self._iterating:
                self._hang_up()

    def _connect(self) -> None:
        options = self._options
        self._reading = [thread for thread in self._reading if thread.is_alive()]
        if len(self._reading) >= _MOST_STUCK:
            raise SignalGone(
                f"{len(self._reading)} attempts to reach the camera hang; no other is made until one ends"
            )
        self._session = RtspSession(
            self._url,
            (options.open_timeout_s, options.read_timeout_s),
            keyframes_only=self._sampling.keyframes_only,
            clock=self._clock,
            stop=self._stop,
        )
        self._reading.append(self._session.thread)
        self._session.connect()
        self._shots = self._session.shots()
        self._seen.reconnected()
        self._times.reconnected()
        self._hold = Hold()
        # So that the first picture after a gap is taken.
        self._sampler = TimeSampler(self._sampling.fps)

    def _hang_up(self) -> None:
        with self._counting:
            session, self._session = self._session, None
            if session is not None:
                self._read_before += session.frames_read
                self._damaged += session.frames_damaged
        if session is not None:
            session.close()

    def _until_gone(self) -> Generator[SourceItem, None, str]:
        """Items while there is a signal; returns why there is none any longer."""
        gone = "closed"
        try:
            if self._session is None:
                self._connect()
            for shot in self._shots:
                if self._stop.is_set() or not self._take(shot):
                    break
                if self._hold.is_over(shot.arrived, self._times):
                    yield from self._release()
        except SignalGone as signal:
            gone = str(signal)
        try:
            yield from self._release()
        except av.FFmpegError as error:
            return f"its pictures cannot be converted ({reason(error)})"
        return gone

    def _take(self, shot: Shot) -> bool:
        """Note a picture, and hold it if it is sampled; whether to go on."""
        media_s = self._seen.media_time_s(shot)
        if media_s >= self._limit_s:
            self._stop.set()
            return False
        self._note_time(shot, media_s)
        self._backoff.reset()
        if self._lost:
            self._lost = False
            self._restored_at_s = media_s
        if not shot.whole:
            self._damaged += 1
        elif self._sampler.take(media_s):
            self._hold.add(shot, self._read_before + shot.index, media_s, self.stats().frames_damaged)
        return True

    def _note_time(self, shot: Shot, media_s: float) -> None:
        self._times.note(media_s, shot.arrived, shot.taken)
        if shot.taken is not None and not self._distrust_told and not is_believed(shot.taken, shot.arrived):
            self._distrust_told = True
            logger.warning(
                "%s: the camera's clock is %.0f s off this machine's; times of arrival are used until it is set right",
                self._stream_id,
                abs((shot.taken - shot.arrived).total_seconds()),
            )

    def _release(self) -> Iterator[SourceItem]:
        """What was held, in order, now that it is known when it was taken."""
        restored_at_s, self._restored_at_s = self._restored_at_s, None
        if restored_at_s is not None:
            event_time, time_source = self._times.place(restored_at_s)
            gap_s = max(0.0, (event_time - self._lost_at).total_seconds())
            logger.warning("%s: pictures again after %.1f s", self._stream_id, gap_s)
            yield SignalRestored(self._stream_id, event_time, time_source, gap_s)
        while self._hold.frames:
            yield self._frame(self._hold.frames.popleft())

    def _frame(self, held: Held) -> Frame:
        frame = held.shot.frame
        image = self._converter.to_bgr(frame, held.shot.pixel_aspect)
        event_time, time_source = self._times.place(held.media_s)
        self._frames_sampled += 1
        return Frame(
            stream_id=self._stream_id,
            index=held.index,
            sample_index=self._frames_sampled - 1,
            image=image,
            media_time_s=held.media_s,
            event_time=event_time,
            time_source=time_source,
            frames_damaged=held.frames_damaged,
            colors_known=self._colors.known(frame),
            may_wait=self._patience.covers(self._clock() - held.shot.arrived),
        )

    def _lose(self, gone: str) -> Iterator[SourceItem]:
        if self._stop.is_set() or self._lost:
            return
        self._lost = True
        logger.warning("%s: %s; trying again until it is back", self._stream_id, gone)
        last_s = self._seen.media_s
        time_source: TimeSource = "arrival"
        self._lost_at = self._began
        if last_s is not None:
            self._lost_at, time_source = self._times.place(last_s)
        yield SignalLost(self._stream_id, self._lost_at, time_source, gone)
