"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """To this version."""
    _frames()
    _visits()
    _windows()
    op.create_table(
        "stream_health",
        *_event_columns(),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("gap_s", sa.Double),
        *_numbers(sa.BigInteger, "frames_read", "frames_sampled", "frames_parsed", "frames_dropped"),
    )
    op.create_index("ix_stream_health_stream_time", "stream_health", ["stream_id", "event_time"])


def downgrade() -> None:
    """Back to no tables at all."""
    for table in (
        "stream_health",
        "window_garments",
        "windows",
        "visit_garments",
        "visits",
        "person_garments",
        "persons",
        "frames",
    ):
        op.drop_table(table)


def _frames() -> None:
    op.create_table(
        "frames",
        *_event_columns(),
        *_numbers(sa.BigInteger, "frame_index"),
        *_numbers(sa.Double, "media_time_s"),
        *_numbers(sa.BigInteger, "width", "height", "persons"),
    )
    op.create_index("ix_frames_stream_time", "frames", ["stream_id", "event_time"])
    op.create_table(
        "persons",
        _parent("frame_id", "frames"),
        _position("position"),
        sa.Column("track_id", sa.BigInteger),
        *_numbers(sa.BigInteger, "box_left", "box_top", "box_right", "box_bottom"),
        *_numbers(sa.Double, "score"),
    )
    op.create_table(
        "person_garments",
        sa.Column("frame_id", sa.String, primary_key=True),
        _position("person_position"),
        _position("position"),
        *_garment_columns(),
        sa.ForeignKeyConstraint(
            ["frame_id", "person_position"], ["persons.frame_id", "persons.position"], ondelete="CASCADE"
        ),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        *_event_columns(),
        *_numbers(sa.BigInteger, "track_id"),
        sa.Column("started_at", MOMENT, nullable=False),
        *_numbers(sa.Double, "duration_s"),
        *_numbers(sa.BigInteger, "frames"),
        sa.Column("ended_by", sa.String, nullable=False),
        sa.Column("sleeves", sa.String, nullable=False),
        sa.Column("trousers", sa.String, nullable=False),
    )
    op.create_index("ix_visits_stream_time", "visits", ["stream_id", "event_time"])
    op.create_table(
        "visit_garments", _parent("visit_id", "visits"), _position("position"), *_garment_columns()
    )
    op.create_index("ix_visit_garments_part_color", "visit_garments", ["part", "color"])


def _windows() -> None:
    op.create_table(
        "windows",
        *_event_columns(),
        sa.Column("window_start", MOMENT, nullable=False),
        *_numbers(sa.BigInteger, "window_s", "persons_min"),
        *_numbers(sa.Double, "persons_mean"),
        *_numbers(sa.BigInteger, "persons_max", "visits_begun", "visits_ended"),
        *_numbers(sa.BigInteger, "frames_read", "frames_sampled", "frames_parsed", "frames_dropped"),
        *_numbers(sa.Double, "seconds_observed", "seconds_without_signal", "coverage_share"),
    )
    op.create_index("ix_windows_stream_length_start", "windows", ["stream_id", "window_s", "window_start"])
    op.create_table(
        "window_garments",
        _parent("window_id", "windows"),
        sa.Column("part", sa.String, primary_key=True),
        sa.Column("color", sa.String, primary_key=True),
        *_numbers(sa.BigInteger, "visits"),
    )


def _event_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("event_id", sa.String, primary_key=True),
        *_numbers(sa.BigInteger, "schema_version"),
        sa.Column("stream_id", sa.String, nullable=False),
        sa.Column("event_time", MOMENT, nullable=False),
        sa.Column("time_source", sa.String, nullable=False),
    ]


def _garment_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("part", sa.String, nullable=False),
        sa.Column("color", sa.String, nullable=False),
        *_numbers(sa.Double, "share", "color_share", "confidence"),
    ]


def _numbers(kind: type[sa.BigInteger | sa.Double[float]], *names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _parent(name: str, table: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.String, sa.ForeignKey(f"{table}.event_id", ondelete="CASCADE"), primary_key=True
    )


def _position(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)
