"""Fewer, longer windows that say the same: what a long run is shortened to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from domain.events import ColorName, Count, Coverage, GarmentName, WindowClosed, event_id, timestamp


def coarsen(windows: Sequence[WindowClosed], limit: int) -> list[WindowClosed]:
    """Merge the windows of one stream until there are at most `limit`.

    Each round doubles the length, aligned to the epoch. Counts add up to exactly the same; minimum and maximum stay the extremes;
    the mean is weighted by the frames it rests on.

    Args:
        windows: Of one stream, in order of time, all of one length (after a round: some shorter runs may be single windows).
        limit: 1 or more.

    Raises:
        ValueError: The limit is not positive.
    """
    if limit < 1:
        raise ValueError(f"limit must be 1 or more, got {limit}")
    merged = list(windows)
    while len(merged) > limit:
        merged = _doubled(merged)
    return merged


def merge(windows: Sequence[WindowClosed], start: datetime, window_s: int) -> WindowClosed:
    """One window that begins at `start`, lasts `window_s` seconds and holds all of these, which lie inside it."""
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
        garments=_garments(windows),
        coverage=_coverage([window.coverage for window in windows], window_s),
    )


def _doubled(windows: Sequence[WindowClosed]) -> list[WindowClosed]:
    length = 2 * max(window.window_s for window in windows)
    groups: dict[int, list[WindowClosed]] = defaultdict(list)
    for window in windows:
        groups[int(window.window_start.timestamp()) // length].append(window)
    return [
        merge(group, datetime.fromtimestamp(number * length, UTC), length)
        for number, group in sorted(groups.items())
    ]


def _garments(windows: Iterable[WindowClosed]) -> dict[GarmentName, dict[ColorName, Count]]:
    total: dict[GarmentName, dict[ColorName, Count]] = {}
    for window in windows:
        for part, colors in window.garments.items():
            counts = total.setdefault(part, {})
            for color, count in colors.items():
                counts[color] = counts.get(color, 0) + count
    return total


def _coverage(parts: Sequence[Coverage], window_s: int) -> Coverage:
    sampled = sum(part.frames_sampled for part in parts)
    parsed = sum(part.frames_parsed for part in parts)
    observed = sum(part.seconds_observed for part in parts)
    return Coverage(
        frames_read=sum(part.frames_read for part in parts),
        frames_sampled=sampled,
        frames_parsed=parsed,
        frames_dropped=sum(part.frames_dropped for part in parts),
        seconds_observed=observed,
        seconds_without_signal=sum(part.seconds_without_signal for part in parts),
        share=min(1.0, observed / window_s * (parsed / sampled if sampled else 0.0)),
    )
