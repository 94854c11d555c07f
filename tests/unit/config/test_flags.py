"""The command's flags and the settings they set."""

import typer
from typer.main import get_command

from cli.main import app
from config import flags_and_keys

# What the command itself says or reads, which no setting is about.
OF_THE_COMMAND = {"--config", "--help", "--json", "--quiet", "--verbose"}


def test_every_flag_of_run_sets_a_key_and_every_such_key_has_its_flag() -> None:
    command = get_command(app)
    run = command.commands["run"]  # type: ignore[attr-defined]  # typer promises a command, and this one is a group
    parameters = run.get_params(typer.Context(run))
    options = {option for parameter in parameters for option in parameter.opts if option.startswith("--")}
    flags = {flag for flag in flags_and_keys() if flag.startswith("--")}
    assert options - OF_THE_COMMAND == flags - {"--host", "--port"}
    assert isinstance(app, typer.Typer)
