"""Where each of a run's results lies."""

from pathlib import Path

from pipeline.results.plan import HIDDEN, REPORT, SUMMARY, ResultPlan
from sinks.base import DATABASE, EVENTS, MASKS


class ResultPaths:
    """Names of the files of one run.

    Args:
        path: The folder.
        plan: What the run writes and reads.
    """

    def __init__(self, path: Path, plan: ResultPlan) -> None:
        self.path = path
        self.plan = plan
        self._hidden = path / HIDDEN
        self._unfinished = self._hidden / "unfinished"

    @property
    def events(self) -> Path:
        """Every event, one JSON object a line."""
        return self.path / EVENTS

    @property
    def database(self) -> Path:
        """SQLite, unless another store is named."""
        return self.path / DATABASE

    @property
    def summary(self) -> Path:
        """The numbers of the last run."""
        return self.path / SUMMARY

    @property
    def report(self) -> Path:
        """The same for people."""
        return self.path / REPORT

    @property
    def masks(self) -> Path:
        """Label maps, a folder for each stream."""
        return self.path / MASKS

    @property
    def adds(self) -> bool:
        """See `ResultFiles.adds`."""
        return self.plan.adds

    def overlay(self, stream_id: str) -> Path:
        """Drawn video of a stream."""
        return self.path / self.plan.overlay_of(stream_id)

    @property
    def spool(self) -> Path:
        """Events that wait for their sinks, over runs."""
        return self._hidden / "spool.db"

    @property
    def unfinished(self) -> Path:
        """See `ResultFiles.unfinished`."""
        return self._unfinished
