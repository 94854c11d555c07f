"""Where people stood and which way they went, on a grid over the picture."""

import sqlalchemy as sa
from alembic import op

from sinks.sql.migration_columns import MOMENT, head, measures, numbers, owner, position

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("presence_flows", "presence_cells", "presence")


def upgrade() -> None:
    """To this version."""
    frames = ("frames_read", "frames_sampled", "frames_parsed", "frames_dropped", "frames_damaged")
    op.create_table(
        "presence",
        *head(),
        sa.Column("interval_start", MOMENT, nullable=False),
        *numbers("interval_s", "width", "height", "columns", "rows", *frames),
        *measures("seconds_observed", "seconds_without_signal", "coverage_share"),
    )
    op.create_index("ix_presence_stream_start", "presence", ["stream_id", "interval_start"])
    op.create_table(
        "presence_cells",
        owner("presence_id", "presence"),
        position(),
        *numbers("across", "down"),
        *measures("seconds"),
        sa.Column("square_metres", sa.Double),
    )
    op.create_table(
        "presence_flows",
        owner("presence_id", "presence"),
        position(),
        *numbers("across", "down"),
        sa.Column("toward", sa.String, nullable=False),
        *numbers("persons"),
    )


def downgrade() -> None:
    """Back to before."""
    op.execute("DROP VIEW IF EXISTS presence_current")
    for table in TABLES:
        op.drop_table(table)
