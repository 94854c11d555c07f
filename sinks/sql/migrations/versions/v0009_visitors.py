"""Tracks, and estimated visitors."""

import sqlalchemy as sa
from alembic import op

from sinks.sql.migration_columns import MOMENT, head

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COUNTS = ("visitors_first", "visitors_again")


def upgrade() -> None:
    """To this version; of windows of before it is not known how many tracks ended in them."""
    op.add_column("windows", sa.Column("tracks_ended", sa.BigInteger))
    for name in COUNTS:
        op.add_column("windows", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.create_table(
        "visitors",
        *head(),
        sa.Column("visitor", sa.BigInteger, nullable=False),
        sa.Column("visit", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.String, nullable=False),
        sa.Column("track_id", sa.BigInteger, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("away_s", sa.Double),
        sa.Column("likeness", sa.Double, nullable=False),
        sa.Column("next_likeness", sa.Double, nullable=False),
    )
    op.create_index("ix_visitors_stream_time", "visitors", ["stream_id", "event_time"])


def downgrade() -> None:
    """Back to before."""
    for view in ("visitors_current", "windows_current"):
        op.execute(f"DROP VIEW IF EXISTS {view}")
    op.drop_table("visitors")
    for name in ("tracks_ended", *COUNTS):
        op.drop_column("windows", name)
