"""Fewest people that a window tells of."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version; windows of before tell of everybody."""
    op.add_column("windows", sa.Column("min_group", sa.BigInteger, nullable=False, server_default="1"))


def downgrade() -> None:
    """Back to before."""
    op.execute("DROP VIEW IF EXISTS windows_current")
    op.drop_column("windows", "min_group")
