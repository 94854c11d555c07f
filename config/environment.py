"""Settings in environment variables: `FOOTFALL_` and the key in capitals, `__` for the dot."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from config.origins import KeyPath, Layer, all_from
from config.reference import PREFIX, keys
from config.settings import Settings

_NOT_OURS = re.compile(
    # Kubernetes tells every container of a service called "footfall" about it in such variables;
    # FOOTFALL_SHARED tells the tests where their data is.
    rf"{PREFIX}(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)\w*)?|SHARED)"
)


class _Source(EnvSettingsSource):
    """Reads the variables that it is given instead of the process's own."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(Settings)
        self.env_vars = {name.lower(): value for name, value in variables.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Leave what is no JSON as it is: the model then refuses it, with its key and its origin."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def read_environment(environ: Mapping[str, str]) -> tuple[Layer, list[str]]:
    """Values from the variables that begin with `FOOTFALL_`. An empty variable counts as not set.

    Returns:
        The values, and one line for each variable that is none of ours.
    """
    known = {key.variable: key.path for key in keys() if key.variable}
    ours = {name: value for name, value in environ.items() if name.upper().startswith(PREFIX) and value}
    problems = [_unknown(name, known) for name in ours if name not in known and not _NOT_OURS.fullmatch(name)]
    given = {name: value for name, value in ours.items() if name in known}
    values = _Source(given)()
    origins: dict[KeyPath, str] = {}
    for name in sorted(given, key=lambda name: len(known[name])):
        path = known[name]
        for end in range(1, len(path)):
            origins.setdefault(path[:end], f"environment {name}")
        origins |= all_from(_at(values, path), path, f"environment {name}")
    return Layer(values, origins), problems


def _unknown(name: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(name.upper(), known, n=1)
    return f"environment {name}: no such setting" + (f"; did you mean {close[0]}?" if close else "")


def _at(values: Any, path: KeyPath) -> Any:
    for step in path:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values
