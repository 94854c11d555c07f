"""Where people stand: foot points, crossings of lines, stays in zones, alerts, and what windows say of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
EVENTS = ("crossings", "zone_visits", "alerts")
OLDER = ("frames", "visits", "windows", "stream_health", "analyses")
INNER = ("window_lines", "window_zones", "window_rooms")


def upgrade() -> None:
    """To this version; of persons of before it is not known where they stood."""
    op.add_column("persons", sa.Column("foot", sa.String, nullable=False, server_default="unknown"))
    for name in ("foot_x", "foot_y", "floor_x_m", "floor_y_m"):
        op.add_column("persons", sa.Column(name, sa.Double))
    op.add_column("persons", sa.Column("foot_confidence", sa.Double, nullable=False, server_default="0"))
    op.add_column("visits", sa.Column("role", sa.String, nullable=False, server_default="visitor"))
    op.add_column("windows", sa.Column("staff_ended", sa.BigInteger, nullable=False, server_default="0"))
    _make_crossings()
    _make_zone_visits()
    _make_alerts()
    _make_inner()


def downgrade() -> None:
    """Back to before."""
    for table in (*EVENTS, *OLDER):
        op.execute(f"DROP VIEW IF EXISTS {table}_current")
    for table in (*INNER, *EVENTS):
        op.drop_table(table)
    for name in ("foot", "foot_x", "foot_y", "foot_confidence", "floor_x_m", "floor_y_m"):
        op.drop_column("persons", name)
    op.drop_column("visits", "role")
    op.drop_column("windows", "staff_ended")


def _make_crossings() -> None:
    op.create_table(
        "crossings",
        *_head(),
        *_texts("line", "direction", "certainty"),
        *_numbers("track_id"),
        *_texts("role"),
        *_measures("line_position", "x", "y"),
        *_texts("foot"),
        *_measures("foot_confidence"),
        *[sa.Column(name, sa.Double) for name in ("floor_x_m", "floor_y_m", "speed_m_s")],
    )
    op.create_index("ix_crossings_stream_time", "crossings", ["stream_id", "event_time"])
    op.create_index("ix_crossings_line_time", "crossings", ["line", "event_time"])


def _make_zone_visits() -> None:
    op.create_table(
        "zone_visits",
        *_head(),
        *_texts("zone"),
        *_numbers("track_id"),
        sa.Column("entered_at", MOMENT, nullable=False),
        *_measures("dwell_s", "unseen_s"),
        *_texts("began_by", "ended_by", "role"),
        *_measures("foot_confidence"),
    )
    op.create_index("ix_zone_visits_stream_time", "zone_visits", ["stream_id", "event_time"])
    op.create_index("ix_zone_visits_zone_time", "zone_visits", ["zone", "event_time"])


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        *_head(),
        *_texts("zone", "quantity", "state"),
        sa.Column("since", MOMENT, nullable=False),
        *_measures("value", "allowed"),
    )
    op.create_index("ix_alerts_stream_time", "alerts", ["stream_id", "event_time"])


def _make_inner() -> None:
    sums = ("came_in", "went_out", "staff_in", "staff_out", "uncertain_in", "uncertain_out")
    op.create_table("window_lines", *_owner(), *_texts("line"), *_numbers(*sums))
    op.create_table(
        "window_zones",
        *_owner(),
        *_texts("zone"),
        *_numbers("entries", "staff_entries", "ended", "occupancy_min"),
        *_measures("occupancy_mean"),
        *_numbers("occupancy_max"),
        sa.Column("dwell_median_s", sa.Double),
        sa.Column("dwell_p90_s", sa.Double),
        sa.Column("captured", sa.BigInteger),
    )
    op.create_table(
        "window_rooms", *_owner(), *_texts("room"), *_numbers("inside", "inside_max", "drift", "uncertain")
    )


def _head() -> list[sa.Column[Any]]:
    return [
        sa.Column("event_id", sa.String, primary_key=True),
        *_numbers("schema_version"),
        *_texts("stream_id"),
        sa.Column("event_time", MOMENT, nullable=False),
        *_texts("time_source"),
        sa.Column("analysis_id", sa.String),
    ]


def _owner() -> list[sa.Column[Any]]:
    return [
        sa.Column(
            "window_id", sa.String, sa.ForeignKey("windows.event_id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    ]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _measures(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double, nullable=False) for name in names]
