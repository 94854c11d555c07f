"""What covers the upper and the lower body, whatever it is called: of visits, and counted in windows."""

import sqlalchemy as sa
from alembic import op

from sinks.sql.migration_columns import owner, position

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version; visits and windows of before have none."""
    op.create_table(
        "visit_body",
        owner("visit_id", "visits"),
        position(),
        sa.Column("part", sa.String, nullable=False),
        sa.Column("garment", sa.String, nullable=False),
        sa.Column("garment_confidence", sa.Double, nullable=False),
        sa.Column("color", sa.String, nullable=False),
        *[sa.Column(name, sa.Double, nullable=False) for name in ("share", "color_share", "confidence")],
    )
    op.create_index("ix_visit_body_part_color", "visit_body", ["part", "color"])
    op.create_table(
        "window_body",
        owner("window_id", "windows"),
        sa.Column("part", sa.String, primary_key=True),
        sa.Column("color", sa.String, primary_key=True),
        sa.Column("visits", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Back to before."""
    op.drop_table("window_body")
    op.drop_table("visit_body")
