"""Metrics of `footfall run`."""

import re
import socket
from pathlib import Path

import httpx
import pytest

from cli.exporting import exporting
from config.metrics import MetricsSettings
from domain.errors import UsageError
from tests.support.command import Footfall
from tests.support.ports import free_port
from tests.support.runtimes import TEN_FRAMES, Harness
from tests.support.streams import ListSource


def test_without_a_port_nothing_listens_and_nothing_is_told_of_events() -> None:
    with exporting(MetricsSettings()) as exporter:
        assert exporter.sinks == ()


def test_it_answers_as_long_as_the_run_lasts() -> None:
    address = f"http://127.0.0.1:{(port := free_port())}/metrics"
    with exporting(MetricsSettings(port=port)) as exporter:
        assert "footfall_stream" not in httpx.get(address).text
        harness = Harness(sinks=exporter.sinks)
        exporter.begin(harness.runtime.state)
        harness.run(ListSource(TEN_FRAMES))
        told = httpx.get(address).text
    assert 'footfall_stream_frames_total{outcome="parsed",stream="door"} 10.0' in told
    assert re.search(r'footfall_window_coverage_ratio\{stream="door",window_s="\d+"\} ', told)
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_a_port_that_is_taken_is_one_line_and_nothing_is_begun(footfall: Footfall, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port := free_port()))
        taken.listen()
        with (
            pytest.raises(UsageError, match=r"name another as metrics\.port"),
            exporting(MetricsSettings(port=port)),
        ):
            pass
        (tmp_path / "footfall.yaml").write_text(f"metrics: {{port: {port}}}\n")
        ended = footfall(
            "run", "synthetic:", "--config", str(tmp_path / "footfall.yaml"), "--out", str(tmp_path / "out")
        )
    assert ended.code == 2
    assert not (tmp_path / "out").exists()
