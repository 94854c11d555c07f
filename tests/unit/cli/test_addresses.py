"""Addresses and their passwords: taken from files and the environment, and repeated nowhere."""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.logs import JsonLines
from cli.veil import Veil, veiled
from config import load_settings, resolved
from domain.errors import SettingsError
from pipeline.sources.file_settings import FileSettings
from pipeline.sources.rtsp_settings import RtspSettings
from sinks.kafka_settings import KafkaSettings
from sinks.sql.settings import SqlSettings
from tests.support.command import Footfall
from tests.unit.domain.test_urls import MARK, PASSWORDS


@pytest.fixture
def footfall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Footfall:
    return Footfall(monkeypatch, capsys)


def said(file: Path | None, flags: Mapping[str, object], environ: Mapping[str, str]) -> str:
    """Everything that check-config or a refusal says of settings, and their representations."""
    try:
        loaded = load_settings(file, flags, environ)
    except SettingsError as error:
        return str(error)
    return f"{resolved(loaded)}\n{loaded!r}\n{loaded}"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    password=PASSWORDS,
    form=st.sampled_from(
        [
            "rtsp://admin:{}@camera/live",
            "rtsp://admin:{}@192.0.2.10:554/live",
            "admin:{}@camera/live",
            "rtsp://camera/live?user=admin&password={}",
            "rtsp://camera:7447/{}",
            "http://admin:{}@camera/",
            "rtsp:/admin:{}@camera",
        ]
    ),
)
def test_no_layer_says_a_password_of_a_camera(tmp_path: Path, password: str, form: str) -> None:
    source = form.format(password)
    file = tmp_path / "shop.yaml"
    file.write_text(yaml.safe_dump({"cameras": [{"source": source}]}, allow_unicode=True), encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        yaml.safe_dump(
            {"cameras": [source], source: 1, "kafka": source, "log_level": source}, allow_unicode=True
        ),
        encoding="utf-8",
    )
    environ = {"FOOTFALL_CAMERAS": f'[{{"source": {yaml.safe_dump(source, default_style=chr(34)).strip()}}}]'}
    for text in (
        said(file, {}, {}),
        said(wrong, {}, {}),
        said(None, {"SOURCE": [source]}, {}),
        said(None, {"--sql": source, "--kafka": source, "--parser": source}, {}),
        said(None, {}, environ),
        said(None, {}, {"FOOTFALL_LOG_LEVEL": source, "FOOTFALL_SINKS__SQL__URL": source}),
    ):
        assert MARK not in text


@settings(deadline=None, max_examples=60)
@given(
    password=PASSWORDS,
    form=st.sampled_from(
        [
            "postgresql://me:{}@db.example/stats",
            "postgresql://me:{}@db/stats?sslmode=require",
            "postgresql://me@db/stats?sslmode=require&password={}",
            "postgres://me:{}@db:x/stats",
            "mysql://me:{}@db/stats",
            "me:{}@db/stats",
        ]
    ),
)
def test_no_layer_says_a_password_of_a_store(password: str, form: str) -> None:
    url = form.format(password)
    for text in (said(None, {"--sql": url}, {}), said(None, {}, {"FOOTFALL_SINKS__SQL__URL": url})):
        assert MARK not in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["rtsp://admin:hunter2@camera/live"],
        ["admin:hunter2@camera/live"],
        ["check-config", "a.yaml", "rtsp://admin:hunter2@camera/live"],
        ["run", "a.mp4", "--sample-fps", "rtsp://admin:hunter2@camera"],
        ["run", "a.mp4", "--kafka", "admin:hunter2@kafka:9092"],
        ["run", "a.mp4", "--kafka", "kafka://admin:hunter2@kafka:9092"],
        ["run", "a.mp4", "--kafka", "kafka:9092?password=hunter2"],
        ["run", "a.mp4", "--sql", "postgresql://admin:hunter2@:port/x"],
        ["run", "http://admin:hunter2@camera/live"],
        ["run", "rtsp://127.0.0.1:9/hunter2"],
        ["migrate", "mysql://admin:hunter2@db/x"],
        ["migrate", "postgresql://admin@db.invalid:1/x?password=hunter2&foo=1"],
    ],
)
def test_no_mistake_repeats_a_password(footfall: Footfall, arguments: list[str]) -> None:
    outcome = footfall(*arguments)
    assert outcome.code == 2
    assert outcome.err
    assert "hunter2" not in outcome.out + outcome.err


def test_kafka_with_a_user_says_where_users_belong(footfall: Footfall) -> None:
    outcome = footfall("run", "a.mp4", "--kafka", "admin:hunter2@kafka:9092")
    assert outcome.err == (
        "footfall: sinks.kafka.bootstrap_servers = (hidden) (flag --kafka): must be HOST:PORT alone; user and password "
        "belong into sasl_username and sasl_password\n"
    )


