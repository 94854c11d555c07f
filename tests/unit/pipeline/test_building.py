"""One stream by itself, from settings: without a runtime, a folder or other streams."""

from pathlib import Path

import pytest

from config import Settings
from config.adding import camera_from, settings_from
from domain.errors import SourceError, UsageError
from domain.events import FrameObserved
from pipeline.building import Shared, build_stream
from pipeline.results import ResultFolder, ResultPlan
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from tests.support.streams import ScriptedParser


@pytest.fixture
def settings() -> Settings:
    return settings_from({"sampling": {"fps": 5}, "pictures": {"overlay": None}})


def shared(tmp_path: Path, memory: MemorySink) -> Shared:
    folder = ResultFolder(tmp_path / "out", ResultPlan(streams=("door",)))
    return Shared(folder, ScriptedParser(), FanOut([memory]))


def test_a_stream_runs_by_itself(settings: Settings, tmp_path: Path) -> None:
    memory = MemorySink()
    parts = shared(tmp_path, memory)
    camera = camera_from(settings, {"id": "door", "source": "synthetic:?seconds=2"})

    stream = build_stream(settings, camera, parts)
    stream.start()
    assert stream.join(30)
    parts.outlet.close(10.0)

    summary = stream.summary()
    assert (summary.stream_id, summary.frames_parsed, summary.visits, summary.problem) == (
        "door",
        10,
        1,
        None,
    )
    assert sum(isinstance(event, FrameObserved) for event in memory.events) == 10
    assert not (tmp_path / "out").exists()


def test_a_camera_that_needs_everybody_parsed_is_refused_with_best_views(tmp_path: Path) -> None:
    settings = settings_from({"parser": {"views": "best"}, "pictures": {"overlay": None}})
    later = {"id": "door", "source": "synthetic:?seconds=2", "analytics": {"exposure": True}}
    camera = camera_from(settings, later)
    with pytest.raises(UsageError, match=r"analytics\.exposure of door needs everybody parsed"):
        build_stream(settings, camera, shared(tmp_path, MemorySink()))


def test_a_source_that_cannot_be_opened_is_said_at_once(settings: Settings, tmp_path: Path) -> None:
    missing = tmp_path / "missing.mp4"
    parts = shared(tmp_path, MemorySink())

    with pytest.raises(SourceError, match=r"missing\.mp4"):
        build_stream(settings, camera_from(settings, {"id": "door", "source": str(missing)}), parts)
    parts.outlet.close(0.0)
