"""A runtime with a real camera and a recording: they come and go, and a fault in the camera is survived."""

from pathlib import Path
from threading import Event

import pytest

import footfall
from domain.events import FrameObserved, StreamHealth
from domain.frame import Frame
from domain.parsing import ParsedFrame, TrackIds
from pipeline.tracking.bytetrack import ByteTracker
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.rtsp_server import RtspServer
from tests.support.run_events import events_of
from tests.support.waiting import eventually

pytestmark = pytest.mark.integration


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Once set, the next frame that is tracked meets a fault."""
    wanted, update = Event(), ByteTracker.update

    def update_or_fail(tracker: ByteTracker, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        if frame.stream_id == "door" and wanted.is_set():
            wanted.clear()
            raise ZeroDivisionError
        return update(tracker, frame, parsed)

    monkeypatch.setattr(ByteTracker, "update", update_or_fail)
    return wanted


def test_a_camera_survives_a_fault_and_a_recording_beside_it_loses_nothing(
    tmp_path: Path, fault: Event
) -> None:
    clip = write_clip(tmp_path / "film.mp4", steady(50, 10), ClipOptions(size=(320, 192)))
    out = tmp_path / "out"
    settings = {"output": {"dir": str(out)}, "sources": {"rtsp": {"read_timeout_s": 5}}}
    with RtspServer(clip) as server, footfall.open_runtime(settings) as runtime:
        runtime.add_stream({"id": "door", "source": server.url()})
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed > 5, within_s=60)
        fault.set()
        runtime.add_stream({"id": "film", "source": str(clip)})
        eventually(lambda: runtime.state().streams["door"].faults == 1, within_s=60)
        before = runtime.state().streams["door"].progress.frames_parsed
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed > before + 5, within_s=60)
        assert runtime.state().streams["door"].status == "live"
        eventually(lambda: runtime.state().streams["film"].status == "ended", within_s=60)
        door = runtime.remove_stream("door")
        with pytest.raises(footfall.SourceError, match=r"nowhere\.mp4"):
            runtime.add_stream({"id": "nowhere", "source": str(tmp_path / "nowhere.mp4")})

    events = events_of(out)
    health = [
        event.status for event in events if isinstance(event, StreamHealth) and event.stream_id == "door"
    ]
    frames = {
        name: sum(isinstance(event, FrameObserved) and event.stream_id == name for event in events)
        for name in ("door", "film")
    }
    assert [status for status in health if status != "running"] == ["started", "failed", "started", "ended"]
    assert (door.faults, door.problem) == (1, None)
    # The frame that met the fault was parsed, and is not counted.
    assert frames == {"door": door.frames_parsed - 1, "film": runtime.result().streams[0].frames_parsed}
    assert frames["film"] == 25
    assert {"overlay-door.mp4", "overlay-door~2.mp4", "overlay-film.mp4"} <= {
        path.name for path in out.iterdir()
    }
