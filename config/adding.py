"""Settings of what comes later: a camera that is added to a run, a parser that is switched to."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from config.cameras import CameraSettings
from config.component import Component
from config.inheritance import INHERITED, plain
from config.origins import Layer, all_from
from config.problems import lines
from config.settings import Settings
from domain.errors import SettingsError


def camera_from(settings: Settings, given: str | Mapping[str, Any]) -> CameraSettings:
    """A camera as a file could name it, with all that the settings say of every camera.

    Args:
        settings: Of the run.
        given: Its keys, or its source alone.

    Raises:
        SettingsError: One line for each problem.
    """
    told = {name: plain(getattr(settings, name)) for name in (*INHERITED, "sources")}
    above = {name: value for name, value in told.items() if value}
    keys = {"source": given} if isinstance(given, str) else dict(given)
    return _checked({**above, "cameras": [keys]}, ("cameras", 0), keys, "add_stream").cameras[0]


def parser_from(given: str | Mapping[str, Any]) -> Component:
    """A parser as a file could name it.

    Args:
        given: Its keys, or its kind alone.

    Raises:
        SettingsError: One line for each problem.
    """
    keys = {"kind": given} if isinstance(given, str) else dict(given)
    return _checked({"parser": keys}, ("parser",), keys, "switch_parser").parser


def _checked(
    values: Mapping[str, Any], path: tuple[str | int, ...], given: Mapping[str, Any], origin: str
) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(
            "\n".join(lines(error, Layer(dict(values), all_from(given, path, origin))))
        ) from None
