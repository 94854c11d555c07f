"""Estimated visitors among all cameras of a site."""

import sqlalchemy as sa
from alembic import op

from sinks.sql.migration_columns import MOMENT, head, measures, numbers, texts

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "site_visitors",
        *head(),
        *texts("site"),
        *numbers("visitor", "visit"),
        *texts("seen"),
        *numbers("track_id"),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("before_stream_id", sa.String),
        sa.Column("away_s", sa.Double),
        *measures("likeness", "next_likeness"),
        sa.Column("in_doubt", sa.Boolean, nullable=False),
        *measures("remembered_s"),
    )
    op.create_index("ix_site_visitors_site_time", "site_visitors", ["site", "event_time"])


def downgrade() -> None:
    """Back to before."""
    op.execute("DROP VIEW IF EXISTS site_visitors_current")
    op.drop_table("site_visitors")
