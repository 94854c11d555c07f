"""Sources are held to what their protocol promises. A camera needs a server: `tests/integration/test_rtsp.py`."""

from pathlib import Path

import cv2
import pytest

from config.cameras import SamplingSettings
from pipeline.sources.base import FrameSource, SourceContext
from pipeline.sources.file_settings import FileSettings
from pipeline.sources.images_settings import ImagesSettings
from pipeline.sources.synthetic.source import SyntheticSource
from tests.contracts.frame_source import RefusingSourceContract, SourceContract
from tests.support.clips import picture, steady, write_clip

CONTEXT = SourceContext("door", SamplingSettings(fps=5.0))


class TestFileSource(RefusingSourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> FrameSource:
        return FileSettings(path=write_clip(tmp_path / "shop.mp4", steady(20, 10))).build(CONTEXT)

    @pytest.fixture
    def wrong(self, tmp_path: Path) -> FrameSource:
        (tmp_path / "text.mp4").write_text("no film")
        return FileSettings(path=tmp_path / "text.mp4").build(CONTEXT)


class TestImagesSource(RefusingSourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> FrameSource:
        for number in range(4):
            cv2.imwrite(str(tmp_path / f"{number}.png"), picture(number))
        return ImagesSettings(path=tmp_path).build(CONTEXT)

    @pytest.fixture
    def wrong(self, tmp_path: Path) -> FrameSource:
        (tmp_path / "empty").mkdir()
        return ImagesSettings(path=tmp_path / "empty").build(CONTEXT)


class TestSyntheticSource(SourceContract):
    """It draws what it yields, and what it is asked for is checked when it is made."""

    @pytest.fixture
    def source(self) -> FrameSource:
        return SyntheticSource("synthetic:?seconds=1&size=96x64", stream_id="door", sample_fps=5.0)
