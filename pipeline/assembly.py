"""From settings to a pipeline that can run: the one place that names concrete classes."""

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analytics.building import build_analytics
from analytics.observing import ObservationSettings
from analytics.stages.visits import VisitsSettings
from analytics.stages.windows import WindowsSettings
from config.cameras import CameraSettings
from config.component import Component, settings_of
from config.processing import TrackingSettings
from config.settings import Settings
from domain.errors import UsageError
from pipeline.compositor import Compositor
from pipeline.finishing import Finisher, FinishingParts
from pipeline.pace import PaceWatch, lost_after
from pipeline.parsers.base import HumanParser, ParserContext, ParserSettings
from pipeline.results import ResultFolder, ResultPlan
from pipeline.runner import Pipeline, RunnerOptions
from pipeline.sources.base import FrameSource
from pipeline.sources.file import FileSource
from pipeline.sources.images import ImagesSource
from pipeline.sources.opening import source_kind
from pipeline.sources.rtsp import RtspOptions, RtspSource
from pipeline.sources.synthetic.source import SyntheticSource
from pipeline.stream import StreamParts, StreamRun
from pipeline.tracking.settings import ByteTrackSettings
from sinks.base import (
    DATABASE,
    EVENTS,
    EventSink,
    FrameSink,
    PictureContext,
    PictureSettings,
    SinkContext,
    SinkSettings,
)
from sinks.delivery import DeliveryOptions
from sinks.outlet import EventOutlet, FanOut
from sinks.report.sink import ReportSink
from sinks.report.stills import StillCollector


@dataclass(frozen=True, slots=True)
class Assembled:
    """A pipeline that is ready to run, and what is left when it has run.

    Attributes:
        pipeline: To run once.
        folder: Where its results go.
        report: What the report needs, collected during the run; None where none is wanted.
        stills: Overlay stills for it.
    """

    pipeline: Pipeline
    folder: ResultFolder
    report: ReportSink | None
    stills: StillCollector | None


