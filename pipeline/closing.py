"""What a camera's stream has left open where its run was cut off, ended by the next run."""

import logging
from dataclasses import dataclass

from analytics.building import saved_analytics
from domain.errors import SnapshotError
from domain.events import Event, StreamIdentity
from pipeline.checkpoint import StreamCheckpoint
from pipeline.health import FrameCounts, stream_health
from pipeline.privacy.gate import EventGate, GateState

CUT_OFF = "Footfall was cut off: killed, or by a crash or a power cut"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Closed:
    """A stream that was ended after the fact.

    Attributes:
        events: Its last ones: visits and windows that were open, and that it has failed; at the moment of its last state.
        state: Of it from then on, for whoever goes on counting that camera.
    """

    events: tuple[Event, ...]
    state: StreamCheckpoint


def closed(saved: StreamCheckpoint) -> Closed:
    """End a stream from its last state, with the settings of then, whatever holds now.

    What cannot be ended, since a package that it was counted with is gone or another version, is left open; that is logged.
    """
    last = saved.post_processing
    if saved.ended or last.last_time is None:
        return Closed((), saved)
    try:
        analytics = saved_analytics(saved.analytics)
    except SnapshotError as error:
        _log.error("%s: the visits that were open are lost: %s", saved.stream_id, error)
        return Closed((), saved)
    gate = EventGate.of(saved.gate or GateState())
    events = gate.let(analytics.finish(last.frames_read, last.frames_sampled, last.frames_damaged))
    events += gate.end()
    failed = stream_health(
        StreamIdentity(saved.stream_id, saved.analysis_id),
        "failed",
        (last.last_time, last.last_source),
        FrameCounts(last.frames_read, last.frames_sampled, last.frames_damaged, last.frames_parsed),
        message=CUT_OFF,
    )
    state = saved.model_copy(
        update={"ended": True, "analytics": analytics.snapshot(), "gate": gate.snapshot()}
    )
    return Closed((*events, failed), state)
