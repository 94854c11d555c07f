"""What happened in a time, of all streams or of one, is found without looking at everything else."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_frames_time": ("frames", ["event_time", "stream_id", "persons", "analysis_id", "time_source"]),
    "ix_visits_time": ("visits", ["event_time", "stream_id", "event_id"]),
    "ix_windows_stream_time": ("windows", ["stream_id", "event_time", "event_id"]),
    "ix_windows_time": ("windows", ["event_time", "stream_id", "event_id"]),
}


def upgrade() -> None:
    """To this version."""
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Back to before."""
    for name in INDEXES:
        op.drop_index(name)
