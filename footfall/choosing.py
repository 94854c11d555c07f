"""The settings of a parser, from what a caller in Python says."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from config.component import settings_of
from config.origins import Layer, all_from
from config.problems import lines
from config.settings import Settings
from domain.errors import SettingsError
from pipeline.parsers.base import ParserSettings


def parser_settings(kind: str, options: Mapping[str, Any]) -> ParserSettings:
    """Check them, as those of a file are checked.

    Raises:
        SettingsError: One line for each problem.
    """
    given = {"parser": {"kind": kind, **options}}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        layer = Layer(given, all_from(given["parser"], ("parser",), "load_parser"))
        raise SettingsError("\n".join(lines(error, layer))) from None
    return settings_of(ParserSettings, settings.parser)
