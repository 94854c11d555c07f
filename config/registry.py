"""Which components there are: Python entry points, Footfall's own and those of other packages alike.

Each group of components is a group of entry points: `footfall.sources`, `footfall.parsers`, `footfall.finders`,
`footfall.trackers`, `footfall.stages`, `footfall.sinks`, `footfall.outlets` and `footfall.pictures`. The name of an entry point is
the `kind` by which users choose it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from importlib.metadata import Distribution, EntryPoint, EntryPoints
from pathlib import Path

from config.component import Component
from domain.errors import SettingsError

OWN = "footfall"
"""The distribution that Footfall's own components are registered by."""


@dataclass(frozen=True, slots=True)
class Group:
    """The components of one group.

    Attributes:
        models: By kind; Footfall's own come first, in the order of `pyproject.toml`.
        broken: By kind, why it cannot be used, in one line that names the package.
    """

    models: Mapping[str, type[Component]] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    def distinct(self) -> tuple[type[Component], ...]:
        """Every model once, though it may serve several kinds."""
        return tuple(dict.fromkeys(self.models.values()))


@cache
def group(name: str) -> Group:
    """Load the components of an entry point group.

    Raises:
        SettingsError: There are none at all, so Footfall itself is not installed as it should be.
    """
    models: dict[str, type[Component]] = {}
    broken: dict[str, str] = {}
    for entry in sorted(entry_points(group=name), key=_package_of_others):
        if entry.name in models or entry.name in broken:
            why = f"{_named(entry, name)} is passed over: another package has that kind already"
            broken[f"{entry.name} of {_package(entry)}"] = why
            continue
        try:
            models[entry.name] = _loaded(entry, name)
        except Exception as error:  # noqa: BLE001 - whatever the package of somebody else does when it is imported
            broken[entry.name] = f"{_named(entry, name)} cannot be loaded: {_in_one_line(error)}"
    if not models:
        raise SettingsError(f"no component is registered in {name}: install footfall again")
    return Group(models, broken)


def package_of(component: Component) -> tuple[str, str] | None:
    """Name and version of the package that brings a component; None where none does."""
    for entry in entry_points(group=component.group):
        if entry.name != component.kind or entry.dist is None:
            continue
        if entry.value.partition(":")[0] == type(component).__module__:
            return _name_and_version(entry.dist)
    return None


def unregistered(project: Path) -> list[str]:
    """Components that a checkout's `pyproject.toml` names and Python does not know, since they were added after it was installed.

    Args:
        project: That file; none is missing where there is no such file, as in a wheel.

    Returns:
        Group and kind of each.
    """
    return [
        f"{name}: {kind}"
        for name, kinds in declared(project).items()
        for kind, value in kinds.items()
        if not any(entry.value == value for entry in entry_points(group=name).select(name=kind))
    ]


def declared(project: Path) -> Mapping[str, Mapping[str, str]]:
    """By group and kind, the components that a checkout's `pyproject.toml` names; none where there is no such file."""
    if not project.is_file():
        return {}
    groups: Mapping[str, Mapping[str, str]] = tomllib.loads(project.read_text(encoding="utf-8"))["project"][
        "entry-points"
    ]
    return groups


def entry_points(*, group: str) -> EntryPoints:
    """Those of one group."""
    return _all_entry_points().select(group=group)


# Python reads the files of every installed package to find them, so they are looked for once.
_all_entry_points = cache(metadata.entry_points)


@cache
def _name_and_version(package: Distribution) -> tuple[str, str]:
    """Python parses the package's description for each of them."""
    return package.name, package.version


def _loaded(entry: EntryPoint, name: str) -> type[Component]:
    model = entry.load()
    if not (isinstance(model, type) and issubclass(model, Component)):
        raise TypeError(f"{entry.value} is no Component")
    if model.group != name:
        raise TypeError(f"{entry.value} belongs in the group {model.group or 'of no name'}")
    if "kind" not in model.model_fields or entry.name not in _kinds(model):
        raise TypeError(f"{entry.value} does not have the kind {entry.name}")
    return model


def _kinds(model: type[Component]) -> tuple[str, ...]:
    """What its `kind` may be."""
    return tuple(getattr(model.model_fields["kind"].annotation, "__args__", ()))


def _package(entry: EntryPoint) -> str:
    return _name_and_version(entry.dist)[0] if entry.dist else "unknown"


def _package_of_others(entry: EntryPoint) -> tuple[bool, str]:
    package = _package(entry)
    return package != OWN, "" if package == OWN else package


def _named(entry: EntryPoint, name: str) -> str:
    return f"{entry.name} ({name}, of the package {_package(entry)})"


def _in_one_line(error: Exception) -> str:
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
