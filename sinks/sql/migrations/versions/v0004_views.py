"""How many views the outfit of a visit rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version; of visits of before it is not known."""
    op.add_column("visits", sa.Column("views", sa.BigInteger))


def downgrade() -> None:
    """Back to frames alone."""
    op.execute("DROP VIEW IF EXISTS visits_current")
    op.drop_column("visits", "views")
