"""Events for tests: plain factories, and strategies that draw anything an event may hold."""

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.events import (
    BodyWorn,
    ColorName,
    Coverage,
    DerivedLengths,
    Event,
    FrameObserved,
    GarmentName,
    GarmentSeen,
    HealthStatus,
    LineCounts,
    LineCrossed,
    OutfitItem,
    PersonObserved,
    RoomCounts,
    SleeveLength,
    StreamHealth,
    TrouserLength,
    VisitEnded,
    WindowClosed,
    ZoneCounts,
    ZoneVisitEnded,
    event_id,
    timestamp,
)
from domain.events.registry import OWN_KINDS
from domain.frame import TimeSource

START = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def frame_event(index: int = 0, stream_id: str = "door", persons: int = 1) -> FrameObserved:
    """Frame number `index` of a recording at 5 frames a second."""
    moment = START + timedelta(seconds=index / 5)
    shirt = GarmentSeen(part="upper-clothes", color="red", share=0.4, color_share=0.9, confidence=0.8)
    return FrameObserved(
        event_id=event_id(stream_id, "frame", timestamp(moment)),
        stream_id=stream_id,
        event_time=moment,
        time_source="file",
        frame_index=index,
        media_time_s=index / 5,
        width=768,
        height=432,
        persons=tuple(
            PersonObserved(
                track_id=n + 1,
                box=(10 * n, 20, 10 * n + 60, 200),
                score=0.9,
                garments=(shirt,),
                foot="seen",
                foot_x=10 * n + 31.5,
                foot_y=196.0,
                foot_confidence=0.9,
            )
            for n in range(persons)
        ),
    )


def visit_event(track_id: int = 1, stream_id: str = "door") -> VisitEnded:
    """A visit of 12 s in a red shirt and unknown trousers."""
    started = START + timedelta(seconds=20 * track_id)
    return VisitEnded(
        event_id=event_id(stream_id, "visit", f"{track_id}\n{timestamp(started)}"),
        stream_id=stream_id,
        event_time=started + timedelta(seconds=12),
        time_source="file",
        track_id=track_id,
        started_at=started,
        duration_s=12.0,
        frames=60,
        ended_by="lost",
        outfit=(
            OutfitItem(part="upper-clothes", color="red", share=1.0, color_share=0.8, confidence=0.75),
            OutfitItem(part="pants", color="unknown", share=0.6, color_share=0.0, confidence=0.0),
        ),
        derived=DerivedLengths(sleeves="short"),
        views=6,
        body=(
            BodyWorn(
                part="upper-body",
                garment="upper-clothes",
                garment_confidence=0.88,
                color="red",
                share=1.0,
                color_share=0.8,
                confidence=0.75,
            ),
            BodyWorn(
                part="lower-body",
                garment="pants",
                garment_confidence=0.97,
                color="unknown",
                share=0.6,
                color_share=0.0,
                confidence=0.0,
            ),
        ),
    )


def window_event(number: int = 0, stream_id: str = "door", window_s: int = 10) -> WindowClosed:
    """Tumbling window number `number` after the start."""
    start = START + timedelta(seconds=number * window_s)
    return WindowClosed(
        event_id=event_id(stream_id, "window", f"{window_s}\n{timestamp(start)}"),
        stream_id=stream_id,
        event_time=start + timedelta(seconds=window_s),
        time_source="file",
        window_start=start,
        window_s=window_s,
        persons_min=0,
        persons_mean=0.5,
        persons_max=2,
        visits_begun=1,
        visits_ended=1,
        garments={"upper-clothes": {"red": 1}, "pants": {"unknown": 1}},
        body={"upper-body": {"red": 1}, "lower-body": {"unknown": 1}},
        coverage=Coverage(
            frames_read=100,
            frames_sampled=50,
            frames_parsed=50,
            frames_dropped=0,
            frames_damaged=0,
            seconds_observed=float(window_s),
            seconds_without_signal=0.0,
            share=1.0,
        ),
    )


def health_event(number: int = 0, stream_id: str = "door", message: str = "") -> StreamHealth:
    """A sign of life every minute."""
    moment = START + timedelta(minutes=number)
    return StreamHealth(
        event_id=event_id(stream_id, "health", f"running\n{timestamp(moment)}"),
        stream_id=stream_id,
        event_time=moment,
        time_source="file",
        status="running",
        message=message,
        frames_read=600 * number,
        frames_sampled=300 * number,
        frames_parsed=300 * number,
        frames_dropped=0,
        frames_damaged=0,
    )


def place_events(stream_id: str = "door") -> list[Event]:
    """One of each kind that stages of their own say, as in the documentation."""
    always = FrameObserved, VisitEnded, WindowClosed, StreamHealth
    kinds = [kind for kind in OWN_KINDS if kind not in always]
    return [
        kind.model_validate({**kind.example, "stream_id": stream_id, "analysis_id": None}) for kind in kinds
    ]


def one_of_each(stream_id: str = "door") -> list[Event]:
    """One event of every kind that every run has."""
    return [
        frame_event(stream_id=stream_id, persons=2),
        visit_event(stream_id=stream_id),
        window_event(stream_id=stream_id),
        health_event(stream_id=stream_id, message="läuft \u2014 \U0001f6b6\nline two"),
    ]


