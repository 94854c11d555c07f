"""What `footfall run` and `footfall demo` do."""

import logging
from contextlib import ExitStack, closing

from cli import console
from cli.exit_codes import ExitCode
from cli.exporting import exporting
from cli.interrupts import StopRequest, stop_on_signals
from cli.progress import watching
from cli.speech import Speech
from config import resolved
from config.settings import Settings
from config.weakened import weakened
from domain.errors import UsageError
from domain.names import shown_name
from domain.summary import RunSummary
from pipeline.assembly import Assembled, assemble
from pipeline.writing import write_results

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
    tell_settings(settings)
    with exporting(settings.metrics) as exporter, stop_on_signals() as stop:
        with ExitStack() as undo:
            assembled = assemble(settings, undo, extra=exporter.sinks)
            undo.pop_all()
        exporter.begin(assembled.runtime.state)
        with closing(assembled.folder):
            bars = settings.log_format == "text"
            with watching(console.errors(), quiet=speech.quiet, bars=bars) as watch:
                result = assembled.runtime.run(stop, watch)
            summary = write_results(assembled, result)
        _say(summary, assembled, speech)
        return _exit_code(summary, stop)


def tell_settings(settings: Settings) -> None:
    """What of the settings weakens privacy; and for `-v` which hold, and where they come from, for whoever looks for a mistake."""
    for line in weakened(settings):
        _log.warning(line)
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
