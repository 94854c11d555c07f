"""Puts settings together: defaults < YAML < environment < flags."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.address_files import addresses_in, names_file
from config.choice import Chosen
from config.environment import read_environment
from config.inheritance import INHERITED
from config.layering import laid
from config.origins import KeyPath, Layer, Origins, all_from, at, dotted, merged, nested, without
from config.problems import lines, unknown_key
from config.reference import keys
from config.renamed import with_new_names
from config.settings import Settings
from domain.errors import SettingsError

_CAMERAS = "SOURCE"
_OF_SERVE: Mapping[str, KeyPath] = {"--host": ("service", "host"), "--port": ("service", "port")}


@cache
def flags_and_keys() -> Mapping[str, KeyPath]:
    """What each option of `footfall run` and `footfall serve` sets. SOURCE takes a sequence of texts and replaces all cameras."""
    found: dict[str, KeyPath] = {_CAMERAS: ("cameras",), **_OF_SERVE}
    # The same component may stand in several places; an option is for none that may be missing, or that the service loads.
    apart = [key.path for key in keys() if isinstance(key.choice, Chosen) and key.choice.optional]
    apart.append(("service", "parsers"))
    for key in keys():
        if key.flag is not None:
            if not any(key.path[: len(path)] == path != key.path for path in apart):
                found[key.flag.name] = (*key.path, "kind") if isinstance(key.choice, Chosen) else key.path
        elif key.switch is not None:
            found[key.switch.name] = key.path
    return found


def load_settings(
    file: Path | None = None,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Put settings together.

    Args:
        file: YAML file; None for none.
        flags: Values by the names in `flags_and_keys()`; None for a flag that was not given. They win over everything, a camera's
            own keys included.
        environ: Environment variables; None for those of this process.

    Raises:
        SettingsError: Something is wrong; one line for each problem, with key, value, origin and what is allowed, never a password.
    """
    environment, problems = read_environment(os.environ if environ is None else environ)
    layers = [*([_from_file(file)] if file else []), environment, _from_flags(flags or {})]
    named = [with_new_names(layer) for layer in layers]
    given = laid([layer for layer, _ in named])
    given = _for_every_camera(given, flags or {})
    values, unknown = _apart(given)
    problems += [f"{dotted((key,))} ({given.origins[(key,)]}): {unknown_key((key,))}" for key in unknown]
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError("\n".join([*problems, *lines(error, given)])) from None
    if problems:
        raise SettingsError("\n".join(problems))
    settings._origins = Origins(given.origins)
    settings._notices = tuple(notice for _, notices in named for notice in notices)
    return settings


def _apart(given: Layer) -> tuple[dict[str, Any], list[str]]:
    """Values of known keys, and names of unknown ones."""
    known = {key: value for key, value in given.values.items() if key in Settings.model_fields}
    return known, [key for key in given.values if key not in known]


def _from_file(file: Path) -> Layer:
    from config.yaml_file import read_yaml  # noqa: PLC0415 - brings PyYAML along

    return read_yaml(file)


def _from_flags(flags: Mapping[str, object]) -> Layer:
    layers = []
    for flag, value in flags.items():
        path = flags_and_keys()[flag]
        if value is None or (flag == "SOURCE" and not value):
            continue
        origin = flag if flag == "SOURCE" else f"flag {_spelled(flag, value)}"
        given = _cameras(value) if flag == "SOURCE" else value
        origins = {path[:end]: origin for end in range(1, len(path))} | all_from(given, path, origin)
        layers.append(Layer(nested(path, given), origins))
    return merged(layers)


def _cameras(sources: object) -> list[dict[str, str]]:
    if isinstance(sources, str) or not isinstance(sources, Sequence):
        raise TypeError(f"SOURCE takes a sequence of texts, got {type(sources).__name__}")
    found: list[str] = []
    for source in map(str, sources):
        try:
            found += addresses_in(source) if names_file(source) else [source]
        except ValueError as error:
            raise SettingsError(f"SOURCE {error}") from None
    return [{"source": source} for source in found]


def _spelled(flag: str, value: object) -> str:
    return flag.replace("--", "--no-", 1) if value is False else flag


def _for_every_camera(given: Layer, flags: Mapping[str, object]) -> Layer:
    """A flag is meant for this run and for all cameras: take away what single cameras say otherwise."""
    paths = [flags_and_keys()[flag] for flag, value in flags.items() if value is not None]
    cameras = at(given.values, ("cameras",))
    gone: list[KeyPath] = [
        ("cameras", position, *path)
        for path in paths
        if path[0] in INHERITED
        for position in range(len(cameras) if isinstance(cameras, list) else 0)
    ]
    return without(given, gone)