_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
_shares = st.floats(0, 1)
_seconds = st.floats(0, 1e9)
_counts = st.integers(0, 2**53)
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
_parts = st.sampled_from(get_args(GarmentName))
_colors = st.sampled_from(get_args(ColorName))
_pixels = st.integers(-10, 20_000)

_garments = st.builds(
    GarmentSeen, part=_parts, color=_colors, share=_shares, color_share=_shares, confidence=_shares
)
_outfits = st.builds(
    OutfitItem, part=_parts, color=_colors, share=_shares, color_share=_shares, confidence=_shares
)
_persons = st.builds(
    PersonObserved,
    track_id=st.none() | st.integers(0, 2**53),
    box=st.tuples(_pixels, _pixels, _pixels, _pixels),
    score=_shares,
    garments=st.lists(_garments, max_size=4).map(tuple),
)
_derived = st.builds(
    DerivedLengths,
    sleeves=st.sampled_from(get_args(SleeveLength)),
    trousers=st.sampled_from(get_args(TrouserLength)),
)
_coverages = st.builds(
    Coverage,
    frames_read=_counts,
    frames_sampled=_counts,
    frames_parsed=_counts,
    frames_dropped=_counts,
    frames_damaged=_counts,
    seconds_observed=_seconds,
    seconds_without_signal=_seconds,
    share=_shares,
)
_lines = st.builds(LineCounts, line=_texts, came_in=_counts, went_out=_counts, uncertain_in=_counts)
_zones = st.builds(
    ZoneCounts,
    zone=_texts,
    entries=_counts,
    ended=_counts,
    occupancy_min=_counts,
    occupancy_mean=st.floats(0, 1e6),
    occupancy_max=_counts,
    dwell_median_s=st.none() | _seconds,
    captured=st.none() | _counts,
)
_rooms = st.builds(
    RoomCounts, room=_texts, inside=_counts, inside_max=_counts, drift=st.integers(-1000, 1000)
)
_head = {
    "event_id": st.uuids().map(str),
    "stream_id": _texts,
    "event_time": _moments,
    "time_source": st.sampled_from(get_args(TimeSource)),
}

frames: SearchStrategy[FrameObserved] = st.builds(
    FrameObserved,
    **_head,
    frame_index=_counts,
    media_time_s=_seconds,
    width=_counts,
    height=_counts,
    persons=st.lists(_persons, max_size=3).map(tuple),
)
visits: SearchStrategy[VisitEnded] = st.builds(
    VisitEnded,
    **_head,
    track_id=st.integers(0, 2**53),
    started_at=_moments,
    duration_s=_seconds,
    frames=_counts,
    ended_by=st.sampled_from(["lost", "stream-end"]),
    outfit=st.lists(_outfits, max_size=4).map(tuple),
    derived=_derived,
)
windows: SearchStrategy[WindowClosed] = st.builds(
    WindowClosed,
    **_head,
    window_start=_moments,
    window_s=st.integers(1, 86_400),
    persons_min=_counts,
    persons_mean=st.floats(0, 1e6),
    persons_max=_counts,
    visits_begun=_counts,
    visits_ended=_counts,
    garments=st.dictionaries(_parts, st.dictionaries(_colors, _counts, min_size=1, max_size=3), max_size=3),
    coverage=_coverages,
    lines=st.lists(_lines, max_size=3).map(tuple),
    zones=st.lists(_zones, max_size=3).map(tuple),
    rooms=st.lists(_rooms, max_size=2).map(tuple),
)
healths: SearchStrategy[StreamHealth] = st.builds(
    StreamHealth,
    **_head,
    status=st.sampled_from(get_args(HealthStatus)),
    message=_texts,
    gap_s=st.none() | _seconds,
    frames_read=_counts,
    frames_sampled=_counts,
    frames_parsed=_counts,
    frames_dropped=_counts,
    frames_damaged=_counts,
)
crossings: SearchStrategy[LineCrossed] = st.builds(
    LineCrossed,
    **_head,
    line=_texts,
    direction=st.sampled_from(["in", "out"]),
    certainty=st.sampled_from(["seen", "joined", "uncertain"]),
    track_id=st.integers(0, 2**53),
    line_position=_shares,
    x=st.floats(-1e6, 1e6),
    y=st.floats(-1e6, 1e6),
    foot=st.sampled_from(["seen", "estimated"]),
    foot_confidence=_shares,
    speed_m_s=st.none() | st.floats(0, 100),
)
stays: SearchStrategy[ZoneVisitEnded] = st.builds(
    ZoneVisitEnded,
    **_head,
    zone=_texts,
    track_id=st.integers(0, 2**53),
    entered_at=_moments,
    dwell_s=_seconds,
    unseen_s=_seconds,
    began_by=st.sampled_from(["entered", "appeared"]),
    ended_by=st.sampled_from(["left", "lost", "stream-end"]),
    foot_confidence=_shares,
)
any_event: SearchStrategy[Event] = st.one_of(frames, visits, windows, healths, crossings, stays)
