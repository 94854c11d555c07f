"""Totals from windows alone, where nothing of single people is kept."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from domain.events import WindowClosed
from sinks.sql.tables import metadata, tables_by_kind

_MERGED = "min_group"


def sums_by_stream(
    connection: Connection, conditions: Sequence[ColumnElement[bool]]
) -> list[tuple[str, int, int, float, int]]:
    """Stream, frames, most persons, mean persons, and visits that ended, of each stream, in the order of their names.

    Args:
        connection: To the store.
        conditions: Which windows are meant.
    """
    windows = tables_by_kind()[WindowClosed].table
    frames = windows.c.frames_parsed
    query = (
        select(
            windows.c.stream_id,
            func.sum(frames),
            func.max(windows.c.persons_max),
            func.sum(windows.c.persons_mean * frames),
            func.sum(windows.c.visits_ended),
        )
        .where(*conditions, _shortest(windows))
        .group_by(windows.c.stream_id)
        .order_by(windows.c.stream_id)
    )
    return [
        (stream, int(count), int(most), float(persons) / int(count) if count else 0.0, int(visits))
        for stream, count, most, persons, visits in connection.execute(query)
    ]


def clothing_of_windows(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], table: str
) -> list[tuple[str, str, int]]:
    """Garment, colour and visits.

    Args:
        connection: To the store.
        conditions: Which windows are meant.
        table: `window_garments` or `window_body`.
    """
    windows, worn = tables_by_kind()[WindowClosed].table, metadata().tables[table]
    query = (
        select(worn.c.part, worn.c.color, func.sum(worn.c.visits))
        .join(windows, windows.c.event_id == worn.c.window_id)
        .where(*conditions, _shortest(windows))
        .group_by(worn.c.part, worn.c.color)
    )
    return [(part, color, int(visits)) for part, color, visits in connection.execute(query)]


def _shortest(windows: Any) -> ColumnElement[bool]:
    """Each visit once: windows of the shortest length of a stream, or those that are merged, which do not overlap."""
    other = windows.alias()
    shortest = (
        select(func.min(other.c.window_s))
        .where(and_(other.c.stream_id == windows.c.stream_id, other.c[_MERGED] == 1))
        .scalar_subquery()
    )
    return or_(windows.c[_MERGED] > 1, windows.c.window_s == shortest)
