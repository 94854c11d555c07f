"""Reads a YAML file and remembers the line of every value.

Plain words are read as YAML 1.2 reads them: `no` and `on` are text, `010` is ten, and a date stays text. So a camera may be called
`no`, and a value is shown in messages as the user wrote it. Settings that want truth still understand `yes` and `off`.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from config.origins import KeyPath, Layer, dotted
from config.small_files import read_small
from domain.errors import SettingsError
from domain.names import shown_name

_LARGEST = 1 << 20
_MOST_VALUES = 100_000
_HINT = "; text that begins with one of * & ! % @ ` or holds ': ' or ' #' needs quotes"


class _Loader(yaml.SafeLoader):
    """SafeLoader with the core schema of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML declares it so


_CORE: dict[str, tuple[str, str]] = {
    "null": (r"~|null|Null|NULL|", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]{1,18}", "-+0123456789"),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
    "merge": (r"<<", "<"),
}
for _name, (_pattern, _first) in _CORE.items():
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}",
        re.compile(f"^(?:{_pattern})$"),
        [*_first, *([""] if _name == "null" else [])],
    )

_SCALARS: dict[str, Any] = {
    "null": lambda _: None,
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
    "str": str,
}


def read_yaml(file: Path) -> Layer:
    """Values of a YAML file with their lines; an empty file has none.

    Raises:
        SettingsError: It cannot be read, is no YAML in UTF-8, names a key twice, or is no mapping of keys to values. The message
            quotes nothing of the file but keys, since any value may be a password.
    """
    text = _text(file)
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            return _Reader(file, loader).layer(root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise SettingsError(
            f"{shown_name(file)}{line}: no valid YAML: {_without_quotes(error)}{_HINT}"
        ) from None
    except yaml.YAMLError:
        raise SettingsError(
            f"{shown_name(file)}: no valid YAML: it holds control characters; write it as plain UTF-8 text"
        ) from None
    except RecursionError:
        raise SettingsError(f"{shown_name(file)}: no valid configuration: it is nested too deeply") from None


def _text(file: Path) -> str:
    name = shown_name(file)
    try:
        content = read_small(file, _LARGEST)
    except ValueError as error:
        raise SettingsError(f"{name}: cannot be read: {error}; name a YAML file with settings") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{name}:{line}: not UTF-8 text; save the file as UTF-8") from None


def _without_quotes(error: yaml.MarkedYAMLError) -> str:
    # PyYAML quotes the offending word, and a bare "password: *hunter2" makes the password that word.
    words = ", ".join(filter(None, (error.context, error.problem)))
    return re.sub(r"""(['"]).{2,}?\1""", "...", words.replace("\n", " "))


class _Reader:
    """Turns nodes into values, with the line of each."""

    def __init__(self, file: Path, loader: _Loader) -> None:
        self._file = shown_name(file)
        self._loader = loader
        self._origins: dict[KeyPath, str] = {}
        self._open: set[int] = set()

    def layer(self, root: yaml.Node | None) -> Layer:
        values = {} if root is None else self._value(root, ())
        if values is None:
            values = {}
        if not isinstance(values, dict):
            raise self._wrong(root, "must be a mapping of keys to values, as in `log_level: info`")
        return Layer(values, self._origins)

    def _value(self, node: yaml.Node, path: KeyPath) -> Any:
        if id(node) in self._open:
            raise self._wrong(node, "an alias that holds itself")
        if len(self._origins) > _MOST_VALUES:
            raise self._wrong(node, f"more than {_MOST_VALUES} values")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return {
                    key.value: self._entry(key, value, (*path, key.value)) for key, value in self._pairs(node)
                }
            if isinstance(node, yaml.SequenceNode):
                return [
                    self._entry(item, item, (*path, position)) for position, item in enumerate(node.value)
                ]
            return self._scalar(node)
        finally:
            self._open.discard(id(node))

    def _entry(self, where: yaml.Node, node: yaml.Node, path: KeyPath) -> Any:
        self._origins[path] = f"{self._file}:{where.start_mark.line + 1}"
        return self._value(node, path)

    def _pairs(self, node: yaml.MappingNode) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag.rpartition(":")[2] not in ("str", "merge"):
                raise self._wrong(key, "a key must be a word")
            if key.value in lines:
                raise self._wrong(
                    key,
                    f"the key {dotted((key.value,))} stands here a second time, first in line {lines[key.value]}",
                )
            lines[key.value] = key.start_mark.line + 1
        # Merge keys: the keys of the mapping itself come last and win.
        self._loader.flatten_mapping(node)
        pairs: list[tuple[yaml.ScalarNode, yaml.Node]] = node.value
        return pairs

    def _scalar(self, node: yaml.Node) -> Any:
        prefix, _, name = node.tag.rpartition(":")
        try:
            if prefix != "tag:yaml.org,2002":
                raise KeyError(name)
            return _SCALARS[name](node.value)
        except (KeyError, ValueError):
            raise self._wrong(node, "a tag that does not fit; settings need no tags") from None

    def _wrong(self, node: yaml.Node | None, what: str) -> SettingsError:
        line = f":{node.start_mark.line + 1}" if node else ""
        return SettingsError(f"{self._file}{line}: {what}")
