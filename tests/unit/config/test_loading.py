"""Layers, origins and refusals."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analytics.stages.windows import WindowsSettings
from config import Settings, flags_and_keys, load_settings, resolved
from config.reference import find
from domain.errors import SettingsError
from sinks.kafka_settings import KafkaSettings


@pytest.fixture
def yaml_file(tmp_path: Path) -> Path:
    return tmp_path / "shop.yaml"


def refusal(
    file: Path | None, flags: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None
) -> list[str]:
    """Lines of the error, with the folder of the file cut off."""
    with pytest.raises(SettingsError) as caught:
        load_settings(file, flags or {}, environ or {})
    text = str(caught.value)
    return (text.replace(f"{file.parent}/", "") if file else text).split("\n")


def test_nothing_given_gives_the_defaults() -> None:
    loaded = load_settings(None, {}, {})
    assert loaded == Settings()
    assert loaded.origin(("sampling", "fps")) is None


def test_later_layers_win(yaml_file: Path) -> None:
    yaml_file.write_text("sampling:\n  fps: 1\n  limit_s: 1\n  keyframes_only: true\nlog_level: error\n")
    environ = {"FOOTFALL_SAMPLING__FPS": "2", "FOOTFALL_SAMPLING__LIMIT_S": "2", "HOME": "/root"}
    loaded = load_settings(yaml_file, {"--limit-seconds": 3.0, "--parser": None}, environ)
    assert loaded.log_level == "error"
    assert loaded.sampling.model_dump() == {"fps": 2, "limit_s": 3, "keyframes_only": True}
    assert loaded.origin(("log_level",)) == f"{yaml_file}:5"
    assert loaded.origin(("sampling", "keyframes_only")) == f"{yaml_file}:4"
    assert loaded.origin(("sampling", "fps")) == "environment FOOTFALL_SAMPLING__FPS"
    assert loaded.origin(("sampling", "limit_s")) == "flag --limit-seconds"


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTFALL_LOG_LEVEL", "warning")
    assert load_settings().log_level == "warning"


def test_lists_in_the_environment_are_json_and_replace_the_whole_list(yaml_file: Path) -> None:
    yaml_file.write_text("cameras:\n  - source: a.mp4\n  - source: b.mp4\n    sampling: {fps: 9}\n")
    environ = {
        "FOOTFALL_CAMERAS": '[{"source": "c.mp4"}]',
        "FOOTFALL_ANALYTICS__WINDOWS__LENGTHS_S": "[5, 30]",
        "FOOTFALL_SINKS__KAFKA__BOOTSTRAP_SERVERS": "one:9092,two:9092",
    }
    loaded = load_settings(yaml_file, {}, environ)
    assert [camera.id for camera in loaded.cameras] == ["c"]
    windows = loaded.analytics["windows"]
    assert isinstance(windows, WindowsSettings)
    assert windows.lengths_s == (5, 30)
    kafka = loaded.sinks["kafka"]
    assert isinstance(kafka, KafkaSettings)
    assert kafka.bootstrap_servers == ("one:9092", "two:9092")
    assert loaded.origin(("cameras", 0, "source")) == "environment FOOTFALL_CAMERAS"
    assert loaded.origin(("cameras", 1, "sampling", "fps")) is None


def test_a_section_in_one_variable_and_a_key_of_it_in_another() -> None:
    environ = {
        "FOOTFALL_SINKS__KAFKA": '{"bootstrap_servers": ["a:1"], "partitions": 2}',
        "FOOTFALL_SINKS__KAFKA__PARTITIONS": "5",
    }
    loaded = load_settings(None, {}, environ)
    kafka = loaded.sinks["kafka"]
    assert isinstance(kafka, KafkaSettings)
    assert (kafka.bootstrap_servers, kafka.partitions) == (("a:1",), 5)
    assert loaded.origin(("sinks", "kafka", "partitions")) == "environment FOOTFALL_SINKS__KAFKA__PARTITIONS"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert (
        load_settings(None, {}, {"FOOTFALL_LOG_LEVEL": "", "FOOTFALL_SINKS__KAFKA__SASL_PASSWORD": ""})
        == Settings()
    )


def test_what_kubernetes_sets_for_a_service_called_footfall_is_left_alone() -> None:
    environ = {
        "FOOTFALL_SERVICE_HOST": "10.0.0.1",
        "FOOTFALL_SERVICE_PORT": "80",
        "FOOTFALL_SERVICE_PORT_HTTP": "80",
        "FOOTFALL_PORT": "tcp://10.0.0.1:80",
        "FOOTFALL_PORT_80_TCP": "tcp://10.0.0.1:80",
        "FOOTFALL_PORT_80_TCP_ADDR": "10.0.0.1",
        "FOOTFALL_SHARED": "../shared",
    }
    assert load_settings(None, {}, environ) == Settings()


def test_sources_replace_cameras_and_flags_hold_for_every_camera(yaml_file: Path) -> None:
    yaml_file.write_text("cameras: [{source: a.mp4, sampling: {fps: 9, keyframes_only: true}}]\n")
    kept = load_settings(yaml_file, {"--sample-fps": 2.0}, {})
    assert kept.cameras[0].sampling.fps == 2
    assert kept.cameras[0].sampling.keyframes_only is True
    replaced = load_settings(yaml_file, {"SOURCE": ["b.mp4", "c.mp4"], "--keyframes-only": False}, {})
    assert [camera.id for camera in replaced.cameras] == ["b", "c"]
    assert load_settings(yaml_file, {"SOURCE": []}, {}).cameras[0].id == "a"


def test_every_flag_sets_a_key() -> None:
    assert all(find(path) for path in flags_and_keys().values())


def test_a_flag_that_is_switched_off_is_named_as_it_was_typed() -> None:
    loaded = load_settings(None, {"--overlay": False, "--masks": True}, {})
    assert loaded.origin(("pictures", "overlay")) == "flag --no-overlay"
    assert loaded.origin(("pictures", "masks")) == "flag --masks"


def test_all_problems_are_told_at_once_each_with_value_origin_and_cure(yaml_file: Path) -> None:
    yaml_file.write_text(
        "cameras:\n"
        "  - source: door.mp4\n"
        "  - source: http://admin:hunter2@cam/1\n"
        "    sampling: {fps: -3}\n"
        "    id: 7\n"
        "sinks:\n"
        "  kafka: {bootstrap_server: 'k:9092',\n"
        "    sasl_pasword: hunter2}\n"
        "log_levle: debug\n"
        "_env_file: hunter2.env\n"
        "sampling: 3\n"
    )
    environ = {
        "FOOTFALL_LOG_LEVL": "hunter2",
        "FOOTFALL_ANALYTICS__WINDOWS__LENGTHS_S": "10,60",
        "FOOTFALL_SINKS__SQL__URL": "hunter2@db",
    }
    assert refusal(yaml_file, {"--sample-fps": 0.0, "--parser": "m3fp"}, environ) == [
        "environment FOOTFALL_LOG_LEVL: no such setting; did you mean FOOTFALL_LOG_LEVEL?",
        "log_levle (shop.yaml:9): no such key; did you mean log_level?",
        (
            "_env_file (shop.yaml:10): no such key; there are cameras, sampling, sources, parser, finder, best_views_parser, "
            "tracker, analytics, "
            "buffer, output, sinks, delivery, pictures, overlay, privacy, shutdown_deadline_s, "
            "service, metrics, log_level, log_format"
        ),
        (
            "cameras[1].source = http://(hidden) (shop.yaml:3): must be a file, a folder, an rtsp:// or rtsps:// address, or "
            "synthetic:, and not http://"
        ),
        "cameras[1].id = 7 (shop.yaml:5): must be text; put it in quotes",
        "sampling = 3 (shop.yaml:11): must be a section with keys of its own: fps, keyframes_only, limit_s",
        "parser.kind = 'm3fp' (flag --parser): must be lite, lite-cc0, m2fp or onnx; did you mean m2fp?",
        (
            "analytics.windows.lengths_s = '10,60' (environment FOOTFALL_ANALYTICS__WINDOWS__LENGTHS_S): must be a list; "
            "in the environment it is written as JSON, as in [10, 60]"
        ),
        (
            "sinks.sql.url = (hidden) (environment FOOTFALL_SINKS__SQL__URL): must be sqlite:///FILE or "
            "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ),
        "sinks.kafka.bootstrap_servers (shop.yaml:7): is needed here",
        "sinks.kafka.bootstrap_server = 'k:9092' (shop.yaml:7): no such key; did you mean bootstrap_servers?",
        "sinks.kafka.sasl_pasword = (hidden) (shop.yaml:8): no such key; did you mean sasl_password?",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[1, 2]", "shop.yaml:1: must be a mapping of keys to values, as in `log_level: info`"),
        (b"a: 1\nb: 2\na: 3", "shop.yaml:3: the key a stands here a second time, first in line 1"),
        (b"log_level: info\nbad: \xff", "shop.yaml:2: not UTF-8 text; save the file as UTF-8"),
        (b"a: 1\n  b: 2", "shop.yaml:2: no valid YAML: mapping values are not allowed here"),
        (b"kafka: {sasl_password: *hunter2}", "shop.yaml:1: no valid YAML: found undefined alias ..."),
        (
            b"kafka: {sasl_password: !hunter2 x}",
            "shop.yaml:1: a tag that does not fit; settings need no tags",
        ),
        (b"a: !!int hunter2", "shop.yaml:1: a tag that does not fit; settings need no tags"),
        (b"a: !!python/object/apply:os.system [hunter2]", "a (shop.yaml:1): no such key"),
        (b"a: &a [*a]", "shop.yaml:1: an alias that holds itself"),
        (b"1: x", "shop.yaml:1: a key must be a word"),
        (b"? [a]\n: x", "shop.yaml:1: a key must be a word"),
        (b"a: 1\n---\nb: 2", "shop.yaml:2: no valid YAML: expected a single document in the stream"),
        (b"a: \0", "shop.yaml: no valid YAML: it holds control characters"),
        (b"a: " + b"[" * 700, "shop.yaml: no valid configuration: it is nested too deeply"),
        (b"#" * (1 << 20) + b"#", "shop.yaml: cannot be read: larger than 1024 KiB"),
    ],
)
def test_files_that_are_no_configuration(yaml_file: Path, content: bytes, expected: str) -> None:
    yaml_file.write_bytes(content)
    (line,) = refusal(yaml_file)
    assert line.startswith(expected)
    assert "hunter2" not in line


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    (missing,) = refusal(tmp_path / "no.yaml")
    assert missing == "no.yaml: cannot be read: No such file or directory; name a YAML file with settings"
    (folder,) = refusal(tmp_path)
    assert folder.endswith("cannot be read: Is a directory; name a YAML file with settings")


@pytest.mark.parametrize(
    "content", ["", "# nothing\n", "---\n", "null\n", "\ufeff# with a byte order mark\n"]
)
def test_an_empty_file_holds_no_settings(yaml_file: Path, content: str) -> None:
    yaml_file.write_text(content, encoding="utf-8")
    assert load_settings(yaml_file, {}, {}) == Settings()


def test_plain_words_are_read_as_yaml_1_2_reads_them(yaml_file: Path) -> None:
    yaml_file.write_text(
        "x-common: &common {source: a.mp4}\n".replace(
            "x-common", "cameras"
        ).replace(  # anchors and merge keys work within a file
            "&common {source: a.mp4}",
            "\n  - &first {source: a.mp4, id: no, sampling: {fps: 010}}\n  - {<<: *first, id: on}",
        )
    )
    first, second = load_settings(yaml_file, {}, {}).cameras
    assert (first.id, second.id) == ("no", "on")
    assert second.sampling.fps == 10


def outcome(file: Path) -> str:
    """What `check-config` would say; anything but settings or SettingsError escapes and fails the test."""
    try:
        return resolved(load_settings(file, {}, {}))
    except SettingsError as error:
        return str(error)


WORDS = st.sampled_from(
    [
        "cameras",
        "source",
        "id",
        "kafka",
        "sasl_password",
        "log_level",
        "sampling",
        "sample_fps",
        "<<",
        "x",
        "parser",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.just("rtsp://u:hunter2@cam/x"),
    WORDS,
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
@example(tree={"kafka": {"sasl_password": {"x": "hunter2"}}})
@example(tree={"sampling": "hunter2", "cameras": {"source": "rtsp://u:hunter2@cam"}})
def test_whatever_a_file_holds_it_loads_or_is_refused(tmp_path: Path, tree: object) -> None:
    file = tmp_path / "any.yaml"
    file.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    said = outcome(file)
    assert "u:hunter2@" not in said
    assert len(said) < 20_000


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200)
    | st.text(alphabet="abc:-[]{}#&*!|>'\"%@`,? \n\t01", max_size=60).map(str.encode)
)
def test_whatever_bytes_a_file_holds_it_loads_or_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "any.yaml"
    file.write_bytes(content)
    assert outcome(file)


def test_options_of_a_parser_are_for_that_of_the_run_and_not_for_one_that_the_service_may_load() -> None:
    paths = {flag: path for flag, path in flags_and_keys().items() if path[0] == "service"}
    assert set(paths) == {"--host", "--port"}
    assert flags_and_keys()["--precision"] == ("parser", "precision")
    assert load_settings(None, {"SOURCE": ["a.mp4"], "--precision": "fp32"}, {}).parser.precision == "fp32"  # type: ignore[attr-defined]  # of lite
