"""From settings to a runtime that can start."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from analytics.building import build_analytics
from analytics.floor import FloorPlan, floor_at, plan_of, warnings_of
from analytics.stages.frames import FramesSettings
from analytics.stages.windows import WindowsSettings
from config.adding import camera_from, parser_from
from config.cameras import CameraSettings
from config.component import settings_of
from config.settings import Settings
from domain.errors import OutputError, SettingsError
from domain.events import StreamIdentity
from pipeline.drawing import drawing_of
from pipeline.executor import ExecutorOptions, ParserExecutor
from pipeline.finding import build_parser
from pipeline.pace import PaceWatch, lost_after
from pipeline.parsers.base import HumanParser
from pipeline.post_processing import PostProcessor, PostProcessorParts
from pipeline.provenance import Provenance, grid_s
from pipeline.results import LaterPart, ResultFolder, ResultPlan
from pipeline.resuming import Resumption, resumption
from pipeline.runtime import Runtime
from pipeline.runtime_parts import Given, RuntimeOptions, RuntimeParts, StreamOrder
from pipeline.sources.base import FrameSource, Measured, SourceContext, SourceSettings
from pipeline.stream import StreamParts, StreamRun
from pipeline.thinning import Frames
from pipeline.tracking.base import TrackerSettings
from pipeline.views.building import best_views, check_views
from sinks.base import (
    EventSink,
    FrameSink,
    PictureContext,
    PictureSettings,
    ResultFiles,
    SinkContext,
    SinkSettings,
)
from sinks.journal import RunJournal
from sinks.outlet import EventOutlet, OutletContext, OutletSettings
from sinks.report.kept_stills import KeptStills
from sinks.report.sink import ReportSink
from sinks.report.stills import StillCollector

_log = logging.getLogger(__name__)

_OPENED_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Assembled:
    """A runtime that is ready to start, and what is left when it has ended.

    Attributes:
        runtime: With the streams of the settings.
        folder: Where its results go.
        report: What the report needs, collected during the run; None where none is wanted.
        stills: Overlay stills for it.
        journal: What is known of the run by now.
        outlet: Where its events go.
    """

    runtime: Runtime
    folder: ResultFolder
    report: ReportSink | None
    stills: StillCollector | None
    journal: RunJournal
    outlet: EventOutlet


def assemble(
    settings: Settings,
    stack: ExitStack,
    *,
    callers: int | None = None,
    requests: int | None = None,
    extra: Sequence[EventSink] = (),
) -> Assembled:
    """Open everything that a run needs.

    1. Sources open. 2. The parser loads, and what the numbers will come from is known. 3. The result folder is claimed, and nothing
    in it touched; a run that was cut off there is found. 4. Stores elsewhere open; their files may lie in the folder. 5. The
    results of a run before are set aside, and the files of this one are made. 6. Streams are put together.

    Until all of it has succeeded, a mistake leaves the folder as it was.

    Args:
        settings: All of them.
        stack: Takes what must be undone, in reverse, if something fails before the runtime starts.
        callers: How many streams and requests are to be parsed at the same time; None for as many as there are cameras.
        requests: How many requests of a priority may wait; None for as many as `ExecutorOptions` says.
        extra: Sinks that get all events, beside those of the settings. The runtime owns them and closes them.

    Raises:
        UsageError: Something that the user can mend.
    """
    check_views(settings)
    callers = callers or max(1, len(settings.cameras))
    # Step 1.
    sources = _opened([build_source(camera) for camera in settings.cameras], stack)
    # Step 2.
    parser = build_parser(settings.parser, settings.finder, settings.best_views_parser, streams=callers)
    provenance = Provenance(settings, datetime.now(UTC))
    journal, fingerprint = provenance.journal, provenance.fingerprint(sources, parser.info)
    folder = ResultFolder(settings.output.dir, _plan(settings, sources))
    stack.callback(folder.discard)
    # Step 3.
    former = Resumption()

    def goes_on() -> bool:
        nonlocal former
        former = resumption(settings, folder, sources, fingerprint)
        return former.run_id is not None

    folder.claim(goes_on)
    if former.run_id is not None:
        journal.go_on_with(former.run_id, former.record)
    else:
        journal.given_up = former.record
    context = SinkContext("", folder, journal, journal.run.run_id)
    # Step 4.
    elsewhere = [_closing(sink, stack) for sink in _event_sinks(settings, context, in_results=False)]
    # Step 5.
    folder.prepare()
    if former.run_id is not None:
        # Nothing is replaced, and from here on stores get events.
        folder.write_run(journal.run)
    inside = [_closing(sink, stack) for sink in _event_sinks(settings, context, in_results=True)]
    report = ReportSink({}) if settings.output.report else None
    stills = StillCollector() if settings.output.report else None
    _check_names([*elsewhere, *inside])
    opening, carried = former.close_cameras()
    context_of_outlet = OutletContext(
        run_id=journal.run.run_id,
        fingerprint=fingerprint,
        sinks=[*elsewhere, *inside],
        fresh=_fresh(settings, folder, inside, goes_on=former.run_id is not None),
        passing=(*extra, *([report] if report else [])),
        spool=folder.spool,
        live=folder.plan.adds,
        opening=opening,
        carried=carried,
    )
    outlet = settings_of(OutletSettings, settings.delivery).build(context_of_outlet)
    stack.callback(outlet.close, 0.0)
    shared = Shared(folder, parser, outlet, stills, provenance=provenance, report=report, former=former)
    factory = SettingsFactory(settings, shared, callers, {source.stream_id: source for source in sources})
    # One more than are computed at a time, so that what is done before and after the network fills its pauses.
    options = ExecutorOptions(slots=callers + 1)
    if requests is not None:
        options = replace(options, queue_size=requests)
    executor = ParserExecutor(parser, options)
    runtime = Runtime(RuntimeParts(executor, outlet, factory), RuntimeOptions(settings.shutdown_deadline_s))
    # Step 6.
    for camera in settings.cameras:
        runtime.add_stream(camera)
    folder.begin()
    folder.write_run(journal.run)
    runtime.at_end(partial(_note_end, runtime, provenance, folder))
    return Assembled(runtime, folder, report, stills, journal, outlet)


def _note_end(runtime: Runtime, provenance: Provenance, folder: ResultFolder) -> None:
    """What became of the streams, before the sinks close, which keep it."""
    provenance.end(interrupted=runtime.interrupted, at=datetime.now(UTC))
    try:
        folder.write_run(provenance.journal.run)
    except OutputError as error:
        _log.error("%s", error)


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
    """

    results: ResultFiles
    parser: HumanParser
    outlet: EventOutlet
    stills: StillCollector | None = None
    pictures: tuple[FrameSink, ...] = ()
    provenance: Provenance | None = None
    report: ReportSink | None = None
    former: Resumption = field(default_factory=Resumption)


