"""How many frames were left out because they are damaged."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("windows", "stream_health")


def upgrade() -> None:
    """To this version; events of before did not count them."""
    for table in TABLES:
        op.add_column(table, sa.Column("frames_damaged", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Back to the first tables."""
    for table in TABLES:
        op.drop_column(table, "frames_damaged")
