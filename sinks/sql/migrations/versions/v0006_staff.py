"""What windows say of staff."""

import sqlalchemy as sa
from alembic import op

from sinks.sql.migration_columns import owner

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version; windows of before knew no staff."""
    op.add_column("windows", sa.Column("staff_mean", sa.Double, nullable=False, server_default="0"))
    op.create_table(
        "window_staff_garments",
        owner("window_id", "windows"),
        sa.Column("part", sa.String, primary_key=True),
        sa.Column("color", sa.String, primary_key=True),
        sa.Column("visits", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Back to before."""
    op.execute("DROP VIEW IF EXISTS windows_current")
    op.drop_table("window_staff_garments")
    op.drop_column("windows", "staff_mean")
