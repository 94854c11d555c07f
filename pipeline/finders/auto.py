"""The finder that suits the parser, where none is chosen."""

from typing import Literal

from config.component import settings_of
from config.registry import group
from pipeline.finders.base import FinderContext, FinderSettings, PersonFinder
from pipeline.parsers.base import ParserSettings


class AutoFinderSettings(FinderSettings):
    """What suits the parser: `lite` before the parser `lite`, none before others."""

    kind: Literal["auto"] = "auto"

    def build(self, context: FinderContext) -> PersonFinder | None:
        """See `FinderSettings.build`."""
        return _of_kind(context.suited).build(context)


def finder_for(finder: FinderSettings, parser: ParserSettings) -> FinderSettings:
    """The finder that is meant: that one, or for `auto` what suits the parser."""
    return _of_kind(parser.suited_finder) if isinstance(finder, AutoFinderSettings) else finder


def _of_kind(kind: str) -> FinderSettings:
    return settings_of(FinderSettings, group(FinderSettings.group).models[kind](kind=kind))
