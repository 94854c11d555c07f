"""What a camera's stream has left open where its run was cut off, ended by the next run."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.building import saved_analytics
from analytics.site import Sites
from analytics.stream import StreamAnalytics
from domain.errors import SettingsError, SnapshotError
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


def closed(saved: Sequence[StreamCheckpoint]) -> list[Closed]:
    """End streams from their last states, with the settings of then, whatever holds now.

    All of them are there before one ends: cameras of a site know of each other what was said. Of one that had ended before, only
    that is left to say for which its site waited for others. What cannot be ended, since a package that it was counted with is gone
    or another version, is left open; that is logged.
    """
    sites = Sites()
    reopened = [_reopened(one, sites) for one in saved]
    return [
        Closed((), one) if open_ is None else _ended(one, *open_)
        for one, open_ in zip(saved, reopened, strict=True)
    ]


def _reopened(saved: StreamCheckpoint, sites: Sites) -> tuple[StreamAnalytics, datetime] | None:
    """What counts it, and when its last picture was; None where there is nothing to end."""
    moment = saved.post_processing.last_time
    if moment is None:
        return None
    try:
        return saved_analytics(saved.analytics, sites), moment
    except (SnapshotError, SettingsError) as error:
        if not saved.ended:
            _log.error("%s: the visits that were open are lost: %s", saved.stream_id, error)
        return None


def _ended(saved: StreamCheckpoint, analytics: StreamAnalytics, moment: datetime) -> Closed:
    last = saved.post_processing
    gate = EventGate.of(saved.gate or GateState())
    if saved.ended:
        return _left(saved, analytics, gate, gate.let(analytics.leave()))
    events = gate.let(analytics.finish(last.frames_read, last.frames_sampled, last.frames_damaged))
    events += gate.end()
    failed = stream_health(
        StreamIdentity(saved.stream_id, saved.analysis_id),
        "failed",
        (moment, last.last_source),
        FrameCounts(last.frames_read, last.frames_sampled, last.frames_damaged, last.frames_parsed),
        message=CUT_OFF,
    )
    return _left(saved, analytics, gate, [*events, failed])


def _left(
    saved: StreamCheckpoint, analytics: StreamAnalytics, gate: EventGate, events: Sequence[Event]
) -> Closed:
    state = {"ended": True, "analytics": analytics.snapshot(), "gate": gate.snapshot()}
    return Closed(tuple(events), saved.model_copy(update=state))
