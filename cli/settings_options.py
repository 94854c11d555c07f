"""The options of a command that set settings: read off the models, when they are needed."""

import inspect
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand

from cli.speech import PANEL

_FLAGS = "footfall.flags"
_PANELS = {
    "cameras": "What is looked at",
    "parser": "Parser",
    "output": "Results",
    "pictures": "Results",
    "sinks": "Stores",
    "log_format": PANEL,
}
"""Headings of the help, by section of the settings; another section is its own heading."""


def given_flags(context: typer.Context) -> Mapping[str, object]:
    """What was given, by the name of the option; None for what was not."""
    flags: Mapping[str, object] = context.meta[_FLAGS]
    return flags


class SettingsCommand(TyperCommand):
    """A command that takes, beside its own, every option that a setting names for itself (`config.component.Flag`).

    They are looked up when the command is run or asked for its help: `footfall --help` need not know them.
    """

    def get_params(self, ctx: Any) -> Any:
        """Its own arguments and options, those of the settings, and `--help` at the end."""
        own = super().get_params(ctx)
        return [*own[:-1], *_options().values(), *own[-1:]]

    def parse_args(self, ctx: Any, args: Any) -> Any:
        """Read all of them, and set those of the settings apart."""
        rest = super().parse_args(ctx, args)
        ctx.meta[_FLAGS] = {flag: ctx.params.pop(option.name, None) for flag, option in _options().items()}
        return rest


@cache
def _options() -> Mapping[str, Any]:
    """By the name of the option."""
    # The models bring pydantic along, which `footfall --help` does without.
    from config.documentation import options  # noqa: PLC0415

    found = options()

    def take(**values: object) -> None:
        """Stand for a function with a parameter for each option."""

    parameters, annotations = [], {}
    for option in found:
        name = option.name.strip("-").replace("-", "_")
        declared = f"{option.name}/{option.negative}" if option.negative else option.name
        info = typer.Option(
            declared,
            metavar=option.metavar,
            help=option.help,
            show_default=False,
            rich_help_panel=_panel(option.section),
        )
        annotations[name] = Annotated[_type(option.type) | None, info]
        parameters.append(
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotations[name]
            )
        )
    take.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # functions may have one
    take.__annotations__ = annotations
    app = typer.Typer(add_completion=False)
    app.command()(take)
    made = {parameter.name: parameter for parameter in typer.main.get_command(app).params}
    return {option.name: made[name] for option, name in zip(found, annotations, strict=True)}


def _panel(section: str) -> str:
    return _PANELS.get(section, section.capitalize())


def _type(annotation: Any) -> Any:
    """What the command line reads: a switch, a number, or text."""
    if annotation in (bool, int, float):
        return annotation
    words: Sequence[Any] = get_args(annotation) if get_origin(annotation) is Literal else ()
    return int if words and all(isinstance(word, int) for word in words) else str
