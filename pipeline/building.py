"""From settings to one stream: its source, tracker, analytics, and where its events and pictures go."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from analytics.building import build_analytics
from analytics.floor import FloorPlan, floor_at, plan_of, warnings_of
from analytics.site import Sites
from analytics.stages.frames import FramesSettings
from analytics.stages.visitors import VisitorsSettings
from analytics.stages.windows import WindowsSettings
from config.cameras import CameraSettings
from config.component import settings_of
from config.floor import in_fractions
from config.settings import Settings
from domain.errors import SettingsError, UsageError
from domain.events import StreamIdentity
from pipeline.checkpoint import StreamCheckpoint
from pipeline.drawing import drawing_of, floor_of
from pipeline.finders.base import FinderSettings
from pipeline.finding import ViewParser
from pipeline.floor_shapes import shapes_of
from pipeline.pace import PaceWatch, lost_after
from pipeline.parsers.base import HumanParser
from pipeline.post_processing import PostProcessor, PostProcessorParts
from pipeline.privacy import Coverer, CoverOptions, EventGate
from pipeline.privacy.gate import GateOptions
from pipeline.provenance import Provenance, grid_s
from pipeline.resuming import Resumption
from pipeline.sources.base import FrameSource, Measured, SourceContext, SourceSettings
from pipeline.stream import StreamParts, StreamRun
from pipeline.thinning import Frames
from pipeline.tracking.base import TrackerSettings
from pipeline.views.best import BestViews
from pipeline.views.building import best_views, check_views_of
from pipeline.views.resting import Resting, RestingParser
from sinks.base import FrameSink, PictureContext, PictureSettings, ResultFiles
from sinks.outlet import EventOutlet
from sinks.report.kept_stills import KeptStills
from sinks.report.sink import ReportSink
from sinks.report.stills import StillCollector

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all streams of a run share.

    Attributes:
        results: Where pictures go.
        parser: Of all streams.
        outlet: Where events go.
        stills: Takes pictures for the report, if one is wanted.
        pictures: More frame sinks, which get the pictures of every stream that is built with them.
        provenance: Tells what the numbers come from; None where they come from nothing that is kept.
        report: Shows the streams' shortest windows, if a report is wanted.
        former: What a run that was cut off has left.
        sites: What cameras of one site have in common.
    """

    results: ResultFiles
    parser: HumanParser
    outlet: EventOutlet
    stills: StillCollector | None = None
    pictures: tuple[FrameSink, ...] = ()
    provenance: Provenance | None = None
    report: ReportSink | None = None
    former: Resumption = field(default_factory=Resumption)
    sites: Sites = field(default_factory=Sites)


def build_source(camera: CameraSettings) -> FrameSource:
    """The source of one camera; nothing is opened yet."""
    return settings_of(SourceSettings, camera.source).build(
        SourceContext(camera.id, camera.sampling, grid_s(camera))
    )


def open_source(camera: CameraSettings) -> FrameSource:
    """The source of one camera, open; raises UsageError."""
    source = build_source(camera)
    source.open()
    return source


def build_stream(
    settings: Settings,
    camera: CameraSettings,
    shared: Shared,
    source: FrameSource | None = None,
) -> StreamRun:
    """One stream by itself: what a thread, a process or another machine runs.

    Args:
        settings: Of the run.
        camera: One of `settings.cameras`.
        shared: What it shares with others.
        source: Where its frames come from, open already; None builds and opens the camera's own.

    Raises:
        UsageError: Something that the user can mend.
    """
    check_views_of(settings, camera)
    source = source or open_source(camera)
    if shared.report and (window_s := _shortest_window_s(camera)):
        shared.report.show(camera.id, window_s)
    known = shared.provenance.begin(camera, source, shared.parser.info) if shared.provenance else None
    identity = known.identity if known else StreamIdentity(camera.id)
    saved = shared.former.take(source, identity)
    identity = replace(identity, origin=source.started_at)
    following = settings_of(TrackerSettings, camera.tracker)
    lost_after_s = lost_after(following.lost_after_s, source.picture_step_s, camera.id)
    tracker = following.model_copy(update={"lost_after_s": lost_after_s}).build()
    finder, views = best_views(settings, shared.parser, tracker, lost_after_s) or (None, None)
    size = source.picture_size if isinstance(source, Measured) else None
    plan = _checked_plan(camera, size)
    if shared.report:
        shared.report.draw(camera.id, partial(shapes_of, plan), size)
    analytics = build_analytics(identity, lost_after_s, camera.analytics, plan, shared.sites)
    gate = EventGate(_gate_options(settings, camera))
    # Counts that are drawn are numbers, too.
    painter = floor_of(camera, counts=not gate.merges)
    frame_sinks = tuple(_frame_sinks(settings, camera, shared))
    post_processor = PostProcessor(
        PostProcessorParts(
            stream=identity,
            tracker=tracker,
            views=views,
            pace=PaceWatch(camera.id, lost_after_s, cheaper=_cheaper(shared.parser, views)),
            analytics=analytics,
            drawing=drawing_of(camera, floor=painter),
            counting=None if gate.merges else painter,
            coverer=Coverer(CoverOptions(camera.privacy.overlay, camera.privacy.hold_s)),
            gate=gate,
            outlet=shared.outlet,
            frames=_published_frames(camera),
            frame_sinks=frame_sinks,
            health_interval_s=30.0 if source.live else None,
        )
    )
    if saved is not None:
        go_on = post_processor.begin_after if source.live else post_processor.restore
        go_on(saved)
    parts = StreamParts(
        source=source,
        parser=shared.parser,
        analytics=analytics,
        post_processor=post_processor,
        finder=finder,
        resting=_resting(settings, shared.parser, saved, best=finder is not None),
        begins_at_s=0.0 if saved is None or source.live else saved.position.media_time_s,
        # Nothing waits for covers that nobody sees.
        look_ahead_s=camera.privacy.look_ahead_s if frame_sinks and camera.privacy.overlay != "none" else 0.0,
    )
    if known:
        parts = replace(parts, ended=known.ended)
    return StreamRun(parts, settings.buffer.frames, live_limit_s=camera.sampling.limit_s)


