"""The finder that suits the parser, where none is chosen."""

from typing import Literal

from config.component import settings_of
from config.registry import group
from config.settings import Settings
from pipeline.finders.base import FinderContext, FinderSettings, PersonFinder
from pipeline.parsers.base import ParserSettings


class AutoFinderSettings(FinderSettings):
    """What suits the parser: `lite` before the parser `lite`, none before others."""

    kind: Literal["auto"] = "auto"

    def build(self, context: FinderContext) -> PersonFinder | None:
        """See `FinderSettings.build`."""
        return _of_kind(context.suited).build(context)


def as_meant(settings: Settings) -> Settings:
    """The settings with the finder that `auto` stands for."""
    if not isinstance(settings.finder, AutoFinderSettings):
        return settings
    parser = settings_of(ParserSettings, settings.parser)
    meant = _of_kind(parser.suited_finder).model_copy(update={"rest_s": settings.finder.rest_s})
    return settings.model_copy(update={"finder": meant})


def _of_kind(kind: str) -> FinderSettings:
    return settings_of(FinderSettings, group(FinderSettings.group).models[kind](kind=kind))
