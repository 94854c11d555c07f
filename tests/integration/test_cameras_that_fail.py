"""Cameras that are killed, stall, come back as others, and one that never answers: every state is right, and none disturbs another.

`FOOTFALL_CHAOS=1` (`make chaos`) makes twenty outages of it. Either prints a table (`pytest -s`).
"""

import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic

import pytest

import footfall
from domain.events import FrameObserved, StreamHealth, event_from_json
from pipeline.runtime import Runtime
from sinks.jsonl_files import event_lines
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.rtsp_server import RtspServer
from tests.support.waiting import eventually

pytestmark = pytest.mark.integration

OUTAGES = 20 if os.environ.get("FOOTFALL_CHAOS") else 4
GOOD = ("door", "yard", "hall")
QUICK = {
    # More than a busy machine holds up a server that is well.
    "read_timeout_s": 6,
    "open_timeout_s": 5,
    "reconnect_min_s": 0.2,
    "reconnect_max_s": 0.5,
    "must_start": False,
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("cameras")
    return {
        "usual": write_clip(
            folder / "usual.mp4", steady(50, 10), ClipOptions(size=(160, 120), keyframe_every=10)
        ),
        "b-frames": write_clip(
            folder / "b.mp4", steady(50, 10), ClipOptions(size=(160, 120), keyframe_every=10, b_frames=2)
        ),
        "larger": write_clip(
            folder / "larger.mp4", steady(50, 10), ClipOptions(size=(320, 192), keyframe_every=10)
        ),
    }


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a camera that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"rtsp://127.0.0.1:{listening.getsockname()[1]}/live"


@dataclass(frozen=True, slots=True)
class Outage:
    """What happened, and how long it took until it was noticed and until it was over, seconds."""

    camera: str
    kind: str
    noticed_s: float
    back_s: float
    others: int

    def row(self) -> str:
        return f"{self.camera:6} {self.kind:12} {self.noticed_s:10.1f} {self.back_s:8.1f} {self.others:17}"


class Cameras:
    """Three servers, and what may befall them."""

    def __init__(
        self, servers: Mapping[str, RtspServer], clips: Mapping[str, Path], runtime: Runtime
    ) -> None:
        self.servers, self.clips, self.runtime = servers, clips, runtime
        self.kinds: Mapping[str, tuple[Callable[[RtspServer], None], Callable[[RtspServer], None]]] = {
            "killed": (RtspServer.kill, RtspServer.start),
            "stalled": (RtspServer.freeze, RtspServer.thaw),
            "other size": (RtspServer.kill, lambda server: server.replace(self.clips["larger"])),
            "other codec": (
                RtspServer.kill,
                lambda server: server.replace(self.clips["usual"], ["OTHER_CODEC"]),
            ),
            "B-frames": (RtspServer.kill, lambda server: server.replace(self.clips["b-frames"])),
        }

    def status(self, name: str) -> str:
        return self.runtime.state().streams[name].status

    def frames(self, name: str) -> int:
        return self.runtime.state().streams[name].progress.frames_parsed

    def outage(self, name: str, kind: str) -> Outage:
        """Let it happen to that camera, and wait until it is live again; all others go on meanwhile."""
        away, back = self.kinds[kind]
        others = [other for other in GOOD if other != name]
        before = {other: self.frames(other) for other in others}
        began = monotonic()
        away(self.servers[name])
        eventually(lambda: self.status(name) == "lost", within_s=60, what=f"{name}, {kind}: lost")
        noticed = monotonic()
        assert self.runtime.state().streams[name].no_signal
        eventually(
            lambda: all(self.frames(other) > before[other] for other in others),
            within_s=60,
            what="the others' pictures",
        )
        back(self.servers[name])
        returned = monotonic()
        seen = self.frames(name)
        eventually(lambda: self.status(name) == "live", within_s=60, what=f"{name}, {kind}: live")
        eventually(lambda: self.frames(name) > seen, within_s=60, what=f"{name}, {kind}: pictures")
        assert self.status("deaf") == "connecting"
        # A busy machine may hold up the server of one that is well, but not until it counts as lost.
        assert {self.status(other) for other in others} <= {"live", "stalled"}
        return Outage(
            name,
            kind,
            noticed - began,
            monotonic() - returned,
            sum(self.frames(other) - before[other] for other in others),
        )


@pytest.mark.timeout(900)
def test_cameras_that_fail_disturb_no_others_and_say_how_they_fare(
    tmp_path: Path, clips: Mapping[str, Path], deaf: str
) -> None:
    chance = Random(18)  # noqa: S311 - the same order each time
    settings = {
        "output": {"dir": str(tmp_path), "report": False},
        "sources": {"rtsp": QUICK},
        "sampling": {"fps": 4},
        "pictures": {"overlay": False},
        "sinks": {"jsonl": {"rotate_mb": 1}, "sql": False},
    }
    with ExitStack() as stack:
        servers = {name: stack.enter_context(RtspServer(clips["usual"])) for name in GOOD}
        runtime = stack.enter_context(footfall.open_runtime(settings))
        for name, url in {"deaf": deaf, **{name: server.url() for name, server in servers.items()}}.items():
            runtime.add_stream({"id": name, "source": url})
        cameras = Cameras(servers, clips, runtime)
        assert cameras.status("deaf") == "connecting"
        eventually(lambda: {cameras.status(name) for name in GOOD} == {"live"}, within_s=60, what="live")
        kinds = list(cameras.kinds)
        table = [cameras.outage(chance.choice(GOOD), kinds[number % len(kinds)]) for number in range(OUTAGES)]
        eventually(
            lambda: runtime.state().streams["deaf"].no_signal is not None, within_s=60, what="no answer"
        )
    head = f"{'camera':6} {'outage':12} {'noticed s':>10} {'back s':>8} {'frames of others':>17}"
    print("", head, *(outage.row() for outage in table), sep="\n")  # noqa: T201 - the table
    check_events(tmp_path, Counter(outage.camera for outage in table))


def check_events(folder: Path, outages: Mapping[str, int]) -> None:
    """What was written: nothing twice, times that never run back, and health as it was."""
    events = [event_from_json(line) for line in event_lines(folder)]
    assert len({event.event_id for event in events}) == len(events)
    for name in GOOD:
        times = [
            event.event_time
            for event in events
            if isinstance(event, FrameObserved) and event.stream_id == name
        ]
        assert times == sorted(times), name
        told = [event for event in events if isinstance(event, StreamHealth) and event.stream_id == name]
        said = Counter(event.status for event in told if event.status != "running")
        expected = {"started": 1, "signal-lost": outages[name], "signal-restored": outages[name], "ended": 1}
        assert said == Counter({status: count for status, count in expected.items() if count}), name
    [lost, ended] = [
        event for event in events if isinstance(event, StreamHealth) and event.stream_id == "deaf"
    ]
    assert (lost.status, ended.status) == ("signal-lost", "ended")
    assert lost.message.endswith(
        "does not answer in time; check address and network, or allow it more seconds"
    )
    assert lost.event_time < ended.event_time
