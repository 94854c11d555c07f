"""A package from outside adds a sink, a parser and their settings, and Footfall treats them as its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

from tests.support.shared_data import ROOT

Run = Callable[..., subprocess.CompletedProcess[str]]


def _installer() -> list[str]:
    """What `make setup` installs with, which stays out of the environment; elsewhere the environment's own pip."""
    uv = ROOT / ".cache" / "bootstrap" / "bin" / "uv"
    if uv.exists():
        return [str(uv), "pip", "install", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the package is installed in."""
    target = tmp_path_factory.mktemp("outside")
    here = ROOT / "tests" / "support" / "outside"
    options = [
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(target),
        str(here),
    ]
    subprocess.run([*_installer(), *options], check=True, timeout=120)  # noqa: S603 - fixed words
    return target


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """Runs a module with the package in sight."""

    def run_it(*arguments: object) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FOOTFALL_")}
        return subprocess.run(  # noqa: S603 - ours
            [sys.executable, "-m", *map(str, arguments)],
            cwd=tmp_path,
            env=kept | {"PYTHONPATH": f"{installed}{os.pathsep}{ROOT}"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run_it


@pytest.fixture
def received() -> Iterator[tuple[int, list[str]]]:
    """A port that is listened on, and the lines that came."""
    lines: list[str] = []

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            lines.extend(line.decode() for line in self.rfile)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1], lines
        server.shutdown()
        thread.join()


def test_it_runs_with_the_sink_and_the_parser_of_the_package(
    run: Run, received: tuple[int, list[str]], tmp_path: Path
) -> None:
    port, lines = received
    config = tmp_path / "shop.yaml"
    config.write_text("parser: {kind: bright, threshold: 250}\nsinks: {lines: {prefix: 'event: '}}\n")

    done = run(
        "cli",
        "run",
        "synthetic:?seconds=2&persons=1",
        "--config",
        config,
        "--lines-port",
        port,
        "--no-overlay",
    )

    assert done.returncode == 0, done.stderr
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["streams"][0]["parser"]["name"] == "bright"
    stored = (tmp_path / "out" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(stored) > 5
    assert [line.removeprefix("event: ").rstrip("\n") for line in lines] == stored


def test_its_settings_are_checked_shown_and_set_like_all_others(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "shop.yaml"
    config.write_text("parser: bright\nsinks: {lines: {port: 9}}\n")
    shown = run("cli", "check-config", config)
    assert shown.returncode == 0, shown.stderr
    assert "  threshold: 200  # default" in shown.stdout
    assert f"    port: 9  # {config}:2" in shown.stdout

    config.write_text("parser: {kind: bright, treshold: 300}\nsinks: {lines: {}}\n")
    refused = run("cli", "check-config", config)
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        f"footfall: parser.treshold = 300 ({config}:1): no such key; did you mean threshold?",
        f"footfall: sinks.lines.port ({config}:2): is needed here",
    ]


def test_its_settings_are_in_the_schema_the_help_and_the_tables(run: Run, tmp_path: Path) -> None:
    schema = json.loads(run("cli", "config", "schema").stdout)
    assert schema["$defs"]["BrightSettings"]["properties"]["threshold"]["maximum"] == 255
    assert "lines" in schema["properties"]["sinks"]["properties"]

    assert "--lines-port" in run("cli", "run", "--help").stdout

    page = tmp_path / "page.md"
    page.write_text((ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"), encoding="utf-8")
    assert run("config.documentation", page).returncode == 0
    tables = page.read_text(encoding="utf-8")
    assert "| `threshold` | whole number, at least 0, at most 255 | `200` |" in tables
    assert "`FOOTFALL_SINKS__LINES__PORT`" in tables

    assert "bright" in run("cli", "models", "verify", "bright").stderr


def test_a_component_that_cannot_be_loaded_is_one_line_where_it_is_asked_for(
    run: Run, tmp_path: Path
) -> None:
    config = tmp_path / "shop.yaml"
    config.write_text("sinks: {broken: true}\n")
    refused = run("cli", "check-config", config)
    assert refused.returncode == 2
    assert refused.stderr == (
        f"footfall: sinks.broken.kind = 'broken' ({config}:1): broken (footfall.sinks, of the package footfall-outside) "
        "cannot be loaded: ModuleNotFoundError: No module named 'footfall_outside.missing'\n"
    )