def test_addresses_in_files(tmp_path: Path) -> None:
    cameras = tmp_path / "cameras.txt"
    cameras.write_text("# at the door\nrtsp://admin:p@ss@192.0.2.10/live\n\n  rtsp://192.0.2.11/live\n")
    store = tmp_path / "store"
    store.write_text("postgresql://me:hunter2@db/stats\n")
    brokers = tmp_path / "brokers"
    brokers.write_text("one:9092\ntwo:9092\n")
    flags = {"SOURCE": [f"@{cameras}", "clip.mp4"], "--sql": f"@{store}", "--kafka": f"@{brokers}"}
    loaded = load_settings(None, flags, {})
    *live, clip = [camera.source for camera in loaded.cameras]
    assert [one.url.get_secret_value() for one in live if isinstance(one, RtspSettings)] == [
        "rtsp://admin:p@ss@192.0.2.10/live",
        "rtsp://192.0.2.11/live",
    ]
    assert isinstance(clip, FileSettings)
    assert clip.path == Path("clip.mp4")
    assert "hunter2" not in resolved(loaded)
    sql = loaded.sinks["sql"]
    assert isinstance(sql, SqlSettings)
    assert sql.url is not None
    assert sql.url.get_secret_value() == "postgresql://me:hunter2@db/stats"
    environ = {"FOOTFALL_SINKS__SQL__URL": f"@{store}", "FOOTFALL_CAMERAS": f'[{{"source": "@{store}x"}}]'}
    assert said(None, {}, environ) == (
        f"cameras[0].source = '@{store}x' (environment FOOTFALL_CAMERAS): names {store}x, which cannot be read: "
        "No such file or directory"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "holds no address"),
        (b"# nothing\n", "holds no address"),
        (b"a\nb\n", "holds 2 addresses; it needs one"),
        (b"\xff\xfe", "is no UTF-8 text"),
        (b"x" * (1 << 17), "cannot be read: larger than 64 KiB"),
    ],
)
def test_files_that_hold_no_address(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "store"
    file.write_bytes(content)
    assert said(None, {"--sql": f"@{file}"}, {}) == (
        f"sinks.sql.url = '@{file}' (flag --sql): names {file}, which {problem}"
    )


def test_an_address_may_come_through_a_pipe() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"sqlite:///counts.db\n")
    os.close(writer)
    loaded = load_settings(None, {"--sql": f"@/dev/fd/{reader}"}, {})
    os.close(reader)
    assert "sqlite:///counts.db" in resolved(loaded)


def test_a_file_whose_name_begins_with_at_is_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("@clip.mp4").touch()
    loaded = load_settings(None, {"SOURCE": ["@clip.mp4"]}, {})
    source = loaded.cameras[0].source
    assert isinstance(source, FileSettings)
    assert source.path == Path("@clip.mp4")


def test_migrate_takes_the_address_from_anywhere(
    footfall: Footfall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = tmp_path / "address"
    address.write_text(f"sqlite:///{tmp_path}/file.db\n")
    config = tmp_path / "shop.yaml"
    config.write_text(f"sinks:\n  sql:\n    url: sqlite:///{tmp_path}/config.db\n")
    assert footfall("migrate", f"sqlite:///{tmp_path}/url.db").code == 0
    assert footfall("migrate", f"@{address}").code == 0
    assert footfall("migrate", "--config", config).code == 0
    assert footfall("migrate").err == (
        "footfall: there is no store to migrate: name its URL, @FILE with the URL in it or --config FILE, or set "
        "FOOTFALL_SINKS__SQL__URL\n"
    )
    monkeypatch.setenv("FOOTFALL_SINKS__SQL__URL", f"sqlite:///{tmp_path}/environment.db")
    assert footfall("migrate").code == 0
    assert sorted(path.name for path in tmp_path.glob("*.db")) == [
        "config.db",
        "environment.db",
        "file.db",
        "url.db",
    ]


@given(PASSWORDS)
def test_no_line_of_the_log_says_a_password(password: str) -> None:
    error = ValueError(f"cannot open rtsp://admin:{password}@camera.example/live")
    record = logging.LogRecord(
        "av", logging.ERROR, "x", 1, "opening rtsp://a:%s@b.example/", (password,), (ValueError, error, None)
    )
    assert Veil().filter(record)
    for form in (logging.Formatter("%(message)s"), JsonLines()):
        assert MARK not in form.format(record)
    assert "Traceback" in json.loads(JsonLines().format(record))["traceback"] or "ValueError" in str(
        record.exc_text
    )
    assert MARK not in veiled(f"No such command 'admin:{password}@camera'.")


@pytest.mark.parametrize("way", ["flag", "yaml", "environment"])
@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("@brokers", ["one:9092", "two:9092", "three:9092"]),
        ("@one, two", ["four:9092"]),
        ("zero:9092, @brokers", ["zero:9092", "one:9092", "two:9092", "three:9092"]),
        ('["@brokers", "zero:9092"]', ["one:9092", "two:9092", "three:9092", "zero:9092"]),
    ],
)
def test_brokers_stand_in_files_wherever_they_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, given: str, found: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brokers").write_text("# ours\none:9092, two:9092\nthree:9092\n")
    (tmp_path / "one, two").write_text("four:9092\n")
    # What lies there under the very text is no broker, and so is not meant.
    (tmp_path / "@brokers").touch()
    key = given if given.startswith("[") else f'"{given}"'
    (tmp_path / "a.yaml").write_text(f"sinks:\n  kafka:\n    bootstrap_servers: {key}\n")
    flag = json.loads(given) if given.startswith("[") else given
    flags = {"SOURCE": ["synthetic:"], **({"--kafka": flag} if way == "flag" else {})}
    environment = {"FOOTFALL_SINKS__KAFKA__BOOTSTRAP_SERVERS": given} if way == "environment" else {}
    loaded = load_settings(tmp_path / "a.yaml" if way == "yaml" else None, flags, environment)
    kafka = loaded.sinks["kafka"]
    assert isinstance(kafka, KafkaSettings)
    assert list(kafka.bootstrap_servers) == found


def test_a_file_of_brokers_that_is_missing_is_named(footfall: Footfall) -> None:
    outcome = footfall("run", "a.mp4", "--kafka", "@nowhere")
    assert outcome.err == (
        "footfall: sinks.kafka.bootstrap_servers = '@nowhere' (flag --kafka): names nowhere, which cannot be read: "
        "No such file or directory\n"
    )
