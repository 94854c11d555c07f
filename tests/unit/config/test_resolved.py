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
    assert f"      url: rtsp://***@cam/live  # {file}:2" in lines
    assert "    id: cam-live  # made from the source" in lines
    assert "      fps: 2.0  # sampling.fps, flag --sample-fps" in lines
    assert f"      keyframes_only: true  # {file}:3" in lines
    assert "    url: postgresql://***@db/x  # environment FOOTFALL_SINKS__SQL__URL" in lines
    assert f"    sasl_password: '***'  # {file}:4" in lines
    assert "      open_timeout_s: 10.0  # default" in lines


def test_what_is_shown_means_the_same(tmp_path: Path) -> None:
    environ = {
        "FOOTFALL_CAMERAS": '[{"source": "a: #b.mp4", "id": "b", "analytics": {"windows": {"lengths_s": [5]}}}]'
    }
    shown = tmp_path / "shown.yaml"
    first = load_settings(None, {"--keyframes-only": True}, environ)
    shown.write_text(resolved(first), encoding="utf-8")
    second = load_settings(shown, {}, {})
    assert second.model_dump() == first.model_dump()
    assert resolved(Settings()).startswith("cameras: []  # default\n")


def test_of_a_camera_only_what_differs_is_shown_and_where_the_rest_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(
        "cameras:\n"
        "  - {id: door, source: 'rtsp://cam/1', analytics: {visits: {min_visit_s: 3}}}\n"
        "  - source: {kind: rtsp, url: 'rtsp://cam/2', read_timeout_s: 2}\n"
        "sources: {rtsp: {open_timeout_s: 4}}\n"
        "sampling: {fps: 3}\n"
    )
    lines = resolved(load_settings(file, {}, {})).split("parser:")[0].splitlines()
    at = f"# {file}"
    assert lines[1:20] == [
        "  - source:",
        f"      kind: rtsp  {at}:2",
        f"      open_timeout_s: 4.0  # sources.rtsp.open_timeout_s, {file}:4",
        "      read_timeout_s: 10.0  # default",
        "      reconnect_min_s: 0.5  # default",
        "      reconnect_max_s: 30.0  # default",
        "      must_start: true  # default",
        f"      url: rtsp://cam/1  {at}:2",
        f"    id: door  {at}:2",
        "    sampling:",
        f"      fps: 3.0  # sampling.fps, {file}:5",
        "      keyframes_only: false  # sampling.keyframes_only, default",
        "      limit_s: null  # sampling.limit_s, default",
        "    analytics:",
        "      observation:",
        "        kind: observation  # analytics.observation.kind, default",
        "        allowed_lateness_s: 2.0  # analytics.observation.allowed_lateness_s, default",
        "        min_person_pixels: 1  # analytics.observation.min_person_pixels, default",
        "        min_garment_pixels: 30  # analytics.observation.min_garment_pixels, default",
    ]
    assert f"        min_visit_s: 3.0  {at}:2" in lines
    assert f"      read_timeout_s: 2.0  {at}:3" in lines
    # What a camera has for itself alone does not come from the section of its kind of source.
    assert lines.count("    zones: {}  # default") == lines.count("    calibration: null  # default") == 2
    assert lines.count("    analytics:") == 1


def test_the_example_loads_and_has_several_cameras() -> None:
    settings = load_settings(EXAMPLE, {}, {})
    assert [camera.id for camera in settings.cameras] == ["entrance", "till", "window"]
    assert "kafka" in settings.sinks
    assert settings.notices == ()
    assert resolved(settings)
