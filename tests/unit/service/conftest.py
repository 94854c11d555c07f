"""What tests of the service share."""

from pathlib import Path

import pytest

from tests.support.clips import steady, write_clip


@pytest.fixture
def clip(tmp_path: Path) -> bytes:
    return write_clip(tmp_path / "clip.mp4", steady(40, 10)).read_bytes()
