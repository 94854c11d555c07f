"""Settings in environment variables: `FOOTFALL_` and the key in capitals, `__` for the dot."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from config.origins import KeyPath, Layer, all_from, at, merged, nested
from config.reference import DELIMITER, PREFIX, find, keys
from config.renamed import is_old

_NOT_OURS = re.compile(
    # Kubernetes tells every container of a service called "footfall" about it in such variables;
    # FOOTFALL_SHARED tells the tests where their data is.
    rf"{PREFIX}(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)\w*)?|SHARED)"
)


def read_environment(environ: Mapping[str, str]) -> tuple[Layer, list[str]]:
    """Values from the variables that begin with `FOOTFALL_`. An empty variable counts as not set.

    A list, or a section as a whole, is written as JSON. Where a section and a key of it have a variable each, the key's wins.

    Returns:
        The values, and one line for each variable that is none of ours.
    """
    ours = {name: value for name, value in environ.items() if name.upper().startswith(PREFIX) and value}
    ours = {name: value for name, value in ours.items() if not _NOT_OURS.fullmatch(name)}
    paths = {name: _path(name) for name in sorted(ours, key=lambda name: len(_path(name)))}
    given = {name: path for name, path in paths.items() if name.isupper() and (find(path) or is_old(path))}
    return _together(given, ours), [_unknown(name) for name in paths if name not in given]


def _path(name: str) -> KeyPath:
    return tuple(name[len(PREFIX) :].lower().split(DELIMITER))


def _together(paths: Mapping[str, KeyPath], texts: Mapping[str, str]) -> Layer:
    if not paths:
        return merged([])
    from config.variables import read_variables  # noqa: PLC0415 - brings pydantic-settings along

    # A password that looks like JSON is a password.
    decoded = {name: texts[name] for name, path in paths.items() if not _is_secret(path)}
    values = read_variables(decoded, {str(path[0]) for path in paths.values()})
    layers = []
    for name, path in paths.items():
        value = at(values, path) if name in decoded else texts[name]
        origin = f"environment {name}"
        origins = {path[:end]: origin for end in range(1, len(path))} | all_from(value, path, origin)
        layers.append(Layer(nested(path, value), origins))
    return merged(layers)


def _is_secret(path: KeyPath) -> bool:
    key = find(path)
    return key is not None and key.plain and key.secret


def _unknown(name: str) -> str:
    known = [key.variable for key in keys() if key.variable]
    close = get_close_matches(name.upper(), known, n=1)
    return f"environment {name}: no such setting" + (f"; did you mean {close[0]}?" if close else "")