def _resting(
    settings: Settings, parser: HumanParser, saved: StreamCheckpoint | None, *, best: bool
) -> Resting | RestingParser | None:
    rest_s = settings_of(FinderSettings, settings.finder).rest_s
    if not isinstance(parser, ViewParser) or not rest_s:
        return None
    # What a camera showed before a run was cut off is long ago.
    last = None if saved is None or saved.live else saved
    resting = Resting(
        parser.find,
        rest_s,
        last.sight if last else None,
        last.position.items - last.items_looked_at if last else 0,
        only_nobody=not best,
    )
    return resting if best else RestingParser(parser, resting)


def join_sites(cameras: Sequence[CameraSettings]) -> Sites:
    """The sites of these cameras; each waits for all that take part in it.

    Raises:
        SettingsError: Cameras of one site have different rules for it.
    """
    sites = Sites()
    for camera in cameras:
        for stage in camera.analytics.values():
            if isinstance(stage, VisitorsSettings) and stage.site:
                sites.get(stage.site, stage.rules).enter(camera.id)
    return sites


def check_pixels(camera: CameraSettings) -> None:
    """Whether lines and zones that are given in pixels lie in the pictures of a recording; what is likely not to count is logged.

    A source that is live, or cannot be opened here, is passed over: a run will say.

    Raises:
        SettingsError: A point lies outside the picture.
    """
    plan = plan_of(camera)
    shapes = [(line.begin, line.end) for line in plan.lines] + [zone.polygon for zone in plan.zones]
    if all(in_fractions(points) for points in [*shapes, plan.picture]):
        return
    source = build_source(camera)
    if source.live or not isinstance(source, Measured):
        return
    try:
        source.open()
    except UsageError:
        return
    try:
        _checked_plan(camera, source.picture_size)
    finally:
        source.close()


def _checked_plan(camera: CameraSettings, size: tuple[int, int] | None) -> FloorPlan:
    """The floor plan of a camera whose first picture is that wide and high, pixels; what may not count as it should is logged.

    Raises:
        SettingsError: A point of it lies outside the picture.
    """
    plan = plan_of(camera)
    if size is not None:
        try:
            floor_at(plan, *size)
        except SettingsError as error:
            raise SettingsError(f"camera {camera.id}: {error}") from None
    for warning in warnings_of(plan, *(size or (0, 0))):
        _log.warning("%s: %s", camera.id, warning)
    return plan


def _gate_options(settings: Settings, camera: CameraSettings) -> GateOptions:
    return GateOptions(
        events=settings.privacy.leaving,
        min_group=settings.privacy.min_group,
        window_s=_shortest_window_s(camera),
        doors={name: tuple(room.doors) for name, room in camera.rooms.items()},
    )


def _published_frames(camera: CameraSettings) -> Frames:
    frames = (one for one in camera.analytics.values() if isinstance(one, FramesSettings))
    return next(frames, FramesSettings()).publish


def _frame_sinks(settings: Settings, camera: CameraSettings, shared: Shared) -> Iterator[FrameSink]:
    context = PictureContext(camera.id, camera.sampling.fps, shared.results)
    for component in settings.pictures.values():
        yield settings_of(PictureSettings, component).build(context)
    if shared.stills:
        yield KeptStills(shared.stills, camera.id, shared.results.unfinished)
    yield from shared.pictures


def _cheaper(parser: HumanParser, views: BestViews | None) -> str:
    """What to do where the parser does not keep up."""
    return "take parser.views best, or " if views is None and isinstance(parser, ViewParser) else ""


def _shortest_window_s(camera: CameraSettings) -> int | None:
    """The windows that the report shows."""
    stages = (stage for stage in camera.analytics.values() if isinstance(stage, WindowsSettings))
    return min((length for stage in stages for length in stage.lengths_s), default=None)
