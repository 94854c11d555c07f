import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from struct import pack
from typing import cast

import av
import pytest

from config import SamplingSettings
from domain.errors import SourceError
from domain.frame import SignalLost
from pipeline.sources.containers import AnyPacket
from pipeline.sources.rtsp import RtspSource
from pipeline.sources.rtsp_session import SignalGone, refusal, wall_clock
from pipeline.sources.rtsp_settings import RtspOptions
from tests.support.ports import free_port
from tests.support.waiting import eventually

NOON = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
URL = "rtsp://admin:s3cret@cam:8554/live"


def away(options: RtspOptions, port: int | None = None) -> RtspSource:
    url = f"rtsp://admin:s3cret@127.0.0.1:{port or free_port()}/live"
    return RtspSource(
        url, stream_id="door", sampling=SamplingSettings(fps=5.0), options=options, clock=lambda: NOON
    )


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def babbling() -> Iterator[int]:
    """A port that answers, but not in RTSP."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def answer() -> None:
            with listening.accept()[0] as peer:
                peer.recv(4096)
                peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" * 50)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


def test_a_camera_that_refuses() -> None:
    port = free_port()
    message = f"camera 127.0.0.1:{port} refuses the connection; check address and port, and that RTSP is switched on"
    with pytest.raises(SourceError, match=f"^{re.escape(message)}$"):
        away(RtspOptions(open_timeout_s=1.0, read_timeout_s=1.0), port).open()


def test_a_camera_that_accepts_and_says_nothing(deaf: int) -> None:
    message = f"camera 127.0.0.1:{deaf} does not answer in time; check address and network, or allow it more seconds"
    with pytest.raises(SourceError, match=f"^{re.escape(message)}$"):
        away(RtspOptions(open_timeout_s=0.5, read_timeout_s=0.5), deaf).open()


def test_something_that_is_no_camera(babbling: int) -> None:
    with pytest.raises(SourceError, match=f"^camera 127.0.0.1:{babbling} .*; check [a-z ]+"):
        away(RtspOptions(open_timeout_s=2.0, read_timeout_s=2.0), babbling).open()


def test_an_absent_camera_may_be_waited_for_and_close_ends_the_waiting() -> None:
    source = away(
        RtspOptions(
            open_timeout_s=1.0,
            read_timeout_s=1.0,
            reconnect_min_s=60.0,
            reconnect_max_s=60.0,
            must_start=False,
        )
    )
    source.open()
    items = source.items()

    lost = next(items)
    assert isinstance(lost, SignalLost)
    assert (lost.stream_id, lost.event_time, lost.time_source) == ("door", NOON, "arrival")
    assert "refuses the connection" in lost.reason

    rest: list[object] = []
    waiting = threading.Thread(target=lambda: rest.extend(items))
    waiting.start()
    source.close()
    waiting.join(10)
    assert not waiting.is_alive()
    assert rest == []
    source.close()


def test_a_reader_that_hangs_in_ffmpeg_is_replaced_and_others_are_not_piled_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate, calls = threading.Event(), []

    def hang(url: str, **_: object) -> None:
        calls.append(url)
        gate.wait(60)
        raise av.ConnectionRefusedError(111, "Connection refused", url)

    monkeypatch.setattr(av, "open", hang)
    source = away(
        RtspOptions(
            open_timeout_s=0.01,
            read_timeout_s=0.01,
            reconnect_min_s=0.01,
            reconnect_max_s=0.02,
            must_start=False,
        )
    )
    # A reader is waited for twice the limit and a second.
    monkeypatch.setattr("pipeline.sources.rtsp._MOST_STUCK", 2)
    source.open()
    items = source.items()
    lost = next(items)
    assert isinstance(lost, SignalLost)
    assert "does not answer in time" in lost.reason
    reading = threading.Thread(target=lambda: list(items))
    reading.start()
    eventually(lambda: len(calls) == 2)
    reading.join(1.5)
    assert reading.is_alive()
    assert len(calls) == 2
    assert source.silent_s < 1.0
    gate.set()
    eventually(lambda: len(calls) > 2)
    source.close()
    reading.join(10)
    assert not reading.is_alive()


def test_tries_again_and_again_but_tells_once() -> None:
    source = away(
        RtspOptions(
            open_timeout_s=1.0,
            read_timeout_s=1.0,
            reconnect_min_s=0.01,
            reconnect_max_s=0.02,
            must_start=False,
        )
    )
    source.open()
    items = source.items()
    assert isinstance(next(items), SignalLost)
    timer = threading.Timer(0.5, source.close)
    timer.start()
    assert list(items) == []
    timer.join()
    assert source.stats().frames_read == 0


ERRORS = [
    (av.HTTPUnauthorizedError, "does not accept this user and password; check both in the URL"),
    (av.HTTPForbiddenError, "does not accept this user and password; check both in the URL"),
    (av.HTTPNotFoundError, "has no stream of this name; check the path behind the host"),
    (av.HTTPServerError, "answers, but not with a video stream; check port and path"),
    (av.InvalidDataError, "answers, but not with a video stream; check port and path"),
    (av.TimeoutError, "does not answer in time; check address and network, or allow it more seconds"),
    (av.ExitError, "does not answer in time; check address and network, or allow it more seconds"),
    (av.OSError, "cannot be reached (input/output error); check address and network"),
]


@pytest.mark.parametrize(("kind", "message"), ERRORS)
def test_what_is_told(kind: type[av.FFmpegError], message: str) -> None:
    told = refusal(kind(5, "Input/output error", URL), URL, silent=False)
    assert str(told) == f"camera cam:8554 {message}"
    assert isinstance(told, SourceError if "accept" in message else SignalGone)


def test_a_camera_that_wants_a_password_and_got_none() -> None:
    told = refusal(av.HTTPUnauthorizedError(401, "Unauthorized", "x"), "rtsp://cam/live", silent=False)
    assert str(told) == "camera cam asks for a password; name it as rtsp://USER:PASSWORD@HOST/PATH"


class StampedPacket:
    """As much of a packet as matters here: PyAV cannot attach a producer reference time to one of its own."""

    def __init__(self, moment: int | None) -> None:
        self._moment = moment

    def has_sidedata(self, kind: str) -> bool:
        return kind == "prft" and self._moment is not None

    def get_sidedata(self, kind: str) -> bytes:
        assert kind == "prft"
        return pack("<qi4x", self._moment, 0)


@pytest.mark.parametrize(
    ("microseconds", "moment"),
    [
        (None, None),
        (int(NOON.timestamp()) * 1_000_000 + 250_000, NOON + timedelta(seconds=0.25)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (2**63 - 1, None),
        (-(2**63), None),
    ],
)
def test_the_cameras_clock(microseconds: int | None, moment: datetime | None) -> None:
    packet = cast("AnyPacket", StampedPacket(microseconds))
    assert wall_clock(packet) == moment


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"open_timeout_s": 0.0}, "Input should be greater than 0"),
        ({"read_timeout_s": -1.0}, "Input should be greater than 0"),
        ({"reconnect_min_s": 0.0}, "Input should be greater than 0"),
        (
            {"reconnect_min_s": 9.0, "reconnect_max_s": 3.0},
            r"reconnect_min_s \(9\) must not be above reconnect_max_s \(3\)",
        ),
    ],
)
def test_wrong_options(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RtspOptions.model_validate(options)
