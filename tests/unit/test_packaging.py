"""The wheel carries everything that the packages read at run time."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
PACKAGES = WHEEL["packages"]


def tracked(*folders: str) -> set[str]:
    """Files that git tracks below these folders and that are there."""
    listed = subprocess.run(  # noqa: S603 - fixed words
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--", *folders],  # noqa: S607 - git is on the path of whoever cloned
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=30,
    )
    return {name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel_content(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=120,
    )
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_tracked_file_of_the_packages_is_in_the_wheel(wheel_content: set[str]) -> None:
    files = tracked(*PACKAGES)
    assert {"pipeline/parsers/lite/lite.onnx", "pipeline/parsers/lite/lite-int8.bin"} <= files
    assert any(not name.endswith(".py") for name in files)
    assert files <= wheel_content


def test_every_network_that_a_parser_or_finder_names_is_in_the_wheel(wheel_content: set[str]) -> None:
    found = [name for name in wheel_content if name.endswith("/weights.json")]
    assert len(found) > 2
    for name in found:
        weights = json.loads((ROOT / name).read_bytes())
        kinds = [*weights["networks"].values(), *weights.get("crops", {}).values()]
        files = {file for kind in kinds for file in kind}
        assert files
        assert {f"{name.rpartition('/')[0]}/{file}" for file in files} <= wheel_content


def test_nothing_but_the_packages_and_the_licence_is_in_the_wheel(wheel_content: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel_content if ".dist-info/" not in name} <= set(PACKAGES)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel_content)


def test_every_package_of_the_repository_is_named() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found == set(PACKAGES) | {"benchmarks", "monitoring", "tests", "training"}


def test_training_and_benchmarks_stay_out_of_the_wheel(wheel_content: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel_content}.isdisjoint(
        {"benchmarks", "monitoring", "tests", "training"}
    )


def test_every_package_says_that_it_is_typed(wheel_content: set[str]) -> None:
    assert {f"{name}/py.typed" for name in PACKAGES} <= wheel_content


def test_fences_name_folders_so_that_a_new_module_is_inside_them() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    fenced = {name for contract in contracts for name in contract.get("source_modules", ())}
    assert len(fenced) > 5
    assert {name for name in fenced if not (ROOT / name.replace(".", "/")).is_dir()} == set()
