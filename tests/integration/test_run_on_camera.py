"""A whole run on a real RTSP server that goes away and comes back, and on signals."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.events import FrameObserved, StreamHealth
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.rtsp_server import Login, RtspServer
from tests.support.run_events import events_of
from tests.support.waiting import eventually

pytestmark = pytest.mark.integration

CAMERA = {"FOOTFALL_SOURCES__RTSP__READ_TIMEOUT_S": "1.5", "FOOTFALL_SOURCES__RTSP__RECONNECT_MIN_S": "0.2"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("camera") / "clip.mp4"
    return write_clip(path, steady(100, 10), ClipOptions(size=(320, 192)))


@contextmanager
def running(*arguments: object, environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`footfall ...` in a process of its own, which a signal can be sent to."""
    command = [sys.executable, "-c", "from cli.main import main; main()", *map(str, arguments)]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def statuses(out: Path) -> list[str]:
    return [event.status for event in events_of(out) if isinstance(event, StreamHealth)]


def frames(out: Path) -> list[FrameObserved]:
    return [event for event in events_of(out) if isinstance(event, FrameObserved)]


def test_a_server_that_dies_and_comes_back_is_a_gap_in_health(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    login = Login("guard", "hunter2")
    with RtspServer(clip, login) as server:
        url = server.url("guard:hunter2@")
        environ = {**os.environ, **CAMERA}
        with running("run", url, "--out", out, "--no-overlay", environ=environ) as run:
            eventually(
                lambda: any(each.time_source == "camera" for each in frames(out)),
                within_s=60,
                what="camera time",
            )
            server.kill()
            eventually(lambda: "signal-lost" in statuses(out), what="the loss in health")
            server.start()
            eventually(lambda: "signal-restored" in statuses(out), what="the return in health")
            seen = len(frames(out))
            eventually(lambda: len(frames(out)) > seen + 5, what="new frames")
            run.send_signal(signal.SIGTERM)
            printed, logged = run.communicate(timeout=60)

    assert run.returncode == 0, logged
    assert statuses(out)[0] == "started"
    assert statuses(out)[-1] == "ended"
    [gap] = [
        event
        for event in events_of(out)
        if isinstance(event, StreamHealth) and event.status == "signal-restored"
    ]
    assert gap.gap_s is not None
    assert 0 < gap.gap_s < 60
    now = datetime.now(UTC)
    assert all(
        now - timedelta(minutes=5) < each.event_time <= now + timedelta(seconds=5) for each in frames(out)
    )
    everything = (
        printed
        + logged
        + "".join(path.read_text(errors="replace") for path in out.rglob("*") if path.is_file())
    )
    assert "hunter2" not in everything
    [stream] = json.loads((out / "summary.json").read_text())["streams"]
    assert stream["frames_parsed"] == len(frames(out))
    assert stream["source"].startswith("rtsp://")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_signal_ends_a_run_with_everything_counted(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    out = tmp_path / "out"
    with running("run", "synthetic:?seconds=3600", "--out", out, environ=dict(os.environ)) as run:
        eventually(lambda: len(frames(out)) > 20, within_s=60, what="twenty frames")
        run.send_signal(number)
        _, logged = run.communicate(timeout=60)

    assert run.returncode == code, logged
    assert "Traceback" not in logged
    summary = json.loads((out / "summary.json").read_text())
    assert summary["interrupted"] is True
    assert summary["streams"][0]["frames_parsed"] == len(frames(out))
    assert {"overlay.mp4", "report.html", "footfall.db"} <= {path.name for path in out.iterdir()}
    assert not [path for path in out.iterdir() if path.name.endswith((".part", "-wal"))]
