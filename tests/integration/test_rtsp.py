"""A camera, played by GStreamer's RTSP server."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from config import SamplingSettings
from domain.errors import SourceError
from domain.frame import Frame, SignalLost, SignalRestored, SourceItem
from pipeline.sources.rtsp import RtspSource
from pipeline.sources.rtsp_settings import RtspOptions
from tests.support.clips import BRIGHT, ClipOptions, steady, write_clip
from tests.support.rtsp_server import Login, RtspServer

pytestmark = pytest.mark.integration

QUICK = RtspOptions(open_timeout_s=5.0, read_timeout_s=1.0, reconnect_min_s=0.2, reconnect_max_s=0.5)
MANY = 400  # items after which a test gives up waiting, about 40 s


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rtsp") / "clip.mp4"
    return write_clip(path, steady(50, 25), ClipOptions(size=(160, 120), keyframe_every=10))


@pytest.fixture
def server(clip: Path) -> Iterator[RtspServer]:
    with RtspServer(clip) as running:
        yield running


def camera(url: str, options: RtspOptions = QUICK, *, keyframes_only: bool = False) -> RtspSource:
    sampling = SamplingSettings(fps=10.0, keyframes_only=keyframes_only)
    return RtspSource(url, stream_id="door", sampling=sampling, options=options)


def frames_of(items: Iterator[SourceItem], count: int) -> list[Frame]:
    """The next frames; nothing else may come between."""
    frames = [next(items) for _ in range(count)]
    assert all(isinstance(item, Frame) for item in frames)
    return [item for item in frames if isinstance(item, Frame)]


def until(items: Iterator[SourceItem], kind: type[SourceItem]) -> SourceItem:
    for _, item in zip(range(MANY), items, strict=False):
        if isinstance(item, kind):
            return item
    raise AssertionError(f"no {kind.__name__} among {MANY} items")


def assert_never_back(frames: list[Frame]) -> None:
    for before, after in pairwise(frames):
        assert after.media_time_s >= before.media_time_s
        assert after.index > before.index
        assert after.sample_index == before.sample_index + 1


def test_frames_arrive_with_the_cameras_time(server: RtspServer) -> None:
    source = camera(server.url())
    source.open()
    items = source.items()

    frames = frames_of(items, 40)
    now = datetime.now(UTC)
    source.close()

    assert {frame.time_source for frame in frames} == {"camera"}
    assert abs(now - frames[-1].event_time) < timedelta(seconds=2)
    assert frames[0].media_time_s == 0.0
    assert_never_back(frames)
    rate = (len(frames) - 1) / (frames[-1].media_time_s - frames[0].media_time_s)
    assert rate < 11
    np.testing.assert_allclose(frames[3].image[30, 40], BRIGHT, atol=15)
    assert (source.live, source.duration_s, source.location) == (True, None, server.url())
    assert source.stats().frames_sampled == len(frames)
    assert source.stats().frames_read > len(frames)
    assert list(items) == []


def test_keyframes_only(server: RtspServer) -> None:
    source = camera(server.url(), keyframes_only=True)
    source.open()

    frames = frames_of(source.items(), 4)
    source.close()

    steps = np.diff([frame.media_time_s for frame in frames])
    np.testing.assert_allclose(steps, 0.4, atol=0.05)
    assert frames[3].index - frames[0].index == pytest.approx(30, abs=5)


def test_goes_on_after_the_camera_was_away(server: RtspServer) -> None:
    source = camera(server.url())
    source.open()
    items = source.items()
    before = frames_of(items, 5)

    server.kill()
    lost = until(items, SignalLost)
    server.start()
    restored = until(items, SignalRestored)
    after = frames_of(items, 5)
    source.close()

    assert isinstance(lost, SignalLost)
    assert isinstance(restored, SignalRestored)
    assert lost.stream_id == restored.stream_id == "door"
    assert re.fullmatch(rf"camera 127\.0\.0\.1:{server.port} closed the connection", lost.reason)
    assert before[-1].event_time <= lost.event_time <= restored.event_time == after[0].event_time
    passed_s = (restored.event_time - lost.event_time).total_seconds()
    assert restored.gap_s == pytest.approx(
        passed_s, abs=1.0
    )  # one by this machine's clock, one by the camera's
    assert after[0].media_time_s - before[-1].media_time_s >= restored.gap_s - 0.01
    assert after[0].index > before[-1].index
    assert_never_back(after)
    assert source.stats().media_seconds < source.stats().frames_read / 25 + 0.1, "the gap is in it"


def test_a_silent_camera_is_noticed(server: RtspServer) -> None:
    source = camera(server.url())
    source.open()
    items = source.items()
    frames_of(items, 3)

    server.freeze()
    lost = until(items, SignalLost)
    server.thaw()
    restored = until(items, SignalRestored)
    frames_of(items, 3)
    source.close()

    assert isinstance(lost, SignalLost)
    assert lost.reason == f"camera 127.0.0.1:{server.port} has sent nothing for 1 s"
    assert isinstance(restored, SignalRestored)
    assert restored.gap_s > 0.9


@pytest.mark.parametrize("method", ["digest", "basic"])
def test_passwords(
    clip: Path, method: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    login = Login("ad min", "s3cret:w/#rd@", method)
    with RtspServer(clip, login) as server:
        host = f"camera 127.0.0.1:{server.port}"
        with pytest.raises(
            SourceError, match=f"^{host} asks for a password; name it as rtsp://USER:PASSWORD@HOST/PATH$"
        ):
            camera(server.url()).open()
        with pytest.raises(
            SourceError, match=f"^{host} does not accept this user and password; check both in the URL$"
        ):
            camera(server.url("ad min:s3cretwrong@")).open()

        source = camera(server.url("ad min:s3cret:w/#rd@@"))
        source.open()
        frames_of(source.items(), 3)
        source.close()

    assert source.location == f"rtsp://***@127.0.0.1:{server.port}/cam"
    said = caplog.text + "".join(capfd.readouterr())
    assert "s3cret" not in said


def test_a_password_changed_on_the_way_ends_it(clip: Path, server: RtspServer) -> None:
    source = camera(server.url("admin:s3cret@"))
    source.open()
    items = source.items()
    frames_of(items, 3)
    server.kill()
    lost = until(items, SignalLost)

    strict = RtspServer(clip, Login("admin", "other"))
    strict.port = server.port
    with strict, pytest.raises(SourceError, match="does not accept this user and password"):
        until(items, SignalRestored)

    assert "s3cret" not in str(lost)


def test_no_stream_of_that_name(server: RtspServer) -> None:
    message = f"^camera 127.0.0.1:{server.port} has no stream of this name; check the path behind the host$"
    with pytest.raises(SourceError, match=message):
        camera(server.url("u:s3cret@", path="other")).open()


def test_a_camera_that_comes_later(server: RtspServer) -> None:
    server.kill()
    patient = RtspOptions(
        open_timeout_s=5.0, read_timeout_s=1.0, reconnect_min_s=0.2, reconnect_max_s=0.5, must_start=False
    )
    source = camera(server.url(), patient)
    source.open()
    items = source.items()

    lost = next(items)
    server.start()
    restored = next(items)
    frames = frames_of(items, 3)
    source.close()

    assert isinstance(lost, SignalLost)
    assert "refuses the connection" in lost.reason
    assert isinstance(restored, SignalRestored)
    assert restored.gap_s > 0
    assert frames[0].media_time_s == 0.0


def test_close_ends_a_camera_that_runs(server: RtspServer) -> None:
    source = camera(server.url())
    source.open()
    running = threading.Event()

    def read() -> None:
        for _ in source.items():
            running.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert running.wait(10)
    source.close()
    reader.join(5)
    assert not reader.is_alive()


@pytest.mark.parametrize(
    ("quirk", "cure"),
    [
        (
            "ONLY_UDP",
            "sends its video over UDP only; switch on RTSP over TCP (also called interleaved) in the camera",
        ),
        ("ONLY_SOUND", "sends sound but no video; switch its video on, or check the path behind the host"),
    ],
)
def test_a_camera_without_video_over_tcp(clip: Path, quirk: str, cure: str) -> None:
    with RtspServer(clip, quirks=[quirk]) as server:
        message = f"camera 127.0.0.1:{server.port} {cure}"
        with pytest.raises(SourceError, match=f"^{re.escape(message)}$"):
            camera(server.url()).open()


def test_event_time_never_runs_back_with_b_frames(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "b.mp4", steady(100, 25), ClipOptions(b_frames=3, keyframe_every=25))
    with RtspServer(path) as server:
        source = RtspSource(
            server.url(), stream_id="door", sampling=SamplingSettings(fps=25.0), options=QUICK
        )
        source.open()
        frames = frames_of(source.items(), 120)
        source.close()

    for before, after in pairwise(frames):
        step_s = (after.event_time - before.event_time).total_seconds()
        assert step_s >= 0
        assert step_s == pytest.approx(after.media_time_s - before.media_time_s, rel=0.11, abs=0.002)


def test_ends_after_its_limit_of_pictures(server: RtspServer) -> None:
    options = RtspOptions(open_timeout_s=5.0, read_timeout_s=1.0)
    sampling = SamplingSettings(fps=10.0, limit_s=2.0)
    source = RtspSource(server.url(), stream_id="door", sampling=sampling, options=options)
    source.open()

    frames = [item for item in source.items() if isinstance(item, Frame)]

    assert source.stats().media_seconds == pytest.approx(2.0, abs=0.1)
    assert all(frame.media_time_s < 2.0 for frame in frames)
    assert len(frames) == pytest.approx(20, abs=2)
