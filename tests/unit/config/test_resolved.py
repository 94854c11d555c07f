"""What `footfall check-config` prints."""

from pathlib import Path

from config import Settings, load_settings, resolved

EXAMPLE = Path(__file__).parents[3] / "examples" / "shop.yaml"


def test_every_value_is_shown_with_its_origin_and_no_password(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "cameras:\n  - source: rtsp://admin:hunter2@cam/live\n    keyframes_only: true\n"
        "sinks: {kafka: {bootstrap_servers: [k:1], security_protocol: SASL_SSL, sasl_username: u, sasl_password: hunter2}}\n"
    )
    text = resolved(
        load_settings(
            file, {"--sample-fps": 2.0}, {"FOOTFALL_SINKS__SQL__URL": "postgresql://u:hunter2@db/x"}
        )
    )
    assert "hunter2" not in text
    lines = text.splitlines()
    assert f"  - source: rtsp://***@cam/live  # {file}:2" in lines
    assert "    id: cam-live  # made from the source" in lines
    assert "    sample_fps: 2.0  # sampling.sample_fps, flag --sample-fps" in lines
    assert f"    keyframes_only: true  # {file}:3" in lines
    assert "    url: postgresql://***@db/x  # environment FOOTFALL_SINKS__SQL__URL" in lines
    assert f"    sasl_password: '***'  # {file}:4" in lines
    assert "  open_timeout_s: 10.0  # default" in lines


def test_what_is_shown_means_the_same(tmp_path: Path) -> None:
    environ = {
        "FOOTFALL_CAMERAS": '[{"source": "a: #b.mp4", "recorded_at": "2026-11-22T09:00:00+01:00", "sample_fps": 3}]'
    }
    shown = tmp_path / "shown.yaml"
    first = load_settings(None, {"--keyframes-only": True}, environ)
    shown.write_text(resolved(first), encoding="utf-8")
    second = load_settings(shown, {}, {})
    assert second.model_dump(exclude={"cameras"}) == first.model_dump(exclude={"cameras"})
    assert second.cameras[0].source == first.cameras[0].source
    assert second.cameras[0].recorded_at == first.cameras[0].recorded_at
    assert second.sampling_for(second.cameras[0]) == first.sampling_for(first.cameras[0])
    assert resolved(Settings()).startswith("cameras: []  # default\n")


def test_the_example_loads_and_has_several_cameras() -> None:
    settings = load_settings(EXAMPLE, {}, {})
    assert [camera.id for camera in settings.cameras] == ["entrance", "till", "window"]
    assert "kafka" in settings.sinks
    assert settings.notices == ()
    assert resolved(settings)
