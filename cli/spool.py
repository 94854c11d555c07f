"""`footfall spool` and `footfall deliver`: what waits for stores, and sending it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class _ShowByDefault(TyperGroup):
    """`footfall spool DIR` is short for `footfall spool show DIR`."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Put `show` in front of a folder."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_ShowByDefault,
    help="See what waits for the stores of a results folder, or give one up.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder of the results of a run.", show_default=False)
]


@app.command()
def show(folder: _Folder) -> None:
    """Show how far each store is, what waits for it and what it has refused."""
    from cli import console  # noqa: PLC0415 - commands import what they need when they run
    from cli.delivering import print_status  # noqa: PLC0415

    print_status(console.output(), folder)


@app.command()
def forget(
    folder: _Folder,
    sink: Annotated[
        str, typer.Argument(metavar="SINK", help="Its name, as `show` has it.", show_default=False)
    ],
) -> None:
    """Give a store up: what waits for it is not kept for it any longer."""
    from cli.delivering import forget_sink  # noqa: PLC0415

    typer.echo(forget_sink(folder, sink))


def deliver(
    folder: _Folder,
    config: Annotated[
        Path | None, typer.Option(help="YAML file with the stores; the environment wins over it.")
    ] = None,
    sql: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The store of the run's --sql; @FILE reads the URL from a file."),
    ] = None,
    kafka: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The broker of the run's --kafka; or @FILE.")
    ] = None,
) -> None:
    """Send what waits in a results folder, to the stores that the settings name."""
    from cli import console  # noqa: PLC0415
    from cli.delivering import deliver_waiting  # noqa: PLC0415
    from cli.logs import log_notices, set_up_logging  # noqa: PLC0415
    from config import load_settings  # noqa: PLC0415

    settings = load_settings(config, {"--out": folder, "--sql": sql, "--kafka": kafka})
    set_up_logging(settings.log_level, settings.log_format)
    log_notices(settings.notices)
    raise typer.Exit(deliver_waiting(console.output(), settings))
