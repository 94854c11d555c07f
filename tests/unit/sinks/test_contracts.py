"""Outlets and frame sinks are held to what their protocols promise."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from sinks.base import EventSink, FrameSink
from sinks.masks import MaskSink
from sinks.outlet import EventOutlet, MemorySettings, OutletContext, OutletSettings
from sinks.report.stills import StillCollector
from sinks.spool.settings import SpoolSettings
from sinks.video import VideoSink
from tests.contracts.event_outlet import OutletContract
from tests.contracts.frame_sink import FrameSinkContract


class _BuiltOutlet(OutletContract):
    settings: OutletSettings

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self._spool = tmp_path / "spool.db"

    def make(self, sinks: Sequence[EventSink]) -> EventOutlet:
        context = OutletContext("run", "settings", sinks, fresh=(), passing=(), spool=self._spool)
        return self.settings.build(context)


class TestMemoryOutlet(_BuiltOutlet):
    settings = MemorySettings()


class TestSpoolOutlet(_BuiltOutlet):
    settings = SpoolSettings()


class TestVideoSink(FrameSinkContract):
    def make(self, folder: Path) -> FrameSink:
        return VideoSink(folder / "overlay.mp4", fps_hint=5.0)


class TestMaskSink(FrameSinkContract):
    def make(self, folder: Path) -> FrameSink:
        return MaskSink(folder / "masks")


class TestStills(FrameSinkContract):
    writes_files = False

    def make(self, folder: Path) -> FrameSink:
        del folder
        return StillCollector()
