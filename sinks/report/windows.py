"""Fewer, longer windows that say the same: what a long run is shortened to."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from domain.events import Coverage, WindowClosed, added, event_id, timestamp
from sinks.report.window_places import merged_lines, merged_rooms, merged_zones

_Part = TypeVar("_Part", bound=str)


def coarsen(windows: Sequence[WindowClosed], limit: int) -> list[WindowClosed]:
    """Merge the windows of one stream until there are at most `limit`: each round doubles their length.

    Args:
        windows: Of one stream, in order of time.
        limit: 1 or more.

    Raises:
        ValueError: The limit is not positive.
    """
    if limit < 1:
        raise ValueError(f"limit must be 1 or more, got {limit}")
    merged = list(windows)
    while len(merged) > limit:
        merged = regroup(merged, 2 * max(window.window_s for window in merged))
    return merged


def regroup(windows: Sequence[WindowClosed], window_s: int) -> list[WindowClosed]:
    """Merge the windows of one stream into ones of `window_s` seconds, aligned to the epoch.

    Counts add up to exactly the same; minimum and maximum stay the extremes; the mean is weighted by the frames it rests on.

    Args:
        windows: In order of time, each within one of the longer ones.
        window_s: A multiple of their lengths.
    """
    groups: dict[int, list[WindowClosed]] = defaultdict(list)
    for window in windows:
        groups[int(window.window_start.timestamp()) // window_s].append(window)
    return [
        group[0]
        if len(group) == 1 and group[0].window_s == window_s
        else _merged(group, number * window_s, window_s)
        for number, group in sorted(groups.items())
    ]


def _merged(windows: Sequence[WindowClosed], epoch_s: int, window_s: int) -> WindowClosed:
    start = datetime.fromtimestamp(epoch_s, UTC)
    first = windows[0]
    seen = [window for window in windows if window.coverage.frames_parsed]
    frames = sum(window.coverage.frames_parsed for window in seen)
    weighted = sum(window.persons_mean * window.coverage.frames_parsed for window in seen)
    return WindowClosed(
        event_id=event_id(first.stream_id, "window", f"{window_s}\n{timestamp(start)}"),
        stream_id=first.stream_id,
        event_time=start + timedelta(seconds=window_s),
        time_source=first.time_source,
        window_start=start,
        window_s=window_s,
        persons_min=min((window.persons_min for window in seen), default=0),
        persons_mean=weighted / frames if frames else 0.0,
        persons_max=max((window.persons_max for window in seen), default=0),
        visits_begun=sum(window.visits_begun for window in windows),
        visits_ended=sum(window.visits_ended for window in windows),
        garments=added(window.garments for window in windows),
        body=added(window.body for window in windows),
        coverage=_coverage([window.coverage for window in windows]),
        staff_ended=sum(window.staff_ended for window in windows),
        lines=merged_lines(windows),
        zones=merged_zones(windows),
        rooms=merged_rooms(windows),
    )


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
