"""Where the events of a run go: its folder, claimed, its sinks, and the outlet in front of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from config.component import settings_of
from config.settings import Settings
from domain.errors import SettingsError
from pipeline.privacy.gate import leaving
from pipeline.results import ResultFolder, ResultPlan
from pipeline.resuming import Resumption, resumption
from pipeline.sources.base import FrameSource, SourceSettings
from sinks.base import EventSink, PictureSettings, SinkContext, SinkSettings
from sinks.journal import RunJournal
from sinks.outlet import EventOutlet, OutletContext, OutletSettings


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that a run has for itself, and the run.

    Attributes:
        folder: Claimed.
        journal: What is known of the run by now.
        fingerprint: What decides its numbers.
        former: What a run that was cut off has left there.
    """

    folder: ResultFolder
    journal: RunJournal
    fingerprint: str
    former: Resumption

    @property
    def goes_on(self) -> bool:
        """Whether the run is that one again."""
        return self.former.run_id is not None


def result_plan(settings: Settings, sources: Sequence[FrameSource]) -> ResultPlan:
    """What a run with these sources will write into its folder, and what it must not touch."""
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


def claimed(
    settings: Settings,
    folder: ResultFolder,
    journal: RunJournal,
    sources: Sequence[FrameSource],
    fingerprint: str,
) -> Place:
    """Claim a folder, and touch nothing in it; tell the journal of a run that was cut off there.

    Raises:
        OutputError: It cannot be had, or holds what this run may not replace.
    """
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
    return Place(folder, journal, fingerprint, former)


def open_outlet(
    settings: Settings, place: Place, passing: Sequence[EventSink], stack: ExitStack
) -> EventOutlet:
    """Open the stores elsewhere, whose files may lie in the folder, then prepare it and open those inside.

    Args:
        settings: Of the run.
        place: Where it writes.
        passing: Sinks that keep no place of their own.
        stack: Takes what must be undone.

    Raises:
        UsageError: Something that the user can mend.
    """
    folder, run = place.folder, place.journal.run
    context = SinkContext("", folder, place.journal, run.run_id, settings.privacy.keep_days.days())
    elsewhere = [_closing(sink, stack) for sink in _event_sinks(settings, context, in_results=False)]
    folder.prepare()
    if place.goes_on:
        # Nothing is replaced, and from here on stores get events.
        folder.write_run(run)
    inside = [_closing(sink, stack) for sink in _event_sinks(settings, context, in_results=True)]
    _check_names([*elsewhere, *inside])
    opening, carried = place.former.close_cameras()
    outlet = settings_of(OutletSettings, settings.delivery).build(
        OutletContext(
            run_id=run.run_id,
            fingerprint=place.fingerprint,
            sinks=[*elsewhere, *inside],
            fresh=_fresh(settings, place, inside),
            passing=tuple(passing),
            spool=folder.spool,
            live=folder.plan.adds,
            goes_on=place.goes_on,
            opening=leaving(opening, settings.privacy.leaving, settings.privacy.min_group),
            carried=carried,
            keep_days=context.keep_days,
        )
    )
    stack.callback(outlet.close, 0.0)
    return outlet


def _check_names(sinks: Sequence[EventSink]) -> None:
    """Each store keeps its place under its name."""
    for name, count in Counter(sink.name for sink in sinks).items():
        if count > 1:
            raise SettingsError(
                f"{count} stores are called {name}, where a store without a name of its own is called after its kind: "
                "give each another name under sinks"
            )


def _fresh(settings: Settings, place: Place, inside: Sequence[EventSink]) -> list[str]:
    """Names of the sinks inside the folder that hold nothing of former runs: their files are new."""
    if place.folder.plan.adds:
        return []
    if not place.goes_on:
        return [sink.name for sink in inside]
    made = place.folder.made
    grown = [sink.grows for sink in _sink_settings(settings) if sink.grows]
    return [sink.name for sink, files in zip(inside, grown, strict=True) if made.intersection(files)]


def _event_sinks(settings: Settings, context: SinkContext, *, in_results: bool) -> Iterator[EventSink]:
    for name, component in settings.sinks.items():
        sink = settings_of(SinkSettings, component)
        if bool(sink.grows) is in_results:
            yield sink.build(replace(context, name=name))


def _closing(sink: EventSink, stack: ExitStack) -> EventSink:
    stack.callback(sink.close)
    return sink


def _sink_settings(settings: Settings) -> list[SinkSettings]:
    return [settings_of(SinkSettings, component) for component in settings.sinks.values()]
