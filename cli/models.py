"""`footfall models`: the weights that do not come with Footfall."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from domain.errors import ModelError

app = typer.Typer(
    help="Fetch, check and remove the weights of parsers that do not come with Footfall.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Name = Annotated[
    Literal["m2fp"], typer.Argument(metavar="NAME", help="m2fp is the only one.", show_default=False)
]


@app.command()
def fetch(
    name: Name,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PATH",
            help="The checkpoint, or the folder it lies in, instead of a download.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree to the terms without being asked.")] = False,
) -> None:
    """Show the terms, get the checkpoint, check it and convert it once."""
    from pipeline.parsers.m2fp.fetch import TERMS  # noqa: PLC0415 - commands import what they need when they run
    from pipeline.parsers.m2fp.fetch import fetch as fetch_m2fp  # noqa: PLC0415
    from pipeline.parsers.m2fp.store import ModelStore  # noqa: PLC0415

    typer.echo(TERMS)
    if not yes and not typer.confirm("Do you agree to these terms?"):
        raise ModelError(f"{name} was not fetched: its terms were not agreed to")
    model = fetch_m2fp(ModelStore(), source, typer.echo)
    typer.echo(f"{name} {model.version} is ready: footfall run SOURCE --parser {name}")


@app.command("list")
def list_models() -> None:
    """Show the fetched models, the one in use first."""
    from pipeline.parsers.m2fp.store import ModelStore  # noqa: PLC0415

    models = ModelStore().models()
    for model in models:
        size = f"{model.size / 1e6:.0f} MB"
        typer.echo(f"m2fp  {model.version}  {size}  from {model.manifest.source}  in {model.folder}")
        if model.int8 is not None:
            share = f"{100 * model.int8.agreement.of_person_pixels:.2f} %"
            typer.echo(
                f"      with an int8 network that agrees on {share} of the persons' pixels of {model.int8.agreement.clip}"
            )
    if not models:
        typer.echo("no model is fetched; lite comes with Footfall and needs none")


@app.command()
def verify(
    name: Name,
    on: Annotated[
        Path | None,
        typer.Option(
            "--on",
            metavar="CIHP_FOLDER",
            help="Also measure accuracy on the validation pictures of CIHP.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Measure on so many pictures only.", show_default=False)
    ] = None,
) -> None:
    """Check every file of the fetched model; with --on, measure how well it parses."""
    from pipeline.parsers.m2fp.store import ModelStore  # noqa: PLC0415

    model = ModelStore().installed()
    model.verify()
    typer.echo(f"{name} {model.version}: every file is as it was written")
    if on is not None:
        _measure(on, limit)


@app.command()
def quantize(
    name: Name,
    on: Annotated[
        Path,
        typer.Option(
            "--on", metavar="CLIP", help="A recording from where the model will be used, with people in it."
        ),
    ],
    short_edge: Annotated[
        int, typer.Option(metavar="640|480|320", help="Shorter edge of what the network will see.")
    ] = 640,
    frames: Annotated[
        int,
        typer.Option(min=4, max=1000, help="Frames to take; every fourth is not calibrated on but checked."),
    ] = 80,
    least_agreement: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Keep int8 if so much of the persons' pixels is labelled as in fp32."
        ),
    ] = 0.95,
) -> None:
    """Make an int8 network, faster and coarser, and keep it if it agrees with fp32 on the clip."""
    from pipeline.parsers.m2fp.quantize import QuantizeOptions  # noqa: PLC0415
    from pipeline.parsers.m2fp.quantize import quantize as quantize_m2fp  # noqa: PLC0415
    from pipeline.parsers.m2fp.store import ModelStore  # noqa: PLC0415

    if short_edge not in (640, 480, 320):
        raise ModelError(f"--short-edge must be 640, 480 or 320, got {short_edge}")
    options = QuantizeOptions(frames=frames, short_edge=short_edge, least_agreement=least_agreement)
    agreement, kept = quantize_m2fp(ModelStore(), on, options, typer.echo)
    typer.echo(
        f"int8 labels {100 * agreement.of_person_pixels:.2f} % of the persons' pixels as fp32 does, and "
        f"{100 * agreement.of_pixels:.2f} % of all pixels, on {agreement.frames} frames of {agreement.clip}"
    )
    if not kept:
        raise ModelError(
            f"the int8 network was not kept: {100 * least_agreement:g} % of the persons' pixels are asked for"
        )
    typer.echo(f"kept; use it with: footfall run SOURCE --parser {name} --precision int8")


@app.command()
def remove(name: Name) -> None:
    """Delete the fetched model."""
    from pipeline.parsers.m2fp.store import ModelStore  # noqa: PLC0415

    removed = ModelStore().remove()
    versions = ", ".join(model.version for model in removed)
    typer.echo(f"removed {name} {versions}" if removed else f"{name} was not there")


def _measure(folder: Path, limit: int | None) -> None:
    from pipeline.parsers.m2fp.accuracy import measure, pairs  # noqa: PLC0415
    from pipeline.parsers.m2fp.parser import M2fpParser  # noqa: PLC0415

    total = len(pairs(folder)[:limit])
    with typer.progressbar(length=total, label="parsing") as bar:
        accuracy = measure(M2fpParser(), folder, limit=limit, watch=lambda _done: bar.update(1))
    for part, iou in accuracy.iou.items():
        typer.echo(f"  {part.label:<14} {100 * iou:5.1f} %")
    typer.echo(
        f"mean IoU {100 * accuracy.mean_iou:.2f} %, pixel accuracy {100 * accuracy.pixel_accuracy:.2f} % "
        f"on {accuracy.pictures} pictures"
    )
