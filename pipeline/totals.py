"""The parts of a stream as one."""

from collections.abc import Sequence

from domain.events import added
from domain.summary import StreamSummary, of_sites

_SUMS = (
    "media_seconds",
    "frames_read",
    "frames_sampled",
    "frames_parsed",
    "frames_rested",
    "frames_dropped",
    "frames_damaged",
    "visits",
    "tracks",
    "visitors",
    "staff_visits",
    "wall_seconds",
)


def combined(parts: Sequence[StreamSummary]) -> StreamSummary:
    """What a stream that began again has counted, all parts together; the parser and the problem are those of the last.

    Args:
        parts: In their order, one at least.
    """
    last = parts[-1]
    if len(parts) == 1:
        return last
    sums = {name: sum(getattr(part, name) for part in parts) for name in _SUMS}
    persons = sum(part.persons_mean * part.frames_parsed for part in parts)
    media_s, wall_s = round(sums["media_seconds"], 3), round(sums["wall_seconds"], 3)
    return last.model_copy(
        update={
            **sums,
            "media_seconds": media_s,
            "wall_seconds": wall_s,
            "realtime_factor": round(media_s / wall_s, 2) if wall_s else 0.0,
            "persons_max": max(part.persons_max for part in parts),
            "persons_mean": round(persons / sums["frames_parsed"], 4) if sums["frames_parsed"] else 0.0,
            "clothing": added(part.clothing for part in parts),
            "site_counts": of_sites(part.site_counts for part in parts),
            "body": added(part.body for part in parts),
            "staff_clothing": added(part.staff_clothing for part in parts),
        }
    )
