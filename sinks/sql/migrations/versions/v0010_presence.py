"""Where people stood and which way they went, on a grid over the picture."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("presence_flows", "presence_cells", "presence")


def upgrade() -> None:
    """To this version."""
    frames = ("frames_read", "frames_sampled", "frames_parsed", "frames_dropped", "frames_damaged")
    op.create_table(
        "presence",
        sa.Column("event_id", sa.String, primary_key=True),
        *_numbers("schema_version"),
        sa.Column("stream_id", sa.String, nullable=False),
        sa.Column("event_time", MOMENT, nullable=False),
        sa.Column("time_source", sa.String, nullable=False),
        sa.Column("analysis_id", sa.String),
        sa.Column("interval_start", MOMENT, nullable=False),
        *_numbers("interval_s", "width", "height", "columns", "rows", *frames),
        *_measures("seconds_observed", "seconds_without_signal", "coverage_share"),
    )
    op.create_index("ix_presence_stream_start", "presence", ["stream_id", "interval_start"])
    op.create_table(
        "presence_cells",
        *_owner(),
        *_numbers("across", "down"),
        *_measures("seconds"),
        sa.Column("square_metres", sa.Double),
    )
    op.create_table(
        "presence_flows",
        *_owner(),
        *_numbers("across", "down"),
        sa.Column("toward", sa.String, nullable=False),
        *_numbers("persons"),
    )


def downgrade() -> None:
    """Back to before."""
    op.execute("DROP VIEW IF EXISTS presence_current")
    for table in TABLES:
        op.drop_table(table)


def _owner() -> list[sa.Column[Any]]:
    return [
        sa.Column(
            "presence_id", sa.String, sa.ForeignKey("presence.event_id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    ]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _measures(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double, nullable=False) for name in names]
