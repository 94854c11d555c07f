"""What `footfall run` and `footfall demo` do."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack, closing
from importlib.metadata import version

from cli import console
from cli.exit_codes import ExitCode
from cli.interrupts import StopRequest, stop_on_signals
from cli.progress import watching
from cli.speech import Speech
from config import resolved
from config.settings import Settings
from domain.errors import OutputError, UsageError
from domain.names import shown_name
from domain.summary import RunSummary, SinkSummary
from pipeline.assembly import Assembled, assemble
from pipeline.runtime_state import RuntimeResult
from sinks.report.sink import ReportSink

_log = logging.getLogger("footfall")


def run_settings(settings: Settings, speech: Speech = Speech()) -> ExitCode:  # noqa: B008 - frozen
    """Run everything, print the tables and write the report and the summary.

    Whatever cannot be written at the end is a line below the tables, and in the exit code.

    Args:
        settings: All of them.
        speech: How much is said; as JSON, what is printed is what `summary.json` holds.

    Raises:
        UsageError: It could not begin.
    """
    if not settings.cameras:
        raise UsageError(
            "there is nothing to look at: name a SOURCE, or cameras in the file given with --config"
        )
    _tell_settings(settings)
    with stop_on_signals() as stop:
        with ExitStack() as undo:
            assembled = assemble(settings, undo)
            undo.pop_all()
        with closing(assembled.folder):
            with watching(console.errors(), quiet=speech.quiet) as watch:
                result = assembled.runtime.run(stop, watch)
            summary = _write_results(assembled, result)
        _say(summary, assembled, speech)
        return _exit_code(summary, stop)


def _tell_settings(settings: Settings) -> None:
    """What `-v` is for: whoever looks for a mistake wants to know which settings hold, and where they come from."""
    if _log.isEnabledFor(logging.DEBUG):
        for line in resolved(settings).splitlines():
            _log.debug(line)


def _say(summary: RunSummary, assembled: Assembled, speech: Speech) -> None:
    # Tables are for the end, and nobody waits for them before the first frame.
    from cli.table import print_summary, problems  # noqa: PLC0415

    output = console.output()
    if speech.json:
        # Plain, also on a terminal: it is for programs.
        print(summary.model_dump_json(indent=2))  # noqa: T201
    elif speech.quiet:
        for problem in problems(summary):
            _log.warning(problem)
    else:
        print_summary(output, summary)
        if assembled.folder.path.exists():
            output.out(f"results in {shown_name(assembled.folder.path)}", highlight=False)


def _write_results(assembled: Assembled, result: RuntimeResult) -> RunSummary:
    """Write the report, then the summary, which says what became of the report.

    Returns:
        The summary, with what became of itself.
    """
    assembled.folder.give_back_reserve()
    missing = [_missing("pictures", problem) for problem in result.picture_problems]
    if changed := assembled.folder.problem():
        missing.append(_missing("folder", changed))
    for name, write in (("report", _write_report), ("run", _write_run), ("summary", _write_summary)):
        try:
            write(assembled, _summary(assembled, result, missing))
        except OutputError as error:
            missing.append(_missing(name, str(error)))
    return _summary(assembled, result, missing)


def _missing(name: str, problem: str) -> SinkSummary:
    return SinkSummary(name=name, events_stored=0, events_undelivered=0, problem=problem)


def _summary(assembled: Assembled, result: RuntimeResult, missing: Sequence[SinkSummary]) -> RunSummary:
    return RunSummary(
        footfall_version=version("footfall"),
        run_id=assembled.journal.run.run_id,
        interrupted=result.interrupted,
        streams=result.streams,
        sinks=(*(sink for sink in result.sinks if sink.name != ReportSink.name or sink.problem), *missing),
    )


def _write_summary(assembled: Assembled, summary: RunSummary) -> None:
    assembled.folder.write_summary(summary)


def _write_run(assembled: Assembled, _: RunSummary) -> None:
    assembled.folder.write_run(assembled.journal.run)


def _write_report(assembled: Assembled, summary: RunSummary) -> None:
    report, stills = assembled.report, assembled.stills
    if report is None or stills is None:
        return
    # Jinja2 and the charts are for the end, and nobody waits for them before the first frame.
    from sinks.report.data import ReportData  # noqa: PLC0415
    from sinks.report.page import write_report  # noqa: PLC0415

    data = ReportData(
        summary=summary,
        windows=report.windows,
        listed=report.listed,
        stills=stills.stills,
        left_out=report.left_out,
    )
    write_report(assembled.folder.report, data, assembled.folder)


def _exit_code(summary: RunSummary, stop: StopRequest) -> ExitCode:
    if any(stream.faults for stream in summary.streams):
        return ExitCode.BUG
    if any(stream.problem for stream in summary.streams):
        return ExitCode.MEDIA_BROKEN
    if any(sink.problem or sink.events_undelivered for sink in summary.sinks):
        return ExitCode.UNDELIVERED
    if summary.interrupted and stop.by_user:
        return ExitCode.INTERRUPTED
    return ExitCode.OK
