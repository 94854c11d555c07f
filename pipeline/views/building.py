"""From settings to the best views of a stream, and what about views does not go together."""

from analytics.stages.base import StageSettings
from config.cameras import CameraSettings
from config.component import settings_of
from config.settings import Settings
from domain.errors import UsageError
from pipeline.finders.auto import as_meant
from pipeline.finding import ViewParser
from pipeline.parsers.base import HumanParser, ParserSettings
from pipeline.tracking.base import Tracker
from pipeline.views.best import BestViews, ViewLimits
from sinks.base import PictureSettings


def check_views(settings: Settings) -> None:
    """See that what is set about views goes together, before anything is loaded.

    Raises:
        UsageError: It does not.
    """
    if settings_of(ParserSettings, settings.parser).views == "every":
        if settings.best_views_parser is not None:
            raise UsageError("best_views_parser is for best views alone: add --views best, or leave it out")
        return
    if as_meant(settings).finder.kind == "none":
        raise UsageError("parser.views best needs a finder: add --finder lite, or take --views every")
    for name, component in settings.pictures.items():
        if settings_of(PictureSettings, component).needs_every_view:
            raise _needs_every_view(f"pictures.{name}", f"leave --{name} out")
    for camera in settings.cameras:
        check_views_of(settings, camera)


def check_views_of(settings: Settings, camera: CameraSettings) -> None:
    """The same for one camera, which may be added to a run.

    Raises:
        UsageError: It counts what needs everybody parsed in every frame, and best views alone are.
    """
    if settings_of(ParserSettings, settings.parser).views == "every":
        return
    for name, component in camera.analytics.items():
        if isinstance(component, StageSettings) and component.needs_every_view:
            raise _needs_every_view(f"analytics.{name} of {camera.id}", "leave it out")


def best_views(
    settings: Settings, parser: HumanParser, tracker: Tracker, lost_after_s: float
) -> tuple[ViewParser, BestViews] | None:
    """Who finds persons in the frames of a stream and who parses their views; None where everybody is parsed in every frame.

    Args:
        settings: Of the run.
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


def _needs_every_view(name: str, cure: str) -> UsageError:
    return UsageError(f"{name} needs everybody parsed in every frame: take --views every, or {cure}")
