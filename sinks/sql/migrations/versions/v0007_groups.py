"""Groups of people who came together."""

import sqlalchemy as sa
from alembic import op

from sinks.sql.migration_columns import MOMENT, head, position

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    for name in ("groups_ended", "grouped_ended"):
        op.add_column("windows", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.create_table(
        "visitor_groups",
        *head(),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("duration_s", sa.Double, nullable=False),
        sa.Column("together_s", sa.Double, nullable=False),
        sa.Column("confidence", sa.Double, nullable=False),
    )
    op.create_index("ix_visitor_groups_stream_time", "visitor_groups", ["stream_id", "event_time"])
    op.create_table(
        "visitor_group_members",
        sa.Column(
            "group_id",
            sa.String,
            sa.ForeignKey("visitor_groups.event_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        position(),
        sa.Column("track_id", sa.BigInteger, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Back to before."""
    for view in ("visitor_groups_current", "windows_current"):
        op.execute(f"DROP VIEW IF EXISTS {view}")
    for table in ("visitor_group_members", "visitor_groups"):
        op.drop_table(table)
    for name in ("groups_ended", "grouped_ended"):
        op.drop_column("windows", name)
