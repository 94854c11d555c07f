"""The tables of `docs/configuration.md`, made from the models.

`python -m config.documentation docs/configuration.md` renews them.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from config.cameras import CameraSettings
from config.choice import Chosen, Named
from config.component import Flag
from config.reference import ITEM, Key, keys, plain_types
from config.registry import declared, group, unregistered
from config.settings import Settings
from domain.errors import SettingsError

BEGIN = "<!-- tables: python -m config.documentation docs/configuration.md -->"
END = "<!-- end of tables -->"

_UNITS = {
    "_m_s": "metres per second",
    "_m": "metres",
    "_s": "seconds",
    "_days": "days",
    "_fps": "frames per second",
    "_pixels": "pixels",
    "_frames": "frames",
    "_share": "fraction",
    "_score": "fraction",
    "_overlap": "fraction",
    "_presence": "fraction",
}
_FORMATS = {"path": "path", "date-time": "date and time with zone", "password": "text, kept secret"}
_TYPES = {"boolean": "true or false", "integer": "whole number", "number": "number", "string": "text"}


def tables() -> str:
    """One table for the top, then one for each section and each component that has keys, as Markdown."""
    top = [key for key in keys() if len(key.path) == 1 and key.plain]
    parts = [_table("Top level", Settings, "", top)]
    above = [key.path for key in keys() if key.as_above]
    for section in keys():
        if any(section.path[: len(path)] == path for path in above):
            continue
        if section.choice is None and section.section is not None:
            parts.append(_of_model(section, section.section, f"`{section.name}`"))
        elif isinstance(section.choice, Named):
            parts.append(_several(section, section.choice))
        elif section.choice is not None and section.section is None:
            parts.append(_one_of(section, section.choice))
            parts += [
                _of_model(section, model, f"`{section.name}` of kind {kinds}")
                for kinds, model in _by_model(section)
            ]
        elif section.section is not None:
            parts.append(_of_model(section, section.section, f"`{section.name}`"))
    return "\n\n".join(filter(None, parts))


def _one_of(section: Key, choice: Chosen) -> str:
    default = f"; by default it is `{choice.default}`" if choice.default else ""
    variable = f" `{section.variable}__KIND` sets it." if section.variable else ""
    about = f"{section.field.description}. `kind` says which{default}.{variable}"
    return f"### `{section.name}`\n\n{about}\n\n{_kinds(section)}"


def _several(section: Key, choice: Named) -> str:
    there = ", ".join(f"`{name}`" for name in choice.defaults) or "none"
    about = (
        f"{section.field.description}, by name. The name is the kind, too, unless `kind` says otherwise; so there may be two "
        f"of a kind. `false` in the place of the keys leaves one out, `true` takes it as it is. There by default: {there}."
    )
    return f"### `{section.name}`\n\n{about}\n\n{_kinds(section)}"


def _kinds(section: Key) -> str:
    rows = [f"| {kinds} | {_summary(model)} |" for kinds, model in _by_model(section)]
    return "\n".join(["| kind | what it is |", "| --- | --- |", *rows])


def _by_model(section: Key) -> list[tuple[str, type[BaseModel]]]:
    models = section.choice.models() if section.choice else {}
    return [
        (", ".join(f"`{kind}`" for kind in models if models[kind] is model), model)
        for model in dict.fromkeys(models.values())
    ]


def _of_model(section: Key, model: type[BaseModel], title: str) -> str:
    """The table of a section or a component; nothing for one without keys of its own."""
    steps = len(section.path)
    content = [
        key
        for key in keys()
        if (
            key.plain
            or key.as_above
            or _is_inner_section(key)
            or (section.section is CameraSettings and isinstance(key.choice, Chosen) and key.section is None)
        )
        and key.model is model
        and key.path[:steps] == section.path
        and not key.tells_kind
    ]
    if content:
        return _table(title, model, _summary(model), content)
    return "" if section.choice else f"### {title}\n\n{section.field.description}."


def _summary(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def renewed(text: str) -> str:
    """A page with its tables as they are now.

    Raises:
        SettingsError: The page lacks the two lines that the tables stand between.
    """
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise SettingsError(f"the page needs the lines {BEGIN} and {END}; put them where the tables belong")
    return f"{head}{BEGIN}\n\n{tables()}\n\n{END}{tail}"


def _table(title: str, model: type[BaseModel], about: str, content: list[Key]) -> str:
    lines = [f"### {title}", ""]
    if about:
        lines += [about, ""]
    lines += ["| key | value | default | unit | meaning |", "| --- | --- | --- | --- | --- |"]
    schema = model.model_json_schema()
    for key in content:
        value = _held(key) or _value(schema, key.path[-1])
        facts = (value, _default(key), _unit(key.path), _meaning(key))
        lines.append(f"| `{key.path[-1]}` | " + " | ".join(fact.replace("|", "\\|") for fact in facts) + " |")
    return "\n".join(lines)


def _is_inner_section(key: Key) -> bool:
    """Whether it is a section of something in a list, which has no heading of its own to be found by."""
    return key.choice is None and key.section is not None and ITEM in key.path


def _held(key: Key) -> str | None:
    if key.as_above:
        return "section"
    if _is_inner_section(key):
        return f"{'sections by name' if key.several else 'section'}: see `{key.name}`"
    return f"text, or a section: see `{key.name}`" if key.choice else None


def _meaning(key: Key) -> str:
    variable = f"<br>`{key.variable}`" if key.variable else ""
    return f"{key.field.description}{variable}"


def _default(key: Key) -> str:
    if key.path == ("cameras", ITEM, "id"):
        return "from `source`"
    if key.as_above:
        return f"as `{key.path[-1]}`"
    if key.field.default is PydanticUndefined:
        return "**needed**" if key.field.default_factory is None else "none"
    return _as_code(key.field.default)


def _as_code(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{list(value)}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _unit(path: Sequence[str]) -> str:
    """By the end of its name, or of its section where that counts days."""
    name = path[-2] if path[-2:-1] and path[-2].endswith("_days") else path[-1]
    return next((unit for ending, unit in _UNITS.items() if f"_{name}".endswith(ending)), "")


def _value(model_schema: Mapping[str, Any], name: str) -> str:
    return " or ".join(_words(model_schema["properties"][name]))


def _words(schema: Mapping[str, Any]) -> Iterator[str]:
    if "anyOf" in schema:
        for option in schema["anyOf"]:
            yield from _words(option)
    elif "const" in schema or "enum" in schema:
        yield ", ".join(f"`{word}`" for word in schema.get("enum", [schema.get("const")]))
    elif schema.get("type") == "array":
        items = schema["items"] if "items" in schema else schema["prefixItems"][0]
        length = f" of {schema['maxItems']}" if "maxItems" in schema else ""
        yield f"list{length}; each: " + " or ".join(_words(items))
    elif schema.get("type") != "null":
        yield _FORMATS.get(schema.get("format", ""), _TYPES.get(schema["type"], "")) + _limits(schema)


def _limits(schema: Mapping[str, Any]) -> str:
    low = f"at least {schema['minimum']:g}" if "minimum" in schema else ""
    low = f"above {schema['exclusiveMinimum']:g}" if "exclusiveMinimum" in schema else low
    high = f"at most {schema['maximum']:.12g}" if "maximum" in schema else ""
    limits = ", ".join(filter(None, (low, high)))
    return f", {limits}" if limits else ""


@dataclass(frozen=True, slots=True)
class FlagOption:
    """An option of `footfall run` that sets a setting.

    Attributes:
        name: As it is typed.
        negative: What turns a switch off.
        metavar: What stands for its value in the help.
        help: What it is for, and its default.
        type: Of its value: bool for a switch, else the type of the field.
        section: The key at the top of the settings that it belongs to, as in `sampling`.
    """

    name: str
    negative: str | None
    metavar: str | None
    help: str
    type: Any
    section: str = ""


def options() -> tuple[FlagOption, ...]:
    """Every option that a setting or a component names for itself, in the order of the models."""
    found: dict[str, FlagOption] = {}
    for key in keys():
        flag = key.flag or key.switch
        if flag is not None and flag.name not in found and not key.as_above:
            found[flag.name] = replace(_option(key, flag), section=str(key.path[0]))
    return tuple(found.values())


def _option(key: Key, flag: Flag) -> FlagOption:
    if key.flag is None:
        default = "yes" if _is_on(key) else None
        return FlagOption(flag.name, flag.negative, None, _help(flag.help or "", default), bool)
    if isinstance(key.choice, Chosen):
        kinds = " or ".join(
            filter(None, (", ".join([*key.choice.models()][:-1]), [*key.choice.models()][-1]))
        )
        about = f"{flag.help or key.field.description}: {kinds}"
        return FlagOption(flag.name, None, flag.metavar, _help(about, key.choice.default), str)
    value = next((kind for kind in (bool, int, float) if kind in plain_types(key.field.annotation)), None)
    literal = key.field.annotation if get_origin(key.field.annotation) is Literal else None
    words = "|".join(map(str, get_args(literal))) if literal else None
    default = key.field.default
    shown = None if default in (None, False, PydanticUndefined) else str(default)
    return FlagOption(
        flag.name,
        flag.negative,
        flag.metavar or words,
        _help(flag.help or (key.field.description or "").replace("`", ""), shown),
        value or literal or str,
    )


def _is_on(key: Key) -> bool:
    """Whether a component among several by name is there without being asked for."""
    named = next((mark for mark in key.field.metadata if isinstance(mark, Named)), None)
    return named is not None and key.path[-1] in named.defaults


def _help(text: str, default: str | None) -> str:
    return f"{text}. Default: {default}." if default else f"{text}."


def main(arguments: list[str]) -> None:
    """Renew the tables of the page that is named.

    Raises:
        SettingsError: Components of this checkout are not registered or cannot be loaded, so their rows would be missing.
    """
    project = Path(__file__).parents[1] / "pyproject.toml"
    if absent := unregistered(project):
        raise SettingsError(
            f"pyproject.toml is newer than what is installed, which lacks {', '.join(absent)}; run: make setup"
        )
    # What a package beside this one has broken is no row of ours.
    own = declared(project)
    groups = dict.fromkeys(key.choice.group for key in keys() if key.choice)
    broken = [why for name in groups for kind, why in group(name).broken.items() if kind in own.get(name, {})]
    if broken:
        raise SettingsError("; ".join(broken))
    page = Path(arguments[0])
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SettingsError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
