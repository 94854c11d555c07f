"""What a run leaves in its folder at its end: report, `run.json` and `summary.json`."""

from collections.abc import Sequence
from importlib.metadata import version

from domain.errors import OutputError
from domain.summary import RunSummary, SinkSummary, of_sites
from pipeline.assembly import Assembled
from pipeline.runtime_state import RuntimeResult
from sinks.report.sink import ReportSink


def write_results(assembled: Assembled, result: RuntimeResult) -> RunSummary:
    """Write the report, then the summary, which says what became of the report. Once, after the runtime has closed.

    Args:
        assembled: The run; its folder is still its own.
        result: What came of it.

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
    # Only now is there nothing left to go on with.
    assembled.outlet.conclude()
    return _summary(assembled, result, missing)


def _missing(name: str, problem: str) -> SinkSummary:
    return SinkSummary(name=name, events_stored=0, events_undelivered=0, problem=problem)


def _summary(assembled: Assembled, result: RuntimeResult, missing: Sequence[SinkSummary]) -> RunSummary:
    return RunSummary(
        footfall_version=version("footfall"),
        run_id=assembled.journal.run.run_id,
        interrupted=result.interrupted,
        resumed=assembled.journal.run.resumed,
        streams=result.streams,
        events=assembled.privacy.leaving,
        min_group=assembled.privacy.min_group,
        sites=of_sites(stream.site_counts for stream in result.streams),
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
        floors=stills.floors,
        spans=report.spans,
        left_out=report.left_out,
        shapes=report.shapes,
        heat=report.heat,
        sizes=report.sizes,
    )
    write_report(assembled.folder.report, data, assembled.folder)
