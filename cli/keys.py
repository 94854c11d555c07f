"""`footfall keys`: keys of those who call the service."""

from json import dumps
from typing import Annotated, Literal

import typer

from cli.speech import Json

app = typer.Typer(help="Keys of those who call footfall serve.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keys of those who call footfall serve."""


@app.command(epilog="Example:\n\nfootfall keys add dashboard --role read")
def add(
    name: Annotated[
        str, typer.Argument(help="Who it is for, as the audit log shows it.", show_default=False)
    ],
    role: Annotated[
        Literal["read", "parse", "admin"],
        typer.Option(
            help="read sees results and cameras, parse also sends pictures, admin also changes cameras and models."
        ),
    ] = "parse",
    json: Json = False,
) -> None:
    """Make a key. It is shown once and kept nowhere; the settings get its hash."""
    from config.adding import settings_from  # noqa: PLC0415 - brings pydantic along
    from service.keys import new_key  # noqa: PLC0415

    key, digest = new_key()
    entry = {"name": name, "hash": digest, "role": role}
    # So that a wrong name is refused here, and not when the service starts.
    settings_from({"service": {"keys": [entry]}})
    if json:
        typer.echo(dumps({"key": key, "settings": entry}))
        return
    typer.echo(f"The key of {name}, shown this once:\n\n  {key}\n\nInto the settings file:\n")
    typer.echo(f'service:\n  keys:\n    - {{name: {name}, role: {role}, hash: "{digest}"}}')
