"""A recording that stands for a camera."""

from pathlib import Path
from threading import Event

import pytest

from config.cameras import SamplingSettings
from domain.frame import Frame
from pipeline.sources.base import FrameSource, SourceContext
from pipeline.sources.replay import ReplaySource
from pipeline.sources.replay_settings import ReplaySettings
from tests.contracts.frame_source import RefusingSourceContract
from tests.support.clips import steady, write_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "shop.mp4", steady(10, 10))


class TestReplaySource(RefusingSourceContract):
    @pytest.fixture
    def source(self, clip: Path) -> FrameSource:
        sampling = SamplingSettings(fps=10.0, limit_s=1.5)
        return ReplaySettings(path=clip).build(SourceContext("door", sampling))

    @pytest.fixture
    def wrong(self, tmp_path: Path) -> FrameSource:
        return ReplaySettings(path=tmp_path / "none.mp4").build(SourceContext("door", SamplingSettings()))


def test_rounds_follow_each_other_without_a_gap(clip: Path) -> None:
    waited: list[float] = []

    def wait(_stop: Event, seconds: float) -> bool:
        waited.append(seconds)
        return False

    source = ReplaySource(
        clip, stream_id="door", sampling=SamplingSettings(fps=5.0, limit_s=2.9), clock=lambda: 0.0, wait=wait
    )
    source.open()
    frames = [item for item in source.items() if isinstance(item, Frame)]
    source.close()
    times = [round(frame.media_time_s, 3) for frame in frames]
    assert times == [round(number * 0.2, 3) for number in range(15)]
    assert [round(seconds, 3) for seconds in waited] == times
    assert [frame.sample_index for frame in frames] == list(range(15))
    assert {frame.time_source for frame in frames} == {"arrival"}
    assert (frames[-1].event_time - frames[0].event_time).total_seconds() == pytest.approx(2.8)
    assert source.live
    assert source.stats().frames_sampled >= 15
