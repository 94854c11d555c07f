"""What covers the upper and the lower body of staff, counted in windows."""

import sqlalchemy as sa
from alembic import op

from sinks.sql.migration_columns import owner

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version; windows of before have none."""
    op.create_table(
        "window_staff_body",
        owner("window_id", "windows"),
        sa.Column("part", sa.String, primary_key=True),
        sa.Column("color", sa.String, primary_key=True),
        sa.Column("visits", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Back to before."""
    op.drop_table("window_staff_body")
