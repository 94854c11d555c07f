"""Foot-traffic and clothing statistics from cameras and recordings, on ordinary CPUs.

::

    import footfall

    parser = footfall.load_parser("lite")
    for person in parser.parse("shop.jpg").persons:
        print(person.box, [(garment.color, garment.part) for garment in person.clothes])

`docs/python.md` shows the rest. Names are imported when they are first used, so `import footfall` takes no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from domain.errors import (
        Busy,
        FootfallError,
        MissingExtra,
        ModelError,
        SettingsError,
        SourceError,
        UsageError,
    )
    from domain.labels import BodyPart
    from domain.parsing import ParserInfo
    from footfall.parsing import Parser, load_parser
    from footfall.running import open_runtime
    from pipeline.parsed_image import Garment, ParsedImage, Person
    from pipeline.runtime import Runtime

_WHERE = {
    "BodyPart": "domain.labels",
    "Busy": "domain.errors",
    "FootfallError": "domain.errors",
    "Garment": "pipeline.parsed_image",
    "MissingExtra": "domain.errors",
    "ModelError": "domain.errors",
    "ParsedImage": "pipeline.parsed_image",
    "Parser": "footfall.parsing",
    "ParserInfo": "domain.parsing",
    "Person": "pipeline.parsed_image",
    "Runtime": "pipeline.runtime",
    "SettingsError": "domain.errors",
    "SourceError": "domain.errors",
    "UsageError": "domain.errors",
    "load_parser": "footfall.parsing",
    "open_runtime": "footfall.running",
}
"""The module of each public name."""

__all__ = [
    "BodyPart",
    "Busy",
    "FootfallError",
    "Garment",
    "MissingExtra",
    "ModelError",
    "ParsedImage",
    "Parser",
    "ParserInfo",
    "Person",
    "Runtime",
    "SettingsError",
    "SourceError",
    "UsageError",
    "load_parser",
    "open_runtime",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used.

    Raises:
        AttributeError: There is no such name.
        ImportError: Another package of the name of one of Footfall's own stands in front of it; the message names both.
    """
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - as everything here

        return version("footfall")
    if name not in _WHERE:
        raise AttributeError(f"module 'footfall' has no attribute {name!r}")
    from footfall.own_packages import require_own_packages  # noqa: PLC0415 - as everything here

    require_own_packages()
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, whether they are imported yet or not."""
    return sorted({*globals(), *__all__})
