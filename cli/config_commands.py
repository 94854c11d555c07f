"""`footfall config`: what helps to write a settings file."""

import json
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import OutputError
from domain.os_errors import cannot_write

app = typer.Typer(
    help="Begin a settings file, and let an editor check it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the settings file, for editors."""
    from config.json_schema import settings_schema  # noqa: PLC0415 - commands import what they need when they run

    typer.echo(json.dumps(settings_schema(), indent=2))


@app.command()
def init(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="To write; must not be there yet. Without it, to standard output.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a settings file to begin with: every key with its default and what it is for."""
    from config.starting import starting_file  # noqa: PLC0415

    text = starting_file()
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise OutputError(f"{file} is there already: name a new file") from None
    except OSError as error:
        raise OutputError(cannot_write(file, error, "name another file")) from error
    typer.echo(f"wrote {file}; check it with: footfall check-config {file}")
