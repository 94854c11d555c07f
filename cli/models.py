"""`footfall models`: the weights of the parsers."""

from pathlib import Path
from typing import Annotated

import typer

from domain.errors import ModelError
from pipeline.parsers.weights import LEAST_AGREEMENT, QUANTIZED_FRAMES, ParserWeights, Quantizing

app = typer.Typer(
    help="Fetch, check and remove the weights of parsers.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Of the parser: m2fp, for example.", show_default=False)
]

# Commands import what they need when they run.


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
    """Show the terms, get the weights, check them and make them ready."""
    weights = _of(name)
    if weights.terms is not None:
        typer.echo(weights.terms)
        if not yes and not typer.confirm("Do you agree to these terms?"):
            raise ModelError(f"{name} was not fetched: its terms were not agreed to")
    weights.fetch(source, typer.echo)


@app.command("list")
def list_models() -> None:
    """Show the weights that are there, of each parser those in use first."""
    for weights in _all().values():
        for line in weights.listed():
            typer.echo(line)


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
    """Check every file of the weights; with --on, measure how well the parser parses."""
    weights = _of(name)
    weights.verify(typer.echo)
    if on is not None:
        weights.measure(on, limit, typer.echo)


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
        int | None,
        typer.Option(
            metavar="PIXELS",
            help="Shorter edge of what the network will see; without it, the parser's own default.",
        ),
    ] = None,
    frames: Annotated[
        int,
        typer.Option(min=4, max=1000, help="Frames to take; every fourth is not calibrated on but checked."),
    ] = QUANTIZED_FRAMES,
    least_agreement: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Keep int8 if so much of the persons' pixels is labelled as in fp32."
        ),
    ] = LEAST_AGREEMENT,
) -> None:
    """Make an int8 network, faster and coarser, and keep it if it agrees with fp32 on the clip."""
    _of(name).quantize(Quantizing(on, frames, short_edge, least_agreement), typer.echo)


@app.command()
def check(
    card: Annotated[Path, typer.Argument(metavar="CARD", help="The card of a network of your own.")],
) -> None:
    """Say what is wrong with a card, or with the network that it describes."""
    from pipeline.parsers.onnx.checking import check_card  # noqa: PLC0415 - loads the network's engine

    found = check_card(card)
    typer.echo(f"{card}: {found.name} {found.version} is as its card says; use it with: --parser {card}")


@app.command()
def remove(name: Name) -> None:
    """Delete what was fetched."""
    _of(name).remove(typer.echo)


def _of(name: str) -> ParserWeights:
    found = _all()
    if name not in found:
        raise ModelError(f"there is no parser called {name}; there are {', '.join(found)}")
    return found[name]


def _all() -> "dict[str, ParserWeights]":
    from config.registry import group  # noqa: PLC0415
    from pipeline.parsers.base import ParserSettings  # noqa: PLC0415

    models = group(ParserSettings.group).models
    return {kind: model.weights(kind) for kind, model in models.items() if issubclass(model, ParserSettings)}
