"""Runs and analyses: what numbers come from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EVENTS = ("frames", "visits", "windows", "stream_health")
VIEWS = (*(f"{table}_current" for table in EVENTS), "analyses_current")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """To this version; of events of before it is not known which analysis they belong to."""
    for table in EVENTS:
        op.add_column(table, sa.Column("analysis_id", sa.String))
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String, primary_key=True),
        *_texts("footfall_version", "state"),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        *_texts("settings"),
    )
    op.create_table(
        "analyses",
        sa.Column("analysis_id", sa.String, primary_key=True),
        *_texts("source_id"),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("content", sa.String),
        *_texts("footfall_version", "packages"),
        *_texts("parser_name", "parser_version", "parser_precision", "parser_checksum", "settings", "state"),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("complete_at", MOMENT),
    )
    op.create_index("ix_analyses_source", "analyses", ["source_id"])
    op.create_table(
        "run_streams",
        sa.Column("run_id", sa.String, sa.ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("stream_id", sa.String, primary_key=True),
        sa.Column("analysis_id", sa.String, sa.ForeignKey("analyses.analysis_id"), primary_key=True),
        *_texts("source", "state"),
        sa.Column("problem", sa.String),
    )
    op.create_index("ix_run_streams_stream", "run_streams", ["stream_id"])


def downgrade() -> None:
    """Back to events alone."""
    for view in VIEWS:
        op.execute(f"DROP VIEW IF EXISTS {view}")
    for table in ("run_streams", "analyses", "runs"):
        op.drop_table(table)
    for table in EVENTS:
        op.drop_column(table, "analysis_id")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]
