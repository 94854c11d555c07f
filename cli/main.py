"""Entry point of the command `footfall`."""

import sys
import traceback
from importlib.metadata import version
from json import dumps
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from cli import config_commands, console, keys, models, spool
from cli.exit_codes import ExitCode
from cli.lasting import lasting_streams
from cli.logs import log_notices, set_up_logging
from cli.settings_options import SettingsCommand, given_flags
from cli.speech import Json, Quiet, Speech, Verbose
from cli.veil import VeiledGroup
from domain.errors import UsageError
from domain.names import shown_name
from domain.urls import redact_url

app = typer.Typer(
    name="footfall",
    cls=VeiledGroup,
    help="Foot-traffic and clothing statistics from cameras and recordings, on ordinary CPUs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Commands import what they need when they run: `footfall --help` must not wait for an inference engine.


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"footfall {version('footfall')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Take what every command takes."""


def _examples(*lines: str) -> str:
    """What stands below the options. Each line is a paragraph, since the help would join them otherwise."""
    return "\n\n".join(["Examples:", *lines])


@app.command(
    cls=SettingsCommand,
    epilog=_examples(
        "footfall run shop.mp4 --out out/shop",
        "footfall run @camera.txt --sample-fps 2 --no-overlay",
        "footfall run --config shop.yaml --json > summary.json",
    ),
)
def run(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...",
            help="Video files, folders of images, rtsp:// or rtsps:// addresses, or synthetic: for drawn people. "
            "@FILE reads addresses from a file, one a line. All run at once. Without any, the cameras of the --config file.",
            show_default=False,
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML file with settings; flags win over it.", show_default=False)
    ] = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Count people and their clothing in recordings and cameras."""
    from cli.running import run_settings  # noqa: PLC0415
    from config import load_settings  # noqa: PLC0415

    speech = Speech(verbose, quiet, json)
    settings = load_settings(config, {"SOURCE": sources, **given_flags(context)})
    set_up_logging(speech.log_level(settings.log_level), settings.log_format)
    log_notices(settings.notices)
    raise typer.Exit(run_settings(settings, speech))


@app.command(
    epilog=_examples("footfall doctor", "footfall doctor --config shop.yaml", "footfall doctor @camera.txt")
)
def doctor(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...",
            help="Cameras and recordings to look at, as for footfall run.",
            show_default=False,
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML file with settings; flags win over it.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Check machine, processor, codecs, stores and cameras, and count nothing."""
    from cli import doctor as checks  # noqa: PLC0415
    from config import load_settings  # noqa: PLC0415

    set_up_logging("error")
    found = list(checks.findings(load_settings(config, {"SOURCE": sources})))
    if json:
        typer.echo(dumps(checks.as_rows(found), indent=2, ensure_ascii=False))
    else:
        checks.print_findings(console.output(), found)
    wrong = any(finding.verdict == "wrong" for finding in found)
    raise typer.Exit(ExitCode.USAGE if wrong else ExitCode.OK)


@app.command(epilog=_examples("footfall demo", "footfall demo --out /tmp/demo"))
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results; made if it is missing.")] = Path(
        "out/demo"
    ),
    verbose: Verbose = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Run on the clip that comes with Footfall: no camera, no server and no network needed."""
    from cli.demo import run_demo  # noqa: PLC0415

    speech = Speech(verbose, quiet, json)
    set_up_logging(speech.log_level("info"))
    raise typer.Exit(run_demo(out, speech))


@app.command(
    cls=SettingsCommand,
    epilog=_examples(
        "footfall serve",
        "footfall serve --config shop.yaml --port 8080",
        "footfall serve @camera.txt --out out/shop",
    ),
)
def serve(  # noqa: PLR0913, PLR0917 - each is an option
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...",
            help="Cameras and recordings to begin with, as for footfall run.",
            show_default=False,
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML file with settings; flags win over it.", show_default=False)
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 127.0.0.1 by default.", show_default=False)
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port to listen on; 8080 by default, 0 for a free one.", show_default=False),
    ] = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Serve the API and the web page, and count what the cameras show."""
    from cli.serving import serve_settings  # noqa: PLC0415
    from config import load_settings  # noqa: PLC0415

    speech = Speech(verbose, quiet)
    flags = {"SOURCE": sources, "--host": host, "--port": port, **given_flags(context)}
    settings = load_settings(config, flags)
    set_up_logging(speech.log_level(settings.log_level), settings.log_format)
    log_notices(settings.notices)
    raise typer.Exit(serve_settings(settings, speech))


