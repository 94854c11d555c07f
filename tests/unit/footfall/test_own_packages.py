"""Packages of others with the names of Footfall's are one line, however Footfall is started."""

import subprocess
import sys
from pathlib import Path

import pytest

from footfall import own_packages
from footfall.own_packages import OWN_PACKAGES, foreign_package

ROOT = Path(__file__).parents[3]
COMMAND = Path(sys.executable).with_name("footfall")


def started(*command: str | Path, cwd: Path, first: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [*map(str, command)],
        cwd=cwd,
        env={"PYTHONPATH": str(first)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def message(name: str, file: Path) -> str:
    return (
        f"another package called {name} stands in front of Footfall's own: {file}; "
        "run from another folder, or take its folder out of PYTHONPATH"
    )


def foreign(folder: Path, name: str) -> Path:
    file = folder / name / "__init__.py"
    file.parent.mkdir()
    file.write_text("raise RuntimeError('imported')\n")
    return file


@pytest.mark.parametrize("name", ["config", "domain"])
@pytest.mark.parametrize("command", [[COMMAND], [sys.executable, "-m", "footfall"]], ids=["script", "module"])
def test_the_command_says_so_in_one_line(tmp_path: Path, name: str, command: list[str | Path]) -> None:
    file = foreign(tmp_path, name)
    outcome = started(*command, "--version", cwd=ROOT.parent, first=tmp_path)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert outcome.stderr == f"footfall: {message(name, file)}\n"


def test_a_file_in_the_folder_where_python_is_started_is_found_too(tmp_path: Path) -> None:
    file = tmp_path / "cli.py"
    file.write_text("")
    outcome = started(sys.executable, "-m", "footfall", cwd=tmp_path, first=tmp_path)
    assert (outcome.returncode, outcome.stderr) == (2, f"footfall: {message('cli', file)}\n")


def test_a_folder_that_is_no_package_stands_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.yaml").touch()
    outcome = started(COMMAND, "--version", cwd=tmp_path, first=tmp_path)
    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_importing_from_python_says_so_in_one_line(tmp_path: Path) -> None:
    file = foreign(tmp_path, "sinks")
    code = "import footfall\ntry: footfall.load_parser\nexcept ImportError as error: print(error)"
    outcome = started(sys.executable, "-c", code, cwd=tmp_path, first=tmp_path)
    assert (outcome.stdout, outcome.stderr) == (message("sinks", file) + "\n", "")


def test_two_packages_in_one_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_packages, "packages_distributions", lambda: {"config": ["footfall", "config"]})
    problem = foreign_package(ImportError("no component", name="config.component"))
    assert str(problem) == (
        f"the package config has written its own config over Footfall's in {ROOT / 'config'}: "
        "install footfall into an environment of its own"
    )


def test_a_bug_of_ours_keeps_its_traceback() -> None:
    assert foreign_package(ImportError("no such name", name="config.component")) is None
    assert foreign_package(ImportError("no such package", name="numpy")) is None


def test_every_package_of_the_wheel_is_looked_at() -> None:
    assert {path.parent.name for path in ROOT.glob("*/py.typed")} == {*OWN_PACKAGES, "footfall"}
