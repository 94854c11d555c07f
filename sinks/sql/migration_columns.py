"""Columns that several migrations make.

Never changed: versions that are out rest on it. A head of events that changes gets a function of its own. Nothing of the present
schema is imported here, since a migration makes what was right when it was written.
"""

from typing import Any

import sqlalchemy as sa

MOMENT = sa.DateTime(timezone=True)
"""UTC."""


def head() -> list[sa.Column[Any]]:
    """What the table of every kind of event begins with."""
    return [
        sa.Column("event_id", sa.String, primary_key=True),
        *numbers("schema_version"),
        *texts("stream_id"),
        sa.Column("event_time", MOMENT, nullable=False),
        *texts("time_source"),
        sa.Column("analysis_id", sa.String),
    ]


def owner(column: str, table: str) -> sa.Column[str]:
    """The event that a row of an inner table belongs to, and goes with."""
    return sa.Column(
        column, sa.String, sa.ForeignKey(f"{table}.event_id", ondelete="CASCADE"), primary_key=True
    )


def position() -> sa.Column[int]:
    """The place in the event's list."""
    return sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False)


def texts(*names: str) -> list[sa.Column[str]]:
    """Words that are always there."""
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def numbers(*names: str) -> list[sa.Column[int]]:
    """Whole numbers that are always there."""
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def measures(*names: str) -> list[sa.Column[float]]:
    """Measures that are always there."""
    return [sa.Column(name, sa.Double, nullable=False) for name in names]
