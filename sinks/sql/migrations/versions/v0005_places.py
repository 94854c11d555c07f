"""Where people stand: foot points, crossings of lines, stays in zones, alerts, and what windows say of them."""

import sqlalchemy as sa
from alembic import op

from sinks.sql.migration_columns import MOMENT, head, measures, numbers, owner, position, texts

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

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
        *head(),
        *texts("line", "direction", "certainty"),
        *numbers("track_id"),
        *texts("role"),
        *measures("line_position", "x", "y"),
        *texts("foot"),
        *measures("foot_confidence"),
        *[sa.Column(name, sa.Double) for name in ("floor_x_m", "floor_y_m", "speed_m_s")],
    )
    op.create_index("ix_crossings_stream_time", "crossings", ["stream_id", "event_time"])
    op.create_index("ix_crossings_line_time", "crossings", ["line", "event_time"])


def _make_zone_visits() -> None:
    op.create_table(
        "zone_visits",
        *head(),
        *texts("zone"),
        *numbers("track_id"),
        sa.Column("entered_at", MOMENT, nullable=False),
        *measures("dwell_s", "unseen_s"),
        *texts("began_by", "ended_by", "role"),
        *measures("foot_confidence"),
    )
    op.create_index("ix_zone_visits_stream_time", "zone_visits", ["stream_id", "event_time"])
    op.create_index("ix_zone_visits_zone_time", "zone_visits", ["zone", "event_time"])


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        *head(),
        *texts("zone", "quantity", "state"),
        sa.Column("since", MOMENT, nullable=False),
        *measures("value", "allowed"),
    )
    op.create_index("ix_alerts_stream_time", "alerts", ["stream_id", "event_time"])


def _make_inner() -> None:
    sums = ("came_in", "went_out", "staff_in", "staff_out", "uncertain_in", "uncertain_out")
    op.create_table(
        "window_lines", owner("window_id", "windows"), position(), *texts("line"), *numbers(*sums)
    )
    op.create_table(
        "window_zones",
        owner("window_id", "windows"),
        position(),
        *texts("zone"),
        *numbers("entries", "staff_entries", "ended", "occupancy_min"),
        *measures("occupancy_mean"),
        *numbers("occupancy_max"),
        sa.Column("dwell_median_s", sa.Double),
        sa.Column("dwell_p90_s", sa.Double),
        sa.Column("captured", sa.BigInteger),
    )
    op.create_table(
        "window_rooms",
        owner("window_id", "windows"),
        position(),
        *texts("room"),
        *numbers("inside", "inside_max", "drift", "uncertain"),
    )
