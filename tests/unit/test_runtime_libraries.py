"""`scripts/runtime-libraries.sh` against a machine made of small stand-ins for its commands."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "runtime-libraries.sh"
BASH = shutil.which("bash") or "/bin/bash"
ALL = "libGL.so.1 libxcb.so.1 libgthread-2.0.so.0"


class Machine:
    """Commands in a folder of their own, and a log of what apt-get was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        for name in ("bash", "env", "grep"):
            (folder / name).symlink_to(shutil.which(name) or f"/bin/{name}")

    def command(self, name: str, body: str) -> None:
        path = self.folder / name
        path.write_text(f"#!{BASH}\n{body}\n")
        path.chmod(0o755)

    def run(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own script
            [BASH, str(SCRIPT)],
            env={**os.environ, "PATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.command("id", "echo 0")
    made.command("apt-get", f'echo "$*" >> {made.log}')
    return made


def test_nothing_is_done_where_all_of_it_is_there(machine: Machine) -> None:
    machine.command("ldconfig", f"printf '%s\\n' {ALL} " + "x{1..20000}")
    result = machine.run()
    assert (result.returncode, result.stderr) == (0, "")
    assert not machine.log.exists()


@pytest.mark.parametrize("missing", ALL.split())
def test_what_is_missing_is_installed(machine: Machine, missing: str) -> None:
    machine.command("ldconfig", f"printf '%s\\n' {ALL.replace(missing, '')}")
    result = machine.run()
    assert result.returncode == 0
    assert machine.log.read_text().splitlines() == [
        "update -qq",
        "install -y -qq --no-install-recommends libgl1 libglib2.0-0",
    ]


def test_a_user_who_is_not_root_asks_sudo(machine: Machine) -> None:
    machine.command("ldconfig", "true")
    machine.command("id", "echo 1000")
    machine.command("sudo", f'echo "sudo $*" >> {machine.log}')
    assert machine.run().returncode == 0
    assert machine.log.read_text().startswith("sudo apt-get update")


def test_a_failure_says_what_to_do(machine: Machine) -> None:
    machine.command("ldconfig", "true")
    machine.command("apt-get", "exit 100")
    result = machine.run()
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == (
        "could not be installed; as root: apt-get install libgl1 libglib2.0-0"
    )


def test_without_apt_the_libraries_are_named(machine: Machine) -> None:
    machine.command("ldconfig", "true")
    (machine.folder / "apt-get").unlink()
    result = machine.run()
    assert result.returncode == 2
    assert result.stderr == "not a Debian system: install libgl1 libglib2.0-0 by hand\n"
