"""What the documents say of the command is what the command takes."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from cli.exit_codes import ExitCode
from cli.main import app

ROOT = Path(__file__).parents[3]
COMMAND = typer.main.get_command(app)
README = (ROOT / "README.md").read_text()
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def commands() -> dict[str, list[str]]:
    """Every command with its long options."""
    context = typer.Context(COMMAND)
    found = {}
    for name in COMMAND.list_commands(context):  # type: ignore[attr-defined]  # it is a group
        command = COMMAND.get_command(context, name)  # type: ignore[attr-defined]
        options = [
            option
            for parameter in command.get_params(context)
            for option in (*parameter.opts, *parameter.secondary_opts)
        ]
        found[name] = [option for option in options if option.startswith("--") and option != "--help"]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_and_option_is_documented(command: str) -> None:
    assert f"footfall {command}" in COMMANDS
    for option in commands()[command]:
        assert option in COMMANDS, option


def test_every_exit_code_is_documented() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", COMMANDS, re.MULTILINE)}
    assert documented == {int(code) for code in ExitCode}


@pytest.mark.parametrize("line", re.findall(r"^\.venv/bin/footfall (.+)$", README, re.MULTILINE))
def test_commands_of_the_readme_are_understood(line: str) -> None:
    name, *arguments = shlex.split(line)
    command = COMMAND.get_command(typer.Context(COMMAND), name)  # type: ignore[attr-defined]

    command.make_context(name, arguments)


def test_make_targets_of_the_documents_exist() -> None:
    texts = [
        README,
        *(path.read_text() for path in (ROOT / "docs").rglob("*.md")),
        (ROOT / "CONTRIBUTING.md").read_text(),
    ]
    named = {
        target
        for text in texts
        for target in re.findall(r"(?:^|`|\s{4})make ([a-z][a-z0-9-]*)", text, re.MULTILINE)
    }
    there = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))

    assert {"demo", "test"} <= named
    assert named <= there, named - there
