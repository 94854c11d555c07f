"""From settings to the best views of a stream, and what about views does not go together."""

import logging
from collections.abc import Iterator
from typing import Literal

from analytics.stages.base import StageSettings
from config.cameras import CameraSettings
from config.component import settings_of
from config.settings import Settings
from domain.errors import UsageError
from pipeline.finders.auto import finder_for
from pipeline.finders.base import FinderSettings
from pipeline.finding import ViewParser
from pipeline.parsers.base import HumanParser, ParserSettings
from pipeline.sources.base import SourceSettings
from pipeline.tracking.base import Tracker
from pipeline.views.best import BestViews, ViewLimits
from sinks.base import PictureSettings

_log = logging.getLogger(__name__)


def check_views(settings: Settings) -> None:
    """See that what is set about views goes together, before anything is loaded.

    Raises:
        UsageError: It does not.
    """
    chosen = settings_of(ParserSettings, settings.parser)
    finds = meant_finder(settings).kind != "none"
    if chosen.views == "best" and not finds:
        raise UsageError("parser.views best needs a finder: add --finder lite, or take --views every")
    usual = ("best" if finds else "every") if chosen.views == "auto" else chosen.views
    comes_to = [views_of(settings, camera, finds=finds) for camera in settings.cameras] or [usual]
    if settings.best_views_parser is not None and "best" not in comes_to:
        raise UsageError("best_views_parser is for best views alone: add --views best, or leave it out")
    for camera in settings.cameras:
        for name, cure in _needing_every_view(settings, camera):
            if chosen.views == "best":
                raise UsageError(
                    f"{name} needs everybody parsed in every frame: take --views every, or {cure}"
                )
            if chosen.views == "auto" and finds:
                _log.info("%s: everybody is parsed in every frame: %s needs it", camera.id, name)


def views_of(settings: Settings, camera: CameraSettings, *, finds: bool) -> Literal["every", "best"]:
    """What `parser.views` comes to for a camera.

    Args:
        settings: Of the run.
        camera: Its settings.
        finds: Whether the parser can find persons without parsing them.
    """
    chosen = settings_of(ParserSettings, settings.parser).views
    if chosen != "auto":
        return chosen
    gains = _gains_by_every_view(settings, camera) or any(_needing_every_view(settings, camera))
    return "best" if finds and not gains else "every"


def as_meant(settings: Settings, camera: CameraSettings, parser: HumanParser) -> Settings:
    """The settings with what `auto` stands for, in `finder` and in `parser.views`, for one camera and the parser that is loaded."""
    chosen = settings_of(ParserSettings, settings.parser)
    views = views_of(settings, camera, finds=isinstance(parser, ViewParser))
    given = {"finder": meant_finder(settings), "parser": chosen.model_copy(update={"views": views})}
    return settings.model_copy(update=given)


def meant_finder(settings: Settings) -> FinderSettings:
    """The finder of the settings, or what suits their parser."""
    parser = settings_of(ParserSettings, settings.parser)
    return finder_for(settings_of(FinderSettings, settings.finder), parser)


def best_views(
    settings: Settings, parser: HumanParser, tracker: Tracker, lost_after_s: float
) -> tuple[ViewParser, BestViews] | None:
    """Who finds persons in the frames of a stream and who parses their views; None where everybody is parsed in every frame.

    Args:
        settings: Of the run, as they are meant for that stream.
        parser: Of the stream.
        tracker: Of the stream.
        lost_after_s: Of that tracker.

    Raises:
        UsageError: That parser finds nobody by itself.
    """
    chosen = settings_of(ParserSettings, settings.parser)
    if chosen.views == "every":
        return None
    if not isinstance(parser, ViewParser):
        raise UsageError(
            f"parser.views best needs a parser with a finder, and {parser.info.name} comes without: load it by its settings"
        )
    limits = ViewLimits(chosen.views_per_visit, chosen.views_share, lost_after_s)
    return parser, BestViews(tracker, parser, limits)


def _needing_every_view(settings: Settings, camera: CameraSettings) -> Iterator[tuple[str, str]]:
    """What makes no sense where not everybody is parsed in every frame, and how to do without it."""
    for name, component in settings.pictures.items():
        if settings_of(PictureSettings, component).needs_every_view:
            yield f"pictures.{name}", f"leave --{name} out"
    for name, component in camera.analytics.items():
        if isinstance(component, StageSettings) and component.needs_every_view:
            yield f"analytics.{name}", "leave it out"


def _gains_by_every_view(settings: Settings, camera: CameraSettings) -> bool:
    """Whether a folder of pictures is looked at, or pictures are made that show who was parsed."""
    pictures = (settings_of(PictureSettings, component) for component in settings.pictures.values())
    return settings_of(SourceSettings, camera.source).unrelated or any(
        one.shows_every_view for one in pictures
    )
