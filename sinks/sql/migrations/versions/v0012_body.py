"""What covers the upper and the lower body, whatever it is called: of visits, and counted in windows."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version; visits and windows of before have none."""
    op.create_table(
        "visit_body",
        _owner("visits", "visit_id"),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("part", sa.String, nullable=False),
        sa.Column("garment", sa.String, nullable=False),
        sa.Column("garment_confidence", sa.Double, nullable=False),
        sa.Column("color", sa.String, nullable=False),
        *[sa.Column(name, sa.Double, nullable=False) for name in ("share", "color_share", "confidence")],
    )
    op.create_index("ix_visit_body_part_color", "visit_body", ["part", "color"])
    op.create_table(
        "window_body",
        _owner("windows", "window_id"),
        sa.Column("part", sa.String, primary_key=True),
        sa.Column("color", sa.String, primary_key=True),
        sa.Column("visits", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Back to before."""
    op.drop_table("window_body")
    op.drop_table("visit_body")


def _owner(table: str, column: str) -> sa.Column[str]:
    return sa.Column(
        column, sa.String, sa.ForeignKey(f"{table}.event_id", ondelete="CASCADE"), primary_key=True
    )