class SettingsFactory:
    """The `StreamFactory` of one set of settings.

    Args:
        settings: All of them.
        shared: What its streams share.
        callers: How many are parsed at the same time.
        opened: Sources that are open already, by stream; each is used once.
    """

    def __init__(
        self, settings: Settings, shared: Shared, callers: int, opened: Mapping[str, FrameSource]
    ) -> None:
        self._settings, self._shared, self._callers = settings, shared, callers
        self._opened = dict(opened)

    def camera(self, given: str | Given) -> CameraSettings:
        """See `StreamFactory.camera`."""
        return camera_from(self._settings, given)

    def parser(self, given: str | Given) -> HumanParser:
        """See `StreamFactory.parser`."""
        finer = self._settings.best_views_parser
        return build_parser(parser_from(given), self._settings.finder, finer, streams=self._callers)

    def stream(self, camera: CameraSettings, order: StreamOrder) -> StreamRun:
        """See `StreamFactory.stream`."""
        results = self._shared.results
        shared = replace(
            self._shared,
            parser=order.parser,
            results=results if order.part == 1 else LaterPart(results, order.part),
            pictures=(*self._shared.pictures, order.latest),
        )
        source = self._opened.pop(camera.id, None) or _opened_alone(camera)
        with ExitStack() as undo:
            undo.callback(source.close)
            stream = build_stream(self._settings, camera, shared, source)
            undo.pop_all()
        return stream


