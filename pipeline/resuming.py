"""What a run that was cut off has left, and whether the next one in its folder goes on with it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from config.component import settings_of
from config.settings import Settings
from domain.errors import NoRoom, OutputError, SnapshotError
from domain.events import Event, StreamIdentity
from domain.names import shown_name
from domain.provenance import RunRecord
from pipeline.checkpoint import StreamCheckpoint
from pipeline.closing import closed
from pipeline.results import ResultFolder
from pipeline.sources.base import FrameSource, SourcePosition
from sinks.outlet import OutletSettings, UnfinishedRun

_log = logging.getLogger(__name__)


class OtherRun(OutputError):  # noqa: N818 - it reads as what it is
    """A run was cut off there, and this one would count something else."""


@dataclass(slots=True)
class Resumption:
    """How a run goes on with the one before it.

    Attributes:
        run_id: Of that run, where this one is the same run again; None where it is another.
        record: What that run has said of itself.
        states: Where its streams were, by name. Each is used once.
    """

    run_id: str | None = None
    record: RunRecord | None = None
    states: dict[str, StreamCheckpoint] = field(default_factory=dict)

    def close_cameras(self) -> tuple[list[Event], dict[str, bytes]]:
        """End what cameras have left open. Once, before the first `take`.

        Returns:
            The last events of their streams, and the states of all streams from then on, JSON.
        """
        events: list[Event] = []
        cameras = {stream: saved for stream, saved in self.states.items() if saved.live}
        for stream, done in zip(cameras, closed(list(cameras.values())), strict=True):
            events += done.events
            self.states[stream] = done.state
        return events, {stream: saved.model_dump_json().encode() for stream, saved in self.states.items()}

    def take(self, source: FrameSource, identity: StreamIdentity) -> StreamCheckpoint | None:
        """Where a stream goes on; None where it begins. A recording will yield what comes behind that place.

        Args:
            source: Of the stream, open.
            identity: With its analysis, which must be that of the state.
        """
        saved = self.states.get(identity.stream_id)
        if saved is None or saved.live != source.live:
            return None
        if not source.live and saved.analysis_id != identity.analysis_id:
            return None
        # What came since the finder looked is read again, for what has moved since then.
        source.resume(SourcePosition(saved.items_looked_at, saved.position.started_at))
        return self.states.pop(identity.stream_id)


def resumption(
    settings: Settings, folder: ResultFolder, sources: Sequence[FrameSource], fingerprint: str
) -> Resumption:
    """Look for a run that was cut off in a folder, and decide what becomes of it. Changes nothing but a spool that is damaged.

    Recordings go on where their run was cut off, if they are the same recordings, seen in the same way. A run over cameras is
    another one each time. Nothing else may take the place of a run that was cut off, unless the user has said so.

    Args:
        settings: Of this run.
        folder: Claimed.
        sources: Of this run, open.
        fingerprint: What decides its numbers.

    Raises:
        OtherRun: Another run was cut off there.
        OutputError: What is left there cannot be read.
    """
    endless = not sources or any(source.live for source in sources)
    found = folder.former_run()
    needless = endless or (found is not None and found.state != "running")
    unfinished = _look_back(settings, folder, needless=needless)
    if unfinished is None:
        cut_off = found is not None and found.state == "running"
        return Resumption(record=found.cut_off(None) if found is not None and cut_off else None)
    record = found if found is not None and found.run_id == unfinished.run_id else None
    given_up = record.cut_off(unfinished.last_at) if record else None
    states = {} if settings.output.start_over else _states(folder, unfinished, endless=endless)
    if not states or not sources or (endless and all(saved.live for saved in states.values())):
        return Resumption(record=given_up, states=states)
    if unfinished.fingerprint != fingerprint:
        raise OtherRun(_refusal(folder, ", ".join(map(_where, states.values()))))
    _log.info("going on with a run that was cut off: %s", ", ".join(map(_where, states.values())))
    return Resumption(unfinished.run_id, record, states)


def _look_back(settings: Settings, folder: ResultFolder, *, needless: bool) -> UnfinishedRun | None:
    """What a spool knows.

    Where the disk is too full to read it, a camera is counted all the same, and the next run ends what is open there. So is a
    recording behind a run that has ended.
    """
    try:
        return settings_of(OutletSettings, settings.delivery).look_back(folder.spool)
    except NoRoom as error:
        if not needless:
            raise
        _log.error("%s", error)
        return None


def _states(folder: ResultFolder, unfinished: UnfinishedRun, *, endless: bool) -> dict[str, StreamCheckpoint]:
    try:
        return {stream: StreamCheckpoint.from_json(state) for stream, state in unfinished.states.items()}
    except SnapshotError as error:
        if not endless:
            raise OtherRun(_refusal(folder, str(error).partition(";")[0])) from None
        # A camera goes on counting, whatever it was before.
        _log.error("%s: %s", shown_name(folder.path), error)
        return {}


def _refusal(folder: ResultFolder, what: str) -> str:
    return (
        f"{shown_name(folder.path)} holds a run that was cut off ({what}), and this one would count something else: run that one "
        "again as it was to go on with it, name another folder with --out, or give it up with --start-over"
    )


def _where(saved: StreamCheckpoint) -> str:
    return f"{saved.stream_id} at {saved.position.media_time_s:.1f} s"
