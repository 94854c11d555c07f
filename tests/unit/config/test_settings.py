"""What values are taken, and which are refused."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analytics.stages.visits import VisitsSettings
from config import CameraSettings, Settings
from config.cameras import _ID
from pipeline.sources.file_settings import FileSettings
from pipeline.sources.rtsp_settings import RtspSettings
from sinks.kafka_settings import KafkaSettings
from sinks.sql.settings import SqlSettings


def camera(source: str, **others: object) -> CameraSettings:
    return CameraSettings.model_validate({"source": source, **others})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("recordings/shop door.mp4", "shop-door"),
        ("frames/", "frames"),
        ("rtsp://admin:p@ss/word@192.0.2.10:554/live/ch0", "192.0.2.10-ch0"),
        ("rtsp://192.0.2.10", "192.0.2.10"),
        ("rtsp://cam/user=admin_password=hunter2_channel=1.sdp", "cam"),
        ("rtsp://cam/stream?user=admin&password=hunter2", "cam"),
        ("synthetic:?persons=2", "synthetic"),
        ("...", "camera"),
        ("видео.mp4", "camera"),
        ("Eingang Süd.mp4", "Eingang-Sud"),
        ("RTSPS://nvr/cam/realmonitor?channel=2&subtype=0", "nvr-realmonitor-channel-2-subtype-0"),
        ("Synthetic:", "synthetic"),
        ("x" * 200 + ".mp4", "x" * 64),
        ("rtsps://nvr:7441/5nPr7RCmueGTKMP7", "nvr"),
        ("rtsp://admin:hunter2@a/1@camera/live", "camera"),
    ],
)
def test_an_id_is_made_from_the_source(source: str, expected: str) -> None:
    made = camera(source)
    assert made.id == expected
    assert "hunter2" not in made.id


@given(st.text(min_size=1))
def test_a_made_id_is_always_a_valid_one(source: str) -> None:
    try:
        made = camera(source)
    except ValidationError:
        return
    assert _ID.fullmatch(made.id)


def test_made_ids_differ_from_each_other_and_from_given_ones() -> None:
    cameras = [{"source": "a/door.mp4"}, {"source": "b/door.mp4"}, {"source": "c.mp4", "id": "Door-2"}]
    settings = Settings(cameras=cameras)
    assert [camera.id for camera in settings.cameras] == ["door", "door-3", "Door-2"]


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(
        ValidationError, match=r"cameras\[0\] and cameras\[1\] are both called Door; each needs an id"
    ):
        Settings(cameras=[{"source": "a.mp4", "id": "door"}, {"source": "b.mp4", "id": "Door"}])


@pytest.mark.parametrize("wrong", ["", "a/b", "../up", ".hidden", "-x", "a b", "a:b", "ä", "x" * 65, "a\n"])
def test_ids_are_safe_for_file_names_and_keys(wrong: str) -> None:
    with pytest.raises(ValidationError, match="must be 1 to 64 letters, digits"):
        camera("a.mp4", id=wrong)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("http://cam/x", "and not http://"),
        ("rtsp://", "must name a host"),
        ("rtsp://cam:0/x", "must name a host"),
        ("rtsp://cam:70000/x", "must name a host"),
        ("admin:hunter2@cam/stream", "write rtsp:// in front of it"),
        ("  ", "must be a file"),
        ("a\0b", "must be a file"),
        ("rtsp://admin:" + "x" * 122 + "@cam/live", "at most 127 characters, percent-encoded"),
        ("rtsp://admin:" + "ä" * 21 + "@cam/live", "at most 127 characters, percent-encoded"),
    ],
)
def test_sources_that_cannot_be(source: str, expected: str) -> None:
    with pytest.raises(ValidationError, match=expected) as caught:
        camera(source)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "moment", ["2026-11-22", "2026-11-22T09:00:00", "1763802000", 1763802000, 1.5, True, "noon"]
)
def test_a_recording_is_dated_with_its_zone(moment: object) -> None:
    with pytest.raises(ValidationError, match="recorded_at"):
        CameraSettings.model_validate({"source": {"kind": "file", "path": "a.mp4", "recorded_at": moment}})


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59Z",
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
    ],
)
def test_a_moment_at_the_end_of_the_calendar_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError, match="must lie between 1900 and 2199"):
        CameraSettings.model_validate({"source": {"kind": "file", "path": "a.mp4", "recorded_at": moment}})


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 256, "x/" * 2048 + "y", "\ud800"])
def test_paths_that_cannot_be_are_refused(path: str) -> None:
    with pytest.raises(ValidationError):
        camera(path)
    with pytest.raises(ValidationError):
        Settings.model_validate({"output": {"dir": path}})


@given(st.binary(min_size=1, max_size=60).filter(lambda name: b"\0" not in name and b"/" not in name))
def test_any_name_that_a_file_can_have_is_a_source_and_a_place_for_results(name: bytes) -> None:
    path = os.fsdecode(b"/nowhere/" + name)
    source = camera(path).source
    assert isinstance(source, FileSettings)
    assert os.fsencode(source.path) == os.fsencode(Path(path))
    settings = Settings.model_validate({"output": {"dir": path}})
    store = SqlSettings.model_validate({"url": f"sqlite:///{path}"})
    assert os.fsencode(settings.output.dir) == os.fsencode(Path(path))
    assert store.file is not None
    assert os.fsencode(store.file) == os.fsencode(Path(path))


def test_cameras_are_not_dated() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        CameraSettings.model_validate(
            {"source": {"kind": "rtsp", "url": "rtsp://cam/1", "recorded_at": "2026-11-22T09:00:00Z"}}
        )


def test_a_camera_takes_from_the_top_what_it_does_not_say_key_by_key() -> None:
    settings = Settings.model_validate(
        {
            "sampling": {"fps": 2, "limit_s": 9},
            "analytics": {"visits": {"min_visit_s": 4, "min_visit_frames": 7}, "totals": False},
            "cameras": [
                {"source": "a.mp4", "sampling": {"fps": 8}},
                {
                    "source": "b.mp4",
                    "sampling": {"keyframes_only": True},
                    "analytics": {"visits": {"min_visit_s": 1}},
                },
            ],
        }
    )
    first, second = (camera.sampling for camera in settings.cameras)
    assert (first.fps, first.keyframes_only, first.limit_s) == (8, False, 9)
    assert (second.fps, second.keyframes_only, second.limit_s) == (2, True, 9)
    visits = [camera.analytics["visits"] for camera in settings.cameras]
    assert [(one.min_visit_s, one.min_visit_frames) for one in visits if isinstance(one, VisitsSettings)] == [
        (4, 7),
        (1, 7),
    ]
    assert list(settings.cameras[1].analytics) == [
        "observation",
        "frames",
        "visits",
        "ways",
        "crossings",
        "zones",
        "windows",
    ]


def test_what_holds_for_all_sources_of_a_kind_holds_where_a_source_does_not_say_it() -> None:
    settings = Settings.model_validate(
        {
            "sources": {"rtsp": {"read_timeout_s": 2, "open_timeout_s": 3}},
            "cameras": [
                {"source": "rtsp://cam/1"},
                {"source": {"kind": "rtsp", "url": "rtsp://cam/2", "read_timeout_s": 1}},
                {"source": "a.mp4"},
            ],
        }
    )
    cameras = [camera.source for camera in settings.cameras]
    assert [(one.read_timeout_s, one.open_timeout_s) for one in cameras if isinstance(one, RtspSettings)] == [
        (2, 3),
        (1, 3),
    ]


@pytest.mark.parametrize(
    ("section", "values", "expected"),
    [
        (
            "cameras",
            [{"source": {"kind": "rtsp", "url": "rtsp://cam/1", "reconnect_min_s": 60}}],
            r"reconnect_min_s \(60\) must not be above reconnect_max_s \(30\)",
        ),
        ("parser", {"executor": "onnxruntime", "precision": "bf16"}, "bf16 needs executor openvino"),
        ("parser", {"executor": "onnxruntime", "precision": "int8"}, "int8 needs executor openvino"),
        ("analytics", {"windows": {"lengths_s": []}}, "at least one length"),
        ("analytics", {"windows": {"lengths_s": [10, 10]}}, "each only once"),
        ("sampling", {"fps": True}, "must be a number, not true or false"),
        ("sampling", {"fps": float("inf")}, "finite number|less than or equal"),
        ("sampling", {"fps": 0}, "greater than 0"),
        ("buffer", {"frames": 0}, "greater than or equal to 1"),
        ("sinks", {"sql": {"url": "mysql://hunter2@db/x"}}, "must be sqlite"),
        ("output", {"reports": True}, "Extra inputs"),
        ("pictures", {"overlays": True}, "Input tag 'overlays' found"),
    ],
)
def test_values_that_make_no_sense(section: str, values: object, expected: str) -> None:
    with pytest.raises(ValidationError, match=expected) as caught:
        Settings.model_validate({section: values})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "Field required"),
        ({"bootstrap_servers": "kafka"}, "must be HOST:PORT"),
        ({"bootstrap_servers": "kafka:0"}, "must be HOST:PORT"),
        ({"bootstrap_servers": "kafka:"}, "must be HOST:PORT"),
        ({"bootstrap_servers": "http://kafka:9092"}, "must be HOST:PORT"),
        ({"bootstrap_servers": "a:1,b"}, "must be HOST:PORT"),
        ({"bootstrap_servers": ""}, "must be HOST:PORT"),
        ({"bootstrap_servers": "kafka:99999"}, "must be HOST:PORT"),
        ({"bootstrap_servers": []}, "at least one HOST:PORT"),
        (
            {"bootstrap_servers": "k:1", "security_protocol": "SASL_SSL"},
            "needs sasl_username and sasl_password",
        ),
        ({"bootstrap_servers": "k:1", "sasl_password": "hunter2"}, "need security_protocol SASL_PLAINTEXT"),
        ({"bootstrap_servers": "k:1", "ssl_ca_file": "ca.pem"}, "needs security_protocol SSL"),
    ],
)
def test_kafka_that_cannot_work(values: dict[str, object], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected) as caught:
        KafkaSettings.model_validate(values)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("servers", ["a:1, [::1]:9092", ["a:1", "[::1]:9092"]])
def test_brokers_as_text_or_as_a_list(servers: object) -> None:
    assert KafkaSettings.model_validate({"bootstrap_servers": servers}).bootstrap_servers == (
        "a:1",
        "[::1]:9092",
    )


def test_settings_are_frozen_and_show_no_password() -> None:
    settings = Settings(
        cameras=[{"source": "rtsp://admin:hunter2@cam/1"}],
        sinks={"sql": {"url": "postgresql://u:hunter2@db/x"}},
    )
    with pytest.raises(ValidationError, match="frozen"):
        settings.log_level = "debug"  # type: ignore[misc]  # that is the point
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_made_directly_the_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTFALL_LOG_LEVEL", "debug")
    assert Settings().log_level == "info"
