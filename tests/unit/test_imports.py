"""What is not configured is not imported, and what is not installed is named in one line when it is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import MissingExtra
from pipeline.parsers.base import ParserContext
from pipeline.parsers.lite.settings import LiteSettings
from sinks.sql.sink import SqlSink
from tests.support.command import Footfall

HEAVY = frozenset({
    "alembic", "av", "cv2", "jinja2", "kafka", "lap", "modelscope", "nncf", "numpy", "onnxruntime", "openvino", "pandas", "PIL",
    "pi_heif", "psycopg", "sqlalchemy", "supervision", "torch",
})  # fmt: skip
"""Libraries that take time or memory, or are not there for everybody."""
BARE = """
sinks: {jsonl: false, sql: false}
pictures: {overlay: false}
output: {report: false}
"""


def imported(*arguments: str | Path, cwd: Path) -> set[str]:
    """Heavy libraries that a command has loaded by its end."""
    recorder = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('IMPORTED', *{name.partition('.')[0] for name in sys.modules}, file=sys.stderr))\n"
        "from footfall.__main__ import main\n"
        "main()\n"
    )
    outcome = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", recorder, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    (line,) = [line for line in outcome.stderr.splitlines() if line.startswith("IMPORTED")]
    return set(line.split()) & HEAVY


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    file = tmp_path / "bare.yaml"
    file.write_text(BARE)
    return file


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["demo", "--help"], ["models", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    assert imported(*arguments, cwd=tmp_path) == set()


def test_reading_settings_imports_no_library_of_a_component(bare: Path, tmp_path: Path) -> None:
    assert imported("run", "--help", cwd=tmp_path) <= {"numpy"}
    bare.write_text(
        "sinks: {kafka: {bootstrap_servers: 'broker:9092'}, sql: {url: 'postgresql://u:p@db/d'}}\n"
    )
    assert imported("check-config", bare, cwd=tmp_path) <= {"numpy"}


def test_a_run_imports_what_it_uses(bare: Path, tmp_path: Path) -> None:
    used = imported(
        "run", "synthetic:?seconds=1&size=96x64", "--config", bare, "--out", tmp_path / "out", cwd=tmp_path
    )
    assert used == {"cv2", "lap", "numpy", "openvino"}


def test_a_run_with_everything_that_is_there_by_default(tmp_path: Path) -> None:
    used = imported("run", "synthetic:?seconds=1&size=96x64", "--out", tmp_path / "out", cwd=tmp_path)
    assert used == {"av", "cv2", "jinja2", "lap", "numpy", "openvino", "sqlalchemy"}


def test_the_second_executor_leaves_the_first_alone(bare: Path, tmp_path: Path) -> None:
    bare.write_text(BARE + "parser: {kind: lite, executor: onnxruntime}\n")
    used = imported(
        "run", "synthetic:?seconds=1&size=96x64", "--config", bare, "--out", tmp_path / "out", cwd=tmp_path
    )
    assert used == {"cv2", "lap", "numpy", "onnxruntime"}


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As if the extras were not installed."""
    for library in ("kafka", "psycopg", "onnxruntime"):
        monkeypatch.setitem(sys.modules, library, None)
    kafka = [name for name in sys.modules if name.startswith("sinks.kafka.")]
    for module in (*kafka, "sinks.sql.postgres"):
        monkeypatch.delitem(sys.modules, module, raising=False)
        # A package keeps its modules as attributes, too.
        package, _, name = module.rpartition(".")
        monkeypatch.delattr(sys.modules.get(package), name, raising=False)
    return monkeypatch


def cure(extra: str) -> str:
    return f'pip install "footfall[{extra}]", or in a checkout make setup EXTRAS={extra}'


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize(
    ("flags", "library", "extra"),
    [
        (["--kafka", "broker:9092"], "kafka", "kafka"),
        (["--sql", "postgresql://user:secret@host/base"], "psycopg", "postgres"),
    ],
)
def test_a_store_that_is_not_installed_is_named_in_one_line(
    footfall: Footfall, tmp_path: Path, flags: list[str], library: str, extra: str
) -> None:
    outcome = footfall("run", "synthetic:?seconds=1&size=96x64", "--out", tmp_path / "out", *flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"footfall: {library} is not installed: {cure(extra)}\n"
    assert not (tmp_path / "out" / "events.jsonl").exists()


@pytest.mark.usefixtures("without")
def test_migrating_without_the_driver(footfall: Footfall) -> None:
    outcome = footfall("migrate", "postgresql://user:secret@host/base")
    assert (outcome.code, outcome.err) == (2, f"footfall: psycopg is not installed: {cure('postgres')}\n")


@pytest.mark.usefixtures("without")
def test_sqlite_needs_no_driver_of_postgresql(tmp_path: Path) -> None:
    SqlSink(f"sqlite:///{tmp_path}/footfall.db").close()


@pytest.mark.usefixtures("without")
def test_an_executor_that_is_not_installed_is_named_in_one_line() -> None:
    with pytest.raises(MissingExtra) as refused:
        LiteSettings(executor="onnxruntime").build(ParserContext())
    assert str(refused.value) == f"onnxruntime is not installed: {cure('onnxruntime')}"


@pytest.mark.parametrize(
    "module",
    ["pipeline.parsers.base", "config.service", "config.settings", "service.models", "analytics.stages.base"],
)
def test_any_module_may_be_the_first_that_is_imported(module: str) -> None:
    # Settings look components up, and components need settings.
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True, timeout=120)  # noqa: S603 - our own words