def assemble(settings: Settings, stack: ExitStack) -> Assembled:
    """Open everything that a run needs.

    1. Sources open. 2. The parser loads. 3. The result folder is claimed, and nothing in it touched. 4. Stores elsewhere open;
    their files may lie in the folder. 5. The results of a run before are set aside, and the files of this one are made. 6. Streams
    are put together. Until all of it has succeeded, a mistake leaves the folder as it was.

    Args:
        settings: All of them.
        stack: Takes what must be undone, in reverse, if something fails before the pipeline runs.

    Raises:
        UsageError: Something that the user can mend.
    """
    if not settings.cameras:
        raise UsageError(
            "there is nothing to look at: name a SOURCE, or cameras in the file given with --config"
        )
    sources = [_opened(_source(settings, camera), stack) for camera in settings.cameras]  # 1
    parser = settings_of(ParserSettings, settings.parser).build(ParserContext(streams=len(sources)))  # 2
    folder = ResultFolder(settings.output.dir, _plan(settings, sources))
    stack.callback(folder.discard)
    folder.claim()  # 3
    sinks = [_closing(sink, stack) for sink in _event_sinks(settings, folder, in_results=False)]  # 4
    folder.prepare()  # 5
    sinks += [_closing(sink, stack) for sink in _event_sinks(settings, folder, in_results=True)]
    report = ReportSink(min(settings.analytics.windows_s)) if settings.output.report else None
    stills = StillCollector() if settings.output.report else None
    when_full: Literal["wait", "drop"] = "drop" if folder.plan.adds else "wait"
    outlet = FanOut([*sinks, report] if report else sinks, options=DeliveryOptions(when_full=when_full))
    shared = _Shared(settings, folder, parser, outlet, stills)
    streams = [
        _stream(shared, camera, source)
        for camera, source in zip(settings.cameras, sources, strict=True)  # 6
    ]
    folder.begin()
    options = RunnerOptions(settings.shutdown_deadline_s, live_limit_s=settings.sampling.limit_s)
    return Assembled(Pipeline(streams, outlet, options), folder, report, stills)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all streams of a run share."""

    settings: Settings
    folder: ResultFolder
    parser: HumanParser
    outlet: EventOutlet
    stills: StillCollector | None


def _plan(settings: Settings, sources: Sequence[FrameSource]) -> ResultPlan:
    locations = [camera.source.get_secret_value() for camera in settings.cameras]
    sinks = [settings_of(SinkSettings, component) for component in settings.sinks.values()]
    grows = {name for sink in sinks for name in sink.grows}
    pictures = {component.kind for component in settings.pictures.values()}
    return ResultPlan(
        streams=tuple(source.stream_id for source in sources),
        adds=any(source.live for source in sources),
        events=EVENTS in grows,
        database=DATABASE in grows,
        report=settings.output.report,
        overlay="overlay" in pictures,
        masks="masks" in pictures,
        reads=tuple(Path(location) for location in locations if source_kind(location) in {"file", "images"}),
        stores=tuple(sink.file for sink in sinks if sink.file is not None),
    )


def _opened(source: FrameSource, stack: ExitStack) -> FrameSource:
    stack.callback(source.close)
    source.open()
    return source


def _closing(sink: EventSink, stack: ExitStack) -> EventSink:
    stack.callback(sink.close)
    return sink


def _source(settings: Settings, camera: CameraSettings) -> FrameSource:
    location = camera.source.get_secret_value()
    sampling = settings.sampling_for(camera)
    kind = source_kind(location)
    if kind == "rtsp":
        return RtspSource(
            location,
            stream_id=camera.id,
            sample_fps=sampling.sample_fps,
            keyframes_only=sampling.keyframes_only,
            options=RtspOptions(
                open_timeout_s=settings.rtsp.open_timeout_s,
                read_timeout_s=settings.rtsp.read_timeout_s,
                reconnect_min_s=settings.rtsp.reconnect_min_s,
                reconnect_max_s=settings.rtsp.reconnect_max_s,
                must_start=camera.must_start,
                limit_s=math.inf if sampling.limit_s is None else sampling.limit_s,
            ),
        )
    if kind == "synthetic":
        return SyntheticSource(
            location, stream_id=camera.id, sample_fps=sampling.sample_fps, limit_s=sampling.limit_s
        )
    if kind == "images":
        return ImagesSource(
            Path(location),
            stream_id=camera.id,
            sample_fps=sampling.sample_fps,
            recorded_at=camera.recorded_at,
            limit_s=sampling.limit_s,
        )
    return FileSource(
        Path(location),
        stream_id=camera.id,
        sample_fps=sampling.sample_fps,
        keyframes_only=sampling.keyframes_only,
        recorded_at=camera.recorded_at,
        limit_s=sampling.limit_s,
    )


def _event_sinks(settings: Settings, folder: ResultFolder, *, in_results: bool) -> Iterator[EventSink]:
    for name, component in settings.sinks.items():
        sink = settings_of(SinkSettings, component)
        if bool(sink.grows) is in_results:
            yield sink.build(SinkContext(name, folder))


def _frame_sinks(shared: _Shared, source: FrameSource, sample_fps: float) -> Iterator[FrameSink]:
    context = PictureContext(source.stream_id, sample_fps, shared.folder)
    for component in shared.settings.pictures.values():
        yield settings_of(PictureSettings, component).build(context)
    if shared.stills:
        yield shared.stills


def _stream(shared: _Shared, camera: CameraSettings, source: FrameSource) -> StreamRun:
    settings = shared.settings
    sample_fps = settings.sampling_for(camera).sample_fps
    lost_after_s = lost_after(settings.tracking.lost_after_s, source.picture_step_s, source.stream_id)
    analytics = build_analytics(source.stream_id, lost_after_s, _analytics_settings(settings))
    finisher = Finisher(
        FinishingParts(
            stream_id=source.stream_id,
            tracker=_tracker_settings(settings.tracking, lost_after_s).build(),
            pace=PaceWatch(source.stream_id, lost_after_s),
            analytics=analytics,
            drawing=Compositor(),
            outlet=shared.outlet,
            frame_sinks=tuple(_frame_sinks(shared, source, sample_fps)),
            health_interval_s=30.0 if source.live else None,
        )
    )
    return StreamRun(
        StreamParts(source=source, parser=shared.parser, analytics=analytics, finisher=finisher),
        settings.buffer.frames,
    )


def _analytics_settings(settings: Settings) -> dict[str, Component]:
    counted = settings.analytics
    return {
        "observation": ObservationSettings(
            allowed_lateness_s=counted.allowed_lateness_s,
            min_person_pixels=counted.min_person_pixels,
            min_garment_pixels=counted.min_garment_pixels,
            min_garment_share=counted.min_garment_share,
        ),
        "visits": VisitsSettings(
            min_visit_frames=counted.min_visit_frames,
            min_visit_s=counted.min_visit_s,
            min_presence=counted.min_presence,
        ),
        "windows": WindowsSettings(lengths_s=counted.windows_s),
    }


def _tracker_settings(settings: TrackingSettings, lost_after_s: float) -> ByteTrackSettings:
    return ByteTrackSettings(
        confirm_frames=settings.confirm_frames,
        lost_after_s=lost_after_s,
        least_score=settings.least_score,
        least_overlap=settings.least_overlap,
        growth=settings.growth,
    )
