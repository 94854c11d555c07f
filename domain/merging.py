"""Several windows of one stream as one that says the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.events.base import event_id
from domain.events.clothing import added
from domain.events.window import Coverage, WindowClosed
from domain.merging_places import merged_lines, merged_rooms, merged_zones

_SUMS = (
    "visits_begun",
    "visits_ended",
    "staff_ended",
    "visitors_first",
    "visitors_again",
    "groups_ended",
    "grouped_ended",
)


def merged(windows: Sequence[WindowClosed], start: datetime, length: timedelta) -> WindowClosed:
    """One window instead of several.

    Counts add up to exactly the same; minimum and maximum stay the extremes; means are weighted by the frames that they rest on.

    Args:
        windows: Of one stream, in order of time, one at least.
        start: When it begins.
        length: From then to its end, whole seconds.
    """
    first, window_s = windows[0], round(length.total_seconds())
    seen = [window for window in windows if window.coverage.frames_parsed]
    sums = {name: sum(getattr(window, name) for window in windows) for name in _SUMS}
    tracks = [window.tracks_ended for window in windows if window.tracks_ended is not None]
    about = "\n".join((str(window_s), windows[0].event_id, windows[-1].event_id))
    return WindowClosed(
        **sums,
        event_id=event_id(first.analysis_id or first.stream_id, "window", about),
        stream_id=first.stream_id,
        analysis_id=first.analysis_id,
        event_time=start + length,
        time_source=windows[-1].time_source,
        window_start=start,
        window_s=window_s,
        persons_min=min((window.persons_min for window in seen), default=0),
        persons_mean=_mean(seen, "persons_mean"),
        persons_max=max((window.persons_max for window in seen), default=0),
        garments=added(window.garments for window in windows),
        body=added(window.body for window in windows),
        coverage=_coverage([window.coverage for window in windows]),
        staff_mean=_mean(seen, "staff_mean"),
        staff_garments=added(window.staff_garments for window in windows),
        staff_body=added(window.staff_body for window in windows),
        tracks_ended=sum(tracks) if len(tracks) == len(windows) else None,
        lines=merged_lines(windows),
        zones=merged_zones(windows),
        rooms=merged_rooms(windows),
        min_group=max(window.min_group for window in windows),
    )


def joined(windows: Sequence[WindowClosed]) -> WindowClosed:
    """As `merged`, from where the first begins to where the last ends."""
    start = min(window.window_start for window in windows)
    return merged(windows, start, max(window.event_time for window in windows) - start)


def _mean(windows: Sequence[WindowClosed], name: str) -> float:
    frames = sum(window.coverage.frames_parsed for window in windows)
    weighted = sum(getattr(window, name) * window.coverage.frames_parsed for window in windows)
    return weighted / frames if frames else 0.0


def _coverage(parts: Sequence[Coverage]) -> Coverage:
    sampled = sum(part.frames_sampled for part in parts)
    parsed = sum(part.frames_parsed for part in parts)
    observed = sum(part.seconds_observed for part in parts)
    silent = sum(part.seconds_without_signal for part in parts)
    read = sum(part.frames_read for part in parts)
    damaged = sum(part.frames_damaged for part in parts)
    whole = 1.0 - min(1.0, damaged / read) if read else 1.0
    return Coverage(
        frames_read=read,
        frames_sampled=sampled,
        frames_parsed=parsed,
        frames_dropped=sum(part.frames_dropped for part in parts),
        frames_damaged=damaged,
        seconds_observed=observed,
        seconds_without_signal=silent,
        # Not of the merged length, of which the last part may still lie in the future.
        share=min(1.0, observed / (observed + silent) * parsed / sampled * whole)
        if observed and sampled
        else 0.0,
    )
