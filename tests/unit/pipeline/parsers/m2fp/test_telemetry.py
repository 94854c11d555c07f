from pathlib import Path

import pytest

from pipeline.parsers.m2fp.telemetry import decline_telemetry

telemetry = pytest.importorskip("openvino_telemetry")


def test_nothing_is_sent_and_no_file_is_written_to_the_users_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    sent: list[object] = []
    monkeypatch.setattr(
        "openvino_telemetry.main.TelemetrySender.send", lambda _self, *message: sent.append(message)
    )

    decline_telemetry()
    reporter = telemetry.Telemetry("app", "1", "an id", "ga4", enable_opt_in_dialog=False)
    reporter.init(
        "app", "1", "an id", "ga4", enable_opt_in_dialog=False
    )  # it is a singleton, made before perhaps
    reporter.send_event("conversion", "framework", "pytorch")

    assert not reporter.consent
    assert sent == []
    assert list(tmp_path.iterdir()) == []
