"""Settings that a program gives: all of them, a camera that is added to a run, a parser that is switched to."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from config.cameras import CameraSettings
from config.component import Component
from config.inheritance import INHERITED, plain
from config.origins import Layer, all_from
from config.problems import lines, unknown_key
from config.settings import Settings
from domain.errors import SettingsError


def settings_from(given: Mapping[str, Any]) -> Settings:
    """What a file could say, without the environment.

    Raises:
        SettingsError: One line for each problem.
    """
    unknown = [key for key in given if key not in Settings.model_fields]
    if unknown:
        raise SettingsError("\n".join(f"{key} (settings): {unknown_key((key,))}" for key in unknown))
    return _checked(given, (), given, "settings")


def camera_from(
    settings: Settings, given: str | Mapping[str, Any], origin: str = "add_stream"
) -> CameraSettings:
    """A camera as a file could name it, with all that the settings say of every camera.

    Args:
        settings: Of the run.
        given: Its keys, or its source alone.
        origin: Who gives it, for messages.

    Raises:
        SettingsError: One line for each problem.
    """
    told = {name: plain(getattr(settings, name)) for name in (*INHERITED, "sources")}
    above = {name: value for name, value in told.items() if value}
    keys = {"source": given} if isinstance(given, str) else dict(given)
    return _checked({**above, "cameras": [keys]}, ("cameras", 0), keys, origin).cameras[0]


def parser_from(given: str | Mapping[str, Any], origin: str = "switch_parser") -> Component:
    """A parser as a file could name it.

    Args:
        given: Its keys, or its kind alone.
        origin: Who gives it, for messages.

    Raises:
        SettingsError: One line for each problem.
    """
    keys = {"kind": given} if isinstance(given, str) else dict(given)
    return _checked({"parser": keys}, ("parser",), keys, origin).parser


def finder_from(given: str | Mapping[str, Any], origin: str) -> Component:
    """A finder as a file could name it; arguments and errors as of `parser_from`."""
    keys = {"kind": given} if isinstance(given, str) else dict(given)
    return _checked({"finder": keys}, ("finder",), keys, origin).finder


def _checked(
    values: Mapping[str, Any], path: tuple[str | int, ...], given: Mapping[str, Any], origin: str
) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(
            "\n".join(lines(error, Layer(dict(values), all_from(given, path, origin))))
        ) from None
