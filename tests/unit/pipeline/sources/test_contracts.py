"""Sources are held to what their protocol promises. A camera needs a server: `tests/integration/test_rtsp.py`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import pytest

from config.cameras import SamplingSettings
from pipeline.sources.base import FrameSource, SourceContext
from pipeline.sources.file_settings import FileSettings
from pipeline.sources.images_settings import ImagesSettings
from pipeline.sources.synthetic.source import SyntheticSource
from tests.contracts.frame_source import RefusingSourceContract, ResumingSourceContract
from tests.support.clips import ClipOptions, picture, steady, write_clip

CONTEXT = SourceContext("door", SamplingSettings(fps=5.0))
KEYFRAMES = SourceContext("door", SamplingSettings(fps=5.0, keyframes_only=True))


class TestFileSource(RefusingSourceContract, ResumingSourceContract):
    @pytest.fixture
    def source(self, again: Callable[[], FrameSource]) -> FrameSource:
        return again()

    @pytest.fixture
    def again(self, tmp_path: Path) -> Callable[[], FrameSource]:
        # With a pause, in which its signal is lost and comes back, and pictures that are reordered.
        times = [*steady(20, 10), *steady(11, 10, start_ms=12_000)]
        clip = write_clip(tmp_path / "shop.mp4", times, ClipOptions(b_frames=2))
        return partial(FileSettings(path=clip).build, CONTEXT)

    @pytest.fixture
    def wrong(self, tmp_path: Path) -> FrameSource:
        (tmp_path / "text.mp4").write_text("no film")
        return FileSettings(path=tmp_path / "text.mp4").build(CONTEXT)


class TestKeyframes(ResumingSourceContract):
    """Of a file."""

    @pytest.fixture
    def source(self, again: Callable[[], FrameSource]) -> FrameSource:
        return again()

    @pytest.fixture
    def again(self, tmp_path: Path) -> Callable[[], FrameSource]:
        clip = write_clip(tmp_path / "shop.mp4", steady(40, 10))
        return partial(FileSettings(path=clip).build, KEYFRAMES)


class TestDamagedFile(ResumingSourceContract):
    """Some of its pictures are left out."""

    @pytest.fixture
    def source(self, again: Callable[[], FrameSource]) -> FrameSource:
        return again()

    @pytest.fixture
    def again(self, tmp_path: Path) -> Callable[[], FrameSource]:
        clip = write_clip(tmp_path / "shop.ts", steady(40, 10))
        content = bytearray(clip.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 3000] = bytes(3000)
        clip.write_bytes(content)
        return partial(FileSettings(path=clip).build, CONTEXT)


class TestImagesSource(RefusingSourceContract, ResumingSourceContract):
    @pytest.fixture
    def source(self, again: Callable[[], FrameSource]) -> FrameSource:
        return again()

    @pytest.fixture
    def again(self, tmp_path: Path) -> Callable[[], FrameSource]:
        for number in range(4):
            cv2.imwrite(str(tmp_path / f"{number}.png"), picture(number))
        (tmp_path / "2b.png").write_bytes(b"no picture")
        return partial(ImagesSettings(path=tmp_path).build, CONTEXT)

    @pytest.fixture
    def wrong(self, tmp_path: Path) -> FrameSource:
        (tmp_path / "empty").mkdir()
        return ImagesSettings(path=tmp_path / "empty").build(CONTEXT)


class TestSyntheticSource(ResumingSourceContract):
    """It draws what it yields, and what it is asked for is checked when it is made."""

    @pytest.fixture
    def source(self, again: Callable[[], FrameSource]) -> FrameSource:
        return again()

    @pytest.fixture
    def again(self) -> Callable[[], FrameSource]:
        location = "synthetic:?seconds=1&size=96x64"
        return partial(SyntheticSource, location, stream_id="door", sample_fps=5.0)