@app.command("check-config", epilog=_examples("footfall check-config shop.yaml"))
def check_config(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="YAML file with settings.", show_default=False)
    ],
) -> None:
    """Check a settings file, and show every setting that would hold, with where it comes from."""
    from analytics.floor import plan_of, warnings_of  # noqa: PLC0415
    from config import load_settings, resolved  # noqa: PLC0415
    from config.weakened import weakened  # noqa: PLC0415

    settings = load_settings(file)
    for notice in (*settings.notices, *weakened(settings)):
        typer.echo(f"footfall: {notice}", err=True)
    for camera in settings.cameras:
        for warning in warnings_of(plan_of(camera)):
            typer.echo(f"footfall: camera {camera.id}: {warning}", err=True)
        if camera.lines or camera.zones or camera.calibration:
            from pipeline.building import check_pixels  # noqa: PLC0415

            check_pixels(camera)
    typer.echo(resolved(settings), nl=False)


@app.command(
    epilog=_examples("footfall zones shop.mp4", "footfall zones @camera.txt --out out/entrance"),
)
def zones(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A camera or a recording, as for footfall run.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the two files; made if it is missing.")] = Path(
        "out/zones"
    ),
) -> None:
    """Write a page to draw lines and zones on, and a still with a ruler grid, both without people."""
    from cli.zones import write_zones  # noqa: PLC0415
    from config import load_settings  # noqa: PLC0415

    set_up_logging("error")
    page, still = write_zones(load_settings(None, {"SOURCE": [source]}), out)
    typer.echo(f"open {shown_name(page)} in a browser; the same picture with a ruler is {shown_name(still)}")


@app.command(epilog=_examples("footfall migrate @store.txt", "footfall migrate --config shop.yaml"))
def migrate(
    url: Annotated[
        str | None,
        typer.Argument(
            metavar="URL",
            help="For example postgresql://user:password@host/footfall, or @FILE with that in it. "
            "Without it, the stores of the settings.",
            show_default=False,
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML file with settings; the environment wins over it.")
    ] = None,
) -> None:
    """Bring the tables of a database to this version."""
    from cli.migrating import migrate_stores  # noqa: PLC0415

    set_up_logging("info")
    for version_now in migrate_stores(url, config):
        typer.echo(version_now)


@app.command(
    epilog=_examples(
        "footfall forget --before 2026-11-01 --out out/shop --dry-run",
        "footfall forget --before 2026-11-01 --config shop.yaml",
        "footfall forget --before 2026-11-01 --store @store.txt",
    )
)
def forget(
    before: Annotated[
        str,
        typer.Option(
            metavar="DATE",
            help="A day, which begins at midnight UTC, or a time with its zone.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="In that folder of results.", show_default=False)
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="In that SQL store; @FILE reads the URL from a file.", show_default=False
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="In the folder and the stores of that YAML file with settings.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would go, and delete nothing.")
    ] = False,
) -> None:
    """Delete what tells of a time before a date: events, pictures, jobs and audit log."""
    from cli.forgetting import forget as forget_before  # noqa: PLC0415
    from cli.forgetting import moment_of  # noqa: PLC0415

    set_up_logging("warning")
    forget_before(console.output(), moment_of(before), out=out, store=store, config=config, dry_run=dry_run)


app.add_typer(models.app, name="models")
app.add_typer(spool.app, name="spool")
app.add_typer(keys.app, name="keys")
app.command()(spool.deliver)
app.add_typer(config_commands.app, name="config")


def _command() -> TyperGroup:
    """The command; what it says of itself is framed and coloured on a terminal only, and wrapped nowhere else."""
    framed = console.on_terminal()
    app.rich_markup_mode = "rich" if framed else None
    command = typer.main.get_group(app)
    if not framed:
        command.context_settings["terminal_width"] = console.UNWRAPPED
    return command


def main() -> None:
    """Run the command; a mistake of the user becomes one line and an exit code, a bug keeps its traceback."""
    with lasting_streams():
        try:
            _command()()
        except UsageError as error:
            for line in str(error).splitlines():
                print(f"footfall: {line}", file=sys.stderr)  # noqa: T201 - the command's own voice
            sys.exit(ExitCode.USAGE)
        except Exception:  # noqa: BLE001 - a bug: nothing is hidden of it but passwords
            print(redact_url(traceback.format_exc()), end="", file=sys.stderr)  # noqa: T201
            sys.exit(ExitCode.BUG)
