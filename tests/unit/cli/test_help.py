"""What `--help` shows, on a terminal and elsewhere: every word of it, every default, groups and examples."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from cli import console
from cli.main import app
from tests.support.command import Footfall

ROOT = typer.main.get_group(app)
FRAME = re.compile(r"[\s│╭╮╰╯─]+")


def commands(command: Any = ROOT, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command, with the words that call it."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


COMMANDS = dict(commands())


def options_of(path: tuple[str, ...]) -> list[Any]:
    command = COMMANDS[path]
    return [parameter for parameter in command.get_params(typer.Context(command)) if parameter.help]


@pytest.fixture(params=[False, True], ids=["piped", "terminal"])
def terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(console, "on_terminal", lambda: request.param)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("TERMINAL_WIDTH", "400")
    monkeypatch.setenv("NO_COLOR", "1")
    return bool(request.param)


def words(text: str) -> str:
    """Without frames, and without regard to where lines are broken."""
    return FRAME.sub(" ", text)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_word_and_every_default_is_shown(footfall: Footfall, path: tuple[str, ...]) -> None:
    outcome = footfall(*path, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    shown = words(outcome.out)
    for option in options_of(path):
        assert words(option.help) in shown, option.name
        if getattr(option, "show_default", False) and option.default not in (None, False):
            assert re.search(rf"\[default: {re.escape(str(option.default))}[;\]]", shown), option.name


def test_a_run_shows_the_defaults_of_its_settings_in_groups(footfall: Footfall, terminal: bool) -> None:
    shown = words(footfall("run", "--help").out)
    helps = {option.opts[0]: option.help for option in options_of(("run",))}
    for flag, default in (
        ("--out", "out"),
        ("--parser", "lite"),
        ("--precision", "auto"),
        ("--sample-fps", "5.0"),
        ("--overlay", "yes"),
    ):
        assert helps[flag].endswith(f" Default: {default}.")
    for heading in ("What is looked at", "Parser", "Results", "Stores", "What is said"):
        assert (f" {heading} --" in shown) is terminal, heading


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("name", ["run", "demo", "doctor", "check-config", "migrate"])
def test_examples_stand_on_lines_of_their_own(footfall: Footfall, name: str) -> None:
    lines = [line.strip() for line in footfall(name, "--help").out.splitlines()]
    examples = [line for line in lines[lines.index("Examples:") + 1 :] if line]
    assert examples
    assert all(line.startswith(f"footfall {name}") for line in examples)
