"""What can be known of image and compose file without a Docker engine."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import yaml

from config import Settings, load_settings
from pipeline.sources.rtsp_settings import RtspSettings
from sinks.kafka_settings import KafkaSettings
from sinks.sql.settings import SqlSettings
from tests.support.grafana import POSTGRES, PROMETHEUS

ROOT = Path(__file__).parents[2]
OURS = ("footfall", "migrate")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def substituted(text: str, given: dict[str, str]) -> str:
    """As Compose reads it: `${NAME:-default}`, and `$$` for a dollar sign."""

    def value(match: re.Match[str]) -> str:
        return given.get(match["name"]) or match["default"]

    return re.sub(r"\$\{(?P<name>\w+):-(?P<default>[^}]*)\}", value, text).replace("$$", "$")


def compose(given: dict[str, str] | None = None) -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", yaml.safe_load(substituted(text, given or {})))


def services(given: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
    return cast("dict[str, dict[str, Any]]", compose(given)["services"])


def footfall_settings() -> Settings:
    return load_settings(None, {}, services()["footfall"]["environment"])


def test_every_variable_of_the_service_is_a_setting_that_loads() -> None:
    settings = footfall_settings()
    assert [camera.id for camera in settings.cameras] == ["demo"]
    assert settings.output.dir.is_relative_to("/data")
    assert list(settings.sinks) == ["jsonl", "sql", "kafka"]
    assert settings.pictures == {}
    assert settings.notices == ()


def test_it_talks_to_the_services_beside_it() -> None:
    settings, there = footfall_settings(), services()
    kafka, sql = settings.sinks["kafka"], settings.sinks["sql"]
    assert isinstance(kafka, KafkaSettings)
    assert isinstance(sql, SqlSettings)
    assert sql.url is not None
    (server,) = kafka.bootstrap_servers
    assert f"INTERNAL://{server}" in there["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"].split(",")
    assert f"INTERNAL://:{server.rpartition(':')[2]}" in there["kafka"]["environment"][
        "KAFKA_LISTENERS"
    ].split(",")
    published = urlsplit(there["camera"]["environment"]["MTX_PATHS_DEMO_RUNONINIT"].split()[-1])
    source = settings.cameras[0].source
    assert isinstance(source, RtspSettings)
    camera = urlsplit(source.url.get_secret_value())
    assert (camera.hostname, camera.port, camera.path) == ("camera", published.port, published.path)
    store = urlsplit(sql.url.get_secret_value())
    database = there["postgres"]["environment"]
    assert (store.hostname, store.path) == ("postgres", f"/{database['POSTGRES_DB']}")
    assert (store.username, store.password) == (database["POSTGRES_USER"], database["POSTGRES_PASSWORD"])
    migrating = load_settings(None, {}, there["migrate"]["environment"]).sinks["sql"]
    assert isinstance(migrating, SqlSettings)
    assert migrating.url == sql.url


def test_no_address_stands_in_a_command() -> None:
    assert [
        service["command"] for service in services().values() if "footfall" in service.get("command", [])
    ] == []
    assert {str(services()[name]["command"]) for name in OURS} == {"['migrate']", "['run']"}


def test_one_variable_changes_the_password_everywhere() -> None:
    there = services({"POSTGRES_PASSWORD": "other"})
    assert "footfall:footfall@" not in json.dumps(there)
    assert json.dumps(there).count("footfall:other@postgres") == 2
    assert "other" in there["postgres"]["environment"].values()


def test_images_are_pinned() -> None:
    images = [service["image"] for service in services().values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, re.MULTILINE))
    assert len(images) > 5
    for image in images:
        assert image in stages or re.search(r":v?\d+\.\d+(\.\d+)?(-[\w.-]+)?$", image), (
            f"{image} is not pinned"
        )


def test_the_image_carries_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {services()[name]["image"] for name in OURS} == {f"footfall:{project['version']}"}


def test_ports_are_open_to_this_machine_only() -> None:
    ports = [port for service in services().values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_nobody_starts_before_what_it_needs_is_ready() -> None:
    there = services()
    conditions = {"service_healthy": "healthcheck", "service_completed_successfully": "command"}
    needed = [
        (name, need["condition"])
        for one in there.values()
        for name, need in one.get("depends_on", {}).items()
    ]
    assert len(needed) > 3
    for name, condition in needed:
        assert conditions[condition] in there[name], f"{name} cannot become {condition}"


def test_volumes_are_declared_and_mounted_files_exist() -> None:
    mounts = [
        volume.split(":")[0] for service in services().values() for volume in service.get("volumes", [])
    ]
    named = {mount for mount in mounts if not mount.startswith(".")}
    assert named == set(compose()["volumes"])
    for mount in set(mounts) - named:
        assert (ROOT / mount).exists(), f"{mount} does not exist"


def test_monitoring_is_asked_for_and_calls_nobody() -> None:
    watching = {name: one for name, one in services().items() if one.get("profiles") == ["monitoring"]}
    assert watching.keys() == {"prometheus", "reader", "grafana"}
    given = watching["grafana"]["environment"]
    off = (
        "AUTH_ANONYMOUS_ENABLED",
        "ANALYTICS_REPORTING_ENABLED",
        "ANALYTICS_CHECK_FOR_UPDATES",
        "NEWS_NEWS_FEED_ENABLED",
    )
    assert {given[f"GF_{name}"] for name in off} == {"false"}
    assert given["GF_PLUGINS_PREINSTALL_DISABLED"] == "true"


def test_grafana_finds_its_sources_and_boards() -> None:
    there, folder = services(), ROOT / "monitoring" / "grafana"
    (file,) = (folder / "provisioning" / "datasources").glob("*.yml")
    sources = {one["uid"]: one for one in yaml.safe_load(file.read_text())["datasources"]}
    assert sources.keys() == {PROMETHEUS, POSTGRES}
    assert urlsplit(sources[PROMETHEUS]["url"]).hostname in there
    assert sources[POSTGRES]["url"].split(":")[0] in there
    assert f"ROLE {sources[POSTGRES]['user']} LOGIN" in (folder / "reader.sql").read_text()
    assert sources[POSTGRES]["secureJsonData"]["password"].lstrip("$") in there["grafana"]["environment"]
    assert (
        there["reader"]["environment"]["READER_PASSWORD"]
        == there["grafana"]["environment"]["READER_PASSWORD"]
    )
    (file,) = (folder / "provisioning" / "dashboards").glob("*.yml")
    (provider,) = yaml.safe_load(file.read_text())["providers"]
    assert f"./monitoring/grafana/boards:{provider['options']['path']}:ro" in there["grafana"]["volumes"]


def test_prometheus_looks_where_footfall_answers() -> None:
    configured = yaml.safe_load((ROOT / "monitoring" / "prometheus" / "prometheus.yml").read_text())
    targets = [
        target
        for job in configured["scrape_configs"]
        for one in job["static_configs"]
        for target in one["targets"]
    ]
    metrics = footfall_settings().metrics
    assert targets == [f"footfall:{metrics.port}"]
    assert "ports" not in services()["footfall"]


def test_our_containers_may_do_little_and_have_time_to_finish() -> None:
    for name in OURS:
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "privileged" not in service
    grace_s = float(services()["footfall"]["stop_grace_period"].removesuffix("s"))
    assert grace_s > 2 * footfall_settings().shutdown_deadline_s


def test_the_image_is_set_up_by_the_script_that_the_makefile_runs() -> None:
    steps = re.findall(r"^RUN (.*)", DOCKERFILE, re.MULTILINE)
    assert "scripts/setup-env.sh runtime kafka postgres service && rm -rf .cache" in steps
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    setup = re.search(r"^setup:.*\n\t@(.+)$", makefile, re.MULTILINE)
    assert setup is not None
    assert setup[1] == "scripts/setup-env.sh runtime $(EXTRAS)"
    script = (ROOT / "scripts" / "setup-env.sh").read_text(encoding="utf-8")
    assert '--require-hashes "${files[@]/#/requirements/}"' in script
    assert not re.search(r"pip3? install|uv pip|build-essential|gcc", DOCKERFILE)


def test_what_is_copied_exists_and_is_let_through() -> None:
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    allowed = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert copied
    assert [source for source in [*copied, *allowed] if not (ROOT / source).exists()] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [
        *project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
        "pyproject.toml",
        "requirements",
    ]
    needed += [project["project"]["readme"], *project["project"]["license-files"]]
    needed += re.findall(r"^RUN (scripts/\S+)", DOCKERFILE, re.MULTILINE)
    assert set(needed) - set(allowed) == set()


def test_the_image_does_not_run_as_root() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    (user,) = re.findall(r"^USER (\S+)$", final, re.MULTILINE)
    assert int(user) > 0
    assert f"--uid {user}" in final


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "requirements").glob("*.txt")))
def test_locked_dependencies_carry_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.findall(
        r"^[\w.-]+(?:\[[\w,]+\])?==[^\n]*\\(?:\n +--hash=sha256:[0-9a-f]{64}(?: \\)?)+", text, re.MULTILINE
    )
    assert len(entries) == len(re.findall(r"^[\w.-]+(?:\[[\w,]+\])?\s*==", text, re.MULTILINE)) > 0
    assert "://" not in text
