"""From settings to a runtime that can start."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from config.adding import camera_from, parser_from
from config.cameras import CameraSettings
from config.privacy import PrivacySettings
from config.settings import Settings
from domain.errors import NoRoom, OutputError
from pipeline.building import Shared, build_source, build_stream, join_sites, open_source
from pipeline.executor import ExecutorOptions, ParserExecutor
from pipeline.finding import build_parser
from pipeline.keeping import Keeper
from pipeline.parsers.base import HumanParser
from pipeline.provenance import Provenance
from pipeline.results import LaterPart, ResultFolder
from pipeline.runtime import Runtime
from pipeline.runtime_parts import Given, RuntimeOptions, RuntimeParts, StreamOrder
from pipeline.sources.base import FrameSource
from pipeline.stores import claimed, open_outlet, result_plan
from pipeline.stream import StreamRun
from pipeline.views.building import check_views
from sinks.base import EventSink
from sinks.journal import RunJournal
from sinks.jsonl import JsonlSettings
from sinks.outlet import EventOutlet
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
        privacy: What may leave.
        keeper: Deletes what has been kept long enough.
    """

    runtime: Runtime
    folder: ResultFolder
    report: ReportSink | None
    stills: StillCollector | None
    journal: RunJournal
    outlet: EventOutlet
    privacy: PrivacySettings
    keeper: Keeper


def assemble(
    settings: Settings,
    stack: ExitStack,
    *,
    callers: int | None = None,
    requests: int | None = None,
    extra: Sequence[EventSink] = (),
    parser: HumanParser | None = None,
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
        parser: The parser of the settings, where it is loaded already; None loads it.

    Raises:
        UsageError: Something that the user can mend.
    """
    check_views(settings)
    sites = join_sites(settings.cameras)
    callers = callers or max(1, len(settings.cameras))
    # Step 1.
    sources = _opened([build_source(camera) for camera in settings.cameras], stack)
    # Step 2.
    parser = parser or build_parser(
        settings.parser, settings.finder, settings.best_views_parser, streams=callers
    )
    provenance = Provenance(settings, datetime.now(UTC))
    journal, fingerprint = provenance.journal, provenance.fingerprint(sources, parser.info)
    folder = ResultFolder(settings.output.dir, result_plan(settings, sources))
    stack.callback(folder.discard)
    # Step 3.
    place = claimed(settings, folder, journal, sources, fingerprint)
    # Steps 4 and 5.
    report, stills = (ReportSink({}), StillCollector()) if settings.output.report else (None, None)
    outlet = open_outlet(settings, place, (*extra, *([report] if report else [])), stack)
    # Step 6.
    # A still shows people one by one.
    shown = stills if settings.privacy.min_group == 1 else None
    shared = Shared(
        folder, parser, outlet, shown, provenance=provenance, report=report, former=place.former, sites=sites
    )
    factory = SettingsFactory(settings, shared, callers, {source.stream_id: source for source in sources})
    executor = ParserExecutor(parser, _executor_options(callers, requests))
    runtime = Runtime(RuntimeParts(executor, outlet, factory), RuntimeOptions(settings.shutdown_deadline_s))
    for camera in settings.cameras:
        runtime.add_stream(camera)
    folder.begin()
    with _going_on():
        folder.write_run(journal.run)
    keeper = _keeper(settings, folder)
    keeper.start()
    runtime.at_end(keeper.stop)
    runtime.at_end(partial(_note_end, runtime, provenance, folder))
    return Assembled(runtime, folder, report, stills, journal, outlet, settings.privacy, keeper)


def _keeper(settings: Settings, folder: ResultFolder) -> Keeper:
    packs = any(isinstance(sink, JsonlSettings) and sink.compress for sink in settings.sinks.values())
    return Keeper(folder, settings.privacy.keep_days.days(), packs=packs)


def _executor_options(callers: int, requests: int | None) -> ExecutorOptions:
    # One more than are computed at a time, so that what is done before and after the network fills its pauses.
    options = ExecutorOptions(slots=callers + 1)
    return options if requests is None else replace(options, queue_size=requests)


def _note_end(runtime: Runtime, provenance: Provenance, folder: ResultFolder) -> None:
    """What became of the streams, before the sinks close, which keep it."""
    provenance.end(interrupted=runtime.interrupted, at=datetime.now(UTC))
    try:
        folder.write_run(provenance.journal.run)
    except OutputError as error:
        _log.error("%s", error)


@contextmanager
def _going_on() -> Iterator[None]:
    """A disk that is full keeps nobody from counting: what cannot be stored is told, now and at the end."""
    try:
        yield
    except NoRoom as error:
        _log.error("%s", error)


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
        source = self._opened.pop(camera.id, None) or open_source(camera)
        with ExitStack() as undo:
            undo.callback(source.close)
            stream = build_stream(self._settings, camera, shared, source)
            undo.pop_all()
        return stream


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
