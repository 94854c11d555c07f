"""Cameras and recordings."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

from prometheus_client.core import Metric

from pipeline.runtime_state import RuntimeState, StreamState
from pipeline.supervision import StreamStatus
from service.measures.family import Family

_STATES: tuple[StreamStatus, ...] = get_args(StreamStatus)
_STREAM = ("stream",)

_LIVE = Family("gauge", "footfall_stream_live", "1 for a camera, 0 for a recording.", _STREAM)
_STATE = Family("gauge", "footfall_stream_state", "1 for the state that a stream is in.", ("stream", "state"))
_READ = Family(
    "counter", "footfall_stream_frames_read_total", "Frames that arrived from the source.", _STREAM
)
_SAMPLED = Family(
    "counter", "footfall_stream_frames_sampled_total", "Frames that were picked for parsing.", _STREAM
)
_FRAMES = Family(
    "counter",
    "footfall_stream_frames_total",
    "Frames by what became of them: parsed, dropped since parsing was too slow, damaged.",
    ("stream", "outcome"),
)
_SIGNAL = Family("counter", "footfall_stream_signal_seconds_total", "Time with a signal.", _STREAM)
_VISITS = Family("counter", "footfall_stream_visits_total", "Visits that were counted.", _STREAM)
_FAULTS = Family(
    "counter", "footfall_stream_faults_total", "Faults of Footfall's own that it has met.", _STREAM
)
_PERSONS = Family("gauge", "footfall_stream_persons", "Persons in the newest picture.", _STREAM)
_AGE = Family(
    "gauge",
    "footfall_stream_last_frame_age_seconds",
    "Since the newest picture was dealt with; none before the first.",
    _STREAM,
)

FAMILIES = (_LIVE, _STATE, _READ, _SAMPLED, _FRAMES, _SIGNAL, _VISITS, _FAULTS, _PERSONS, _AGE)


def measure(state: RuntimeState) -> Iterator[Metric]:
    """All of them at a moment."""
    streams = state.streams.items()
    told = [(name, stream.progress) for name, stream in streams]
    yield _LIVE.of([(name, float(stream.live)) for name, stream in streams])
    yield _STATE.of([(name, one, float(stream.status == one)) for name, stream in streams for one in _STATES])
    yield _READ.of([(name, progress.frames_read) for name, progress in told])
    yield _SAMPLED.of([(name, progress.frames_sampled) for name, progress in told])
    yield _FRAMES.of(
        [
            (name, outcome, getattr(progress, f"frames_{outcome}"))
            for name, progress in told
            for outcome in ("parsed", "dropped", "damaged")
        ]
    )
    yield _SIGNAL.of([(name, progress.media_s) for name, progress in told])
    yield _VISITS.of([(name, progress.visits) for name, progress in told])
    yield _FAULTS.of([(name, stream.faults) for name, stream in streams])
    yield _PERSONS.of([(name, progress.persons) for name, progress in told])
    ages = [(name, age_s(stream)) for name, stream in streams]
    yield _AGE.of([(name, age) for name, age in ages if age is not None])


def age_s(stream: StreamState) -> float | None:
    """Seconds since the newest picture was dealt with; None before the first."""
    if stream.last_picture_at is None:
        return None
    return max(0.0, (datetime.now(UTC) - stream.last_picture_at).total_seconds())
