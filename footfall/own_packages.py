"""Footfall's packages have plain names such as `config`; makes sure that it is Footfall's own that are imported.

Uses nothing but the standard library, since nothing else is sure to be what it seems.
"""

import sys
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

OWN_PACKAGES = ("analytics", "cli", "config", "domain", "pipeline", "service", "sinks")
_HERE = Path(__file__).resolve().parents[1]


class ForeignPackageError(ImportError):
    """A package of somebody else stands where Footfall's own is looked for; the message says which, where, and what to do."""


def require_own_packages() -> None:
    """Look where each package would be imported from; nothing is imported.

    Raises:
        ForeignPackageError: From a place that is not Footfall's own.
    """
    for name in OWN_PACKAGES:
        found = _place(name)
        if found != _HERE / name / "__init__.py":
            raise ForeignPackageError(_message(name, found))


def foreign_package(error: ImportError) -> ForeignPackageError | None:
    """Why an import failed, if it is for two packages that were installed into one folder; None where it is a bug."""
    name = (error.name or "").partition(".")[0]
    if name not in OWN_PACKAGES:
        return None
    others = sorted(set(packages_distributions().get(name, ())) - {"footfall"})
    if not others:
        return None
    return ForeignPackageError(
        f"the package {', '.join(others)} has written its own {name} over Footfall's in {_HERE / name}: "
        "install footfall into an environment of its own"
    )


def _place(name: str) -> Path | None:
    module = sys.modules.get(name)
    spec: ModuleSpec | None = getattr(module, "__spec__", None) if module else find_spec(name)
    return Path(spec.origin).resolve() if spec and spec.origin else None


def _message(name: str, found: Path | None) -> str:
    if found is None:
        return f"Footfall's own package {name} is missing from {_HERE}: install footfall again"
    return (
        f"another package called {name} stands in front of Footfall's own: {found}; "
        "run from another folder, or take its folder out of PYTHONPATH"
    )
