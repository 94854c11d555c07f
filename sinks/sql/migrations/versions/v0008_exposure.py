"""How long garments, colours and brands were to be seen."""

import sqlalchemy as sa
from alembic import op

from sinks.sql.migration_columns import MOMENT, head, position

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "exposures",
        *head(),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("window_s", sa.BigInteger, nullable=False),
        sa.Column("seconds_observed", sa.Double, nullable=False),
    )
    op.create_index("ix_exposures_stream_time", "exposures", ["stream_id", "event_time"])
    op.create_table(
        "exposure_items",
        sa.Column(
            "exposure_id",
            sa.String,
            sa.ForeignKey("exposures.event_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        position(),
        sa.Column("zone", sa.String),
        sa.Column("part", sa.String),
        sa.Column("color", sa.String),
        sa.Column("brand", sa.String),
        sa.Column("screen_s", sa.Double, nullable=False),
        sa.Column("person_s", sa.Double, nullable=False),
        sa.Column("picture_share", sa.Double, nullable=False),
    )
    op.create_index("ix_exposure_items_brand", "exposure_items", ["brand"])


def downgrade() -> None:
    """Back to before."""
    op.execute("DROP VIEW IF EXISTS exposures_current")
    for table in ("exposure_items", "exposures"):
        op.drop_table(table)
