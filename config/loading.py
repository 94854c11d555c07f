"""Puts settings together: defaults < YAML < environment < flags."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.environment import read_environment
from config.origins import KeyPath, Layer, Origins, all_from, merged
from config.problems import lines, unknown_key
from config.settings import Settings
from config.yaml_file import read_yaml
from domain.errors import SettingsError

FLAGS: Mapping[str, KeyPath] = {
    "SOURCE": ("cameras",),
    "--out": ("output", "dir"),
    "--parser": ("parser", "name"),
    "--precision": ("parser", "precision"),
    "--m2fp-short-edge": ("parser", "m2fp_short_edge"),
    "--m2fp-tiles": ("parser", "m2fp_tiles"),
    "--sample-fps": ("sampling", "sample_fps"),
    "--keyframes-only": ("sampling", "keyframes_only"),
    "--limit-seconds": ("sampling", "limit_s"),
    "--sql": ("sql", "url"),
    "--kafka": ("kafka", "bootstrap_servers"),
    "--overlay": ("output", "overlay"),
    "--masks": ("output", "masks"),
}
"""What each flag of `footfall run` sets. SOURCE takes a sequence of texts and replaces all cameras."""

_FOR_EVERY_CAMERA = ("--sample-fps", "--keyframes-only")


def load_settings(
    file: Path | None = None,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Put settings together.

    Args:
        file: YAML file; None for none.
        flags: Values by the names in `FLAGS`; None for a flag that was not given. They win over everything, a camera's own keys
            included.
        environ: Environment variables; None for those of this process.

    Raises:
        SettingsError: Something is wrong; one line for each problem, with key, value, origin and what is allowed, never a password.
    """
    environment, problems = read_environment(os.environ if environ is None else environ)
    below = [read_yaml(file)] if file else []
    given = merged([*below, environment, _from_flags(flags or {})])
    given = _flags_for_every_camera(given, flags or {})
    values, unknown = _apart(given)
    problems += [f"{key} ({given.origins[(key,)]}): {unknown_key((key,))}" for key in unknown]
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError("\n".join([*problems, *lines(error, given)])) from None
    if problems:
        raise SettingsError("\n".join(problems))
    settings._origins = Origins(given.origins)
    return settings


def _apart(given: Layer) -> tuple[dict[str, Any], list[str]]:
    """Values of known keys, and names of unknown ones: one with an underscore in front would steer pydantic-settings itself."""
    known = {key: value for key, value in given.values.items() if key in Settings.model_fields}
    return known, [key for key in given.values if key not in known]


def _from_flags(flags: Mapping[str, object]) -> Layer:
    layers = []
    for flag, value in flags.items():
        path = FLAGS[flag]
        if value is None or (flag == "SOURCE" and not value):
            continue
        origin = flag if flag == "SOURCE" else f"flag {_spelled(flag, value)}"
        given = _cameras(value) if flag == "SOURCE" else value
        values: Any = given
        for step in reversed(path):
            values = {step: values}
        origins = {path[:end]: origin for end in range(1, len(path))} | all_from(given, path, origin)
        layers.append(Layer(values, origins))
    return merged(layers)


def _cameras(sources: object) -> list[dict[str, str]]:
    if isinstance(sources, str) or not isinstance(sources, Sequence):
        raise TypeError(f"SOURCE takes a sequence of texts, got {type(sources).__name__}")
    return [{"source": str(source)} for source in sources]


def _spelled(flag: str, value: object) -> str:
    return flag.replace("--", "--no-", 1) if value is False else flag


def _flags_for_every_camera(given: Layer, flags: Mapping[str, object]) -> Layer:
    """A flag is meant for this run and for all cameras: take away what single cameras say otherwise."""
    gone = {FLAGS[flag][-1] for flag in _FOR_EVERY_CAMERA if flags.get(flag) is not None}
    cameras = given.values.get("cameras")
    if not gone or not isinstance(cameras, list):
        return given
    kept = [
        {key: value for key, value in camera.items() if key not in gone}
        if isinstance(camera, dict)
        else camera
        for camera in cameras
    ]
    origins = {
        path: origin
        for path, origin in given.origins.items()
        if not (path[0] == "cameras" and path[-1] in gone)
    }
    return Layer({**given.values, "cameras": kept}, origins)
