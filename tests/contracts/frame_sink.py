"""What every frame sink must keep, whatever it makes of pictures."""

from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import OutputError
from sinks.base import FrameSink
from tests.support.rendered import rendered


class FrameSinkContract(ABC):
    """Inherit, and give `make`."""

    writes_files = True

    @abstractmethod
    def make(self, folder: Path) -> FrameSink:
        """A sink that writes into that folder, which may not exist yet."""

    def test_frames_in_the_order_of_their_stream(self, tmp_path: Path) -> None:
        sink = self.make(tmp_path)
        for index in range(5):
            sink.write(rendered(index))
        sink.close()
        assert any(tmp_path.rglob("*")) is self.writes_files

    def test_what_it_does_not_want_it_does_not_need(self, tmp_path: Path) -> None:
        sink = self.make(tmp_path)
        sink.write(rendered() if sink.wants_overlay else replace(rendered(), overlay=None))
        sink.close()

    def test_closing_twice_is_closing_once(self, tmp_path: Path) -> None:
        sink = self.make(tmp_path)
        sink.write(rendered())
        sink.close()
        before = {path: path.stat().st_size for path in tmp_path.rglob("*")}
        sink.close()
        assert {path: path.stat().st_size for path in tmp_path.rglob("*")} == before

    def test_without_a_frame_there_is_nothing(self, tmp_path: Path) -> None:
        self.make(tmp_path).close()
        assert not any(path.is_file() for path in tmp_path.rglob("*"))

    def test_a_place_that_cannot_be_written_is_one_line(self, tmp_path: Path) -> None:
        if not self.writes_files:
            pytest.skip("writes none")
        (tmp_path / "file").touch()
        sink = self.make(tmp_path / "file" / "below")
        with pytest.raises(OutputError) as refused:
            _write_and_close(sink)
        assert "\n" not in str(refused.value)


def _write_and_close(sink: FrameSink) -> None:
    sink.write(rendered())
    sink.close()