def build_source(camera: CameraSettings) -> FrameSource:
    """The source of one camera; nothing is opened yet."""
    return settings_of(SourceSettings, camera.source).build(
        SourceContext(camera.id, camera.sampling, grid_s(camera))
    )


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
    source = source or _opened_alone(camera)
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
    plan = checked_plan(camera, source.picture_size if isinstance(source, Measured) else None)
    analytics = build_analytics(identity, lost_after_s, camera.analytics, plan)
    post_processor = PostProcessor(
        PostProcessorParts(
            stream=identity,
            tracker=tracker,
            views=views,
            pace=PaceWatch(camera.id, lost_after_s),
            analytics=analytics,
            drawing=drawing_of(camera),
            outlet=shared.outlet,
            frames=_published_frames(camera),
            frame_sinks=tuple(_frame_sinks(settings, camera, shared)),
            health_interval_s=30.0 if source.live else None,
        )
    )
    parts = StreamParts(
        source=source,
        parser=shared.parser,
        analytics=analytics,
        post_processor=post_processor,
        finder=finder,
    )
    if saved is not None and source.live:
        post_processor.begin_after(saved)
    elif saved is not None:
        post_processor.restore(saved)
        parts = replace(parts, begins_at_s=saved.position.media_time_s)
    if known:
        parts = replace(parts, ended=known.ended)
    return StreamRun(parts, settings.buffer.frames, live_limit_s=camera.sampling.limit_s)


def checked_plan(camera: CameraSettings, size: tuple[int, int] | None) -> FloorPlan:
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


def _published_frames(camera: CameraSettings) -> Frames:
    frames = (one for one in camera.analytics.values() if isinstance(one, FramesSettings))
    return next(frames, FramesSettings()).publish


def _check_names(sinks: Sequence[EventSink]) -> None:
    """Each store keeps its place under its name."""
    for name, count in Counter(sink.name for sink in sinks).items():
        if count > 1:
            raise SettingsError(
                f"{count} stores are called {name}, where a store without a name of its own is called after its kind: "
                "give each another name under sinks"
            )


def _fresh(
    settings: Settings, folder: ResultFolder, inside: Sequence[EventSink], *, goes_on: bool
) -> list[str]:
    """Names of the sinks inside the folder that hold nothing of former runs: their files are new."""
    if folder.plan.adds:
        return []
    if not goes_on:
        return [sink.name for sink in inside]
    grown = [sink.grows for sink in _sink_settings(settings) if sink.grows]
    return [sink.name for sink, files in zip(inside, grown, strict=True) if folder.made.intersection(files)]


def _plan(settings: Settings, sources: Sequence[FrameSource]) -> ResultPlan:
    sinks = _sink_settings(settings)
    reads = [settings_of(SourceSettings, camera.source).reads for camera in settings.cameras]
    return ResultPlan(
        streams=tuple(source.stream_id for source in sources),
        adds=not sources or any(source.live for source in sources),
        grows=tuple(dict.fromkeys(name for sink in sinks for name in sink.grows)),
        pictures=tuple(settings_of(PictureSettings, component) for component in settings.pictures.values()),
        report=settings.output.report,
        reads=tuple(path for path in reads if path is not None),
        stores=tuple(sink.file for sink in sinks if sink.file is not None),
    )


def _sink_settings(settings: Settings) -> list[SinkSettings]:
    return [settings_of(SinkSettings, component) for component in settings.sinks.values()]


def _opened_alone(camera: CameraSettings) -> FrameSource:
    source = build_source(camera)
    source.open()
    return source


def _opened(sources: Sequence[FrameSource], stack: ExitStack) -> Sequence[FrameSource]:
    """Open them side by side: a camera that does not answer holds up no other."""
    for source in sources:
        stack.callback(source.close)
    with ThreadPoolExecutor(_OPENED_AT_ONCE, thread_name_prefix="open") as threads:
        opening = [threads.submit(source.open) for source in sources]
        try:
            for each in opening:
                each.result()
        except BaseException:
            for source in sources:
                source.close()
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    return sources


def _closing(sink: EventSink, stack: ExitStack) -> EventSink:
    stack.callback(sink.close)
    return sink


def _event_sinks(settings: Settings, context: SinkContext, *, in_results: bool) -> Iterator[EventSink]:
    for name, component in settings.sinks.items():
        sink = settings_of(SinkSettings, component)
        if bool(sink.grows) is in_results:
            yield sink.build(replace(context, name=name))


def _frame_sinks(settings: Settings, camera: CameraSettings, shared: Shared) -> Iterator[FrameSink]:
    context = PictureContext(camera.id, camera.sampling.fps, shared.results)
    for component in settings.pictures.values():
        yield settings_of(PictureSettings, component).build(context)
    if shared.stills:
        yield KeptStills(shared.stills, camera.id, shared.results.unfinished)
    yield from shared.pictures


def _shortest_window_s(camera: CameraSettings) -> int | None:
    """The windows that the report shows."""
    stages = (stage for stage in camera.analytics.values() if isinstance(stage, WindowsSettings))
    return min((length for stage in stages for length in stage.lengths_s), default=None)
