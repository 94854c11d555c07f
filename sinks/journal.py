"""What is known of a run by now, for the sinks that keep it beside their events."""

from datetime import datetime
from threading import Lock

from domain.events import StreamIdentity
from domain.provenance import RunRecord, RunState, RunStream


class RunJournal:
    """Holds the record of the run that goes on. Any thread.

    Attributes:
        given_up: The run before, where it was cut off and nobody goes on with it.
    """

    def __init__(self, run: RunRecord) -> None:
        self._run = run
        self._lock = Lock()
        self.given_up: RunRecord | None = None

    @property
    def run(self) -> RunRecord:
        """What is known by now; another object after every change."""
        return self._run

    def go_on_with(self, run_id: str, former: RunRecord | None) -> None:
        """It is a run that was cut off. Before anything else has begun.

        Args:
            run_id: Of that run.
            former: What it has said of itself, if that is known.
        """
        with self._lock:
            known: dict[str, object] = {"run_id": run_id, "resumed": 1}
            if former is not None:
                known |= {"started_at": former.started_at, "resumed": former.resumed + 1}
            self._run = self._run.model_copy(update=known)

    def begin_stream(self, stream: RunStream) -> None:
        """A stream begins, or goes on with the same analysis."""
        with self._lock:
            self._run = self._run.with_stream(stream)

    def end_stream(self, identity: StreamIdentity, state: RunState, problem: str | None) -> None:
        """A stream has ended, or the part of it that one analysis belongs to."""
        with self._lock:
            told = [
                one
                for one in self._run.streams
                if (one.stream_id, one.analysis.analysis_id) == (identity.stream_id, identity.analysis_id)
            ]
            for one in told:
                self._run = self._run.with_stream(one.model_copy(update={"state": state, "problem": problem}))

    def end(self, state: RunState, at: datetime) -> None:
        """Nothing more is counted: the state of the whole run, and the time, UTC."""
        with self._lock:
            self._run = self._run.model_copy(update={"state": state, "ended_at": at})
