"""A store of events with a day of a shop in it, made up, for what shows counts."""

import math
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from domain.events import Event, VisitEnded, WindowClosed
from domain.stores import file_store
from sinks.sql.sink import SqlSink

_UPPER = {"blue": 7, "black": 6, "grey": 5, "white": 4, "red": 3, "green": 2, "beige": 2, "unknown": 1}
_LOWER = {"black": 7, "blue": 6, "grey": 3, "beige": 1, "unknown": 1}


def store_a_day(database: Path, until: datetime | None = None, cameras: tuple[str, ...] = ("door",)) -> None:
    """Windows of a minute and visits of the 24 hours before a moment, the same whenever it is called.

    Args:
        database: An SQLite file; made if it is missing.
        until: The moment; now where it is left out.
        cameras: Their names.
    """
    until = until or datetime.now(UTC)
    with closing(SqlSink(file_store(database))) as sink:
        for number, camera in enumerate(cameras):
            events = list(_day(camera, until, Random(number)))  # noqa: S311 - no secret
            for start in range(0, len(events), 500):
                sink.store(events[start : start + 500])


def _day(camera: str, until: datetime, chance: Random) -> Iterator[Event]:
    for minute in range(24 * 60):
        ends = until - timedelta(minutes=24 * 60 - 1 - minute)
        busy = 2.2 * math.exp(-((ends.hour + ends.minute / 60 - 14) ** 2) / 14)
        visits = min(6, int(busy * chance.random() * 2))
        # A camera was away for an hour and a half.
        seen = 0.0 if 470 <= minute < 560 else 1.0
        yield _window(camera, ends, visits, busy, seen)
        if seen:
            for number in range(visits):
                yield _visit(
                    f"{camera}-{minute}-{number}", camera, ends - timedelta(seconds=7 * number), chance
                )


def _window(camera: str, ends: datetime, visits: int, busy: float, seen: float) -> WindowClosed:
    changed: dict[str, Any] = {
        "event_id": f"{camera}-{ends.isoformat()}",
        "stream_id": camera,
        "event_time": ends,
        "window_start": ends - timedelta(minutes=1),
        "window_s": 60,
        "analysis_id": None,
        "persons_min": 0,
        "persons_mean": round(busy * 0.8, 2) * seen,
        "persons_max": math.ceil(busy) * int(seen),
        "visits_begun": visits * int(seen),
        "visits_ended": visits * int(seen),
        "coverage": {**_COVERAGE, "share": seen},
        "staff_ended": visits // 4 * int(seen),
        "groups_ended": visits // 3 * int(seen),
        "grouped_ended": visits // 3 * 2 * int(seen),
        "lines": [_line(visits * int(seen), ends)],
        "zones": _zones(visits * int(seen), busy * seen),
    }
    return WindowClosed.model_validate({**WindowClosed.example, **changed})


def _line(visits: int, ends: datetime) -> dict[str, Any]:
    """Who comes in goes out later."""
    out = max(0, visits - 1) if ends.hour < 14 else visits + min(visits, ends.minute % 4 // 3)
    return {
        "line": "entrance",
        "came_in": visits,
        "went_out": out,
        "staff_in": visits // 4,
        "uncertain_in": visits // 5,
    }


def _zones(visits: int, busy: float) -> list[dict[str, Any]]:
    return [
        {
            "zone": zone,
            "entries": visits,
            "ended": visits,
            "occupancy_min": 0,
            "occupancy_mean": round(busy * part, 2),
            "occupancy_max": math.ceil(busy * part * 2),
            "dwell_median_s": round(stay * (0.6 + busy / 4), 1) if visits else None,
            "dwell_p90_s": round(stay * (1.4 + busy / 2), 1) if visits else None,
        }
        for zone, part, stay in (("promotion", 0.3, 14.0), ("queue", 0.2, 48.0))
    ]


_COVERAGE: dict[str, Any] = dict(WindowClosed.example["coverage"])  # type: ignore[arg-type]


def _visit(name: str, camera: str, ends: datetime, chance: Random) -> VisitEnded:
    upper = chance.choice(["upper-clothes", "upper-clothes", "coat"])
    worn = [
        (upper, chance.choices(list(_UPPER), list(_UPPER.values()))[0], 0.45),
        (
            chance.choice(["pants", "pants", "skirt"]),
            chance.choices(list(_LOWER), list(_LOWER.values()))[0],
            0.3,
        ),
        ("shoe", chance.choice(["black", "white", "brown"]), 0.06),
    ]
    outfit = [
        {"part": part, "color": color, "share": share, "color_share": 0.8, "confidence": 0.7}
        for part, color, share in worn
    ]
    changed: dict[str, Any] = {
        "event_id": name,
        "stream_id": camera,
        "event_time": ends,
        "started_at": ends - timedelta(seconds=20),
        "duration_s": 20.0,
        "analysis_id": None,
        "outfit": outfit,
        "body": [
            {**item, "part": group, "garment": item["part"], "garment_confidence": 0.9}
            for group, item in zip(("upper-body", "lower-body"), outfit, strict=False)
        ],
    }
    return VisitEnded.model_validate({**VisitEnded.example, **changed})
