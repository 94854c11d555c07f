"""Runs and analyses for tests."""

from datetime import UTC, datetime, timedelta

from domain.events import StreamIdentity
from domain.provenance import Analysis, RunRecord, RunState, RunStream
from domain.summary import ParserSummary
from sinks.journal import RunJournal

BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)


def analysis(analysis_id: str = "a5", *, source_id: str = "clip", live: bool = False) -> Analysis:
    """An analysis of that source."""
    return Analysis(
        analysis_id=analysis_id,
        source_id=source_id,
        live=live,
        content=None if live else f"content of {source_id}",
        footfall_version="0.1.0",
        packages={},
        parser=ParserSummary(name="lite", version="0.5.0", precision="bf16", checksum="abc"),
        settings={"sampling": {"fps": 5.0}},
    )


def run_record(
    run_id: str = "r1",
    *analyses: Analysis,
    hours: float = 0,
    stream_id: str = "door",
) -> RunRecord:
    """A run that began so many hours later than the first."""
    began = BEGAN + timedelta(hours=hours)
    named = {
        f"{stream_id}-{number}" if number else stream_id: one
        for number, one in enumerate(analyses or [analysis()])
    }
    return RunRecord(
        run_id=run_id,
        footfall_version="0.1.0",
        started_at=began,
        settings={"parser": {"kind": "lite"}},
        streams=tuple(
            RunStream(stream_id=name, source=f"{name}.mp4", analysis=one) for name, one in named.items()
        ),
    )


def ended(journal: RunJournal, state: RunState = "complete") -> None:
    """The run ends like that, with all its streams, an hour after its beginning."""
    for one in journal.run.streams:
        journal.end_stream(StreamIdentity(one.stream_id, one.analysis.analysis_id), state, None)
    journal.end(state, journal.run.started_at + timedelta(hours=1))
