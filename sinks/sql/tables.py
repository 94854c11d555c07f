"""The tables, one a kind of event and one for each list inside it.

Every row of an event carries the stream and the moment, so that most questions need one table. Children have their parent's event
id and their position in it as primary key, and go when their parent is deleted.
"""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """Aware moments, kept as UTC: `timestamptz` on PostgreSQL, text without an offset on SQLite; aware UTC when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


EventId: TypeAlias = Annotated[str, mapped_column(String, primary_key=True)]
Position: TypeAlias = Annotated[int, mapped_column(primary_key=True, autoincrement=False)]


class Base(DeclarativeBase):
    """What all tables share: how Python types are stored."""

    type_annotation_map = {datetime: UtcDateTime, int: BigInteger, float: Double, str: String}  # noqa: RUF012 - SQLAlchemy's way


class _EventRow:
    """Columns of every event."""

    event_id: Mapped[EventId]
    schema_version: Mapped[int]
    stream_id: Mapped[str]
    event_time: Mapped[datetime]
    time_source: Mapped[str]


class _GarmentRow:
    """Columns of a garment that somebody wears."""

    part: Mapped[str]
    color: Mapped[str]
    share: Mapped[float]
    color_share: Mapped[float]
    confidence: Mapped[float]


class FrameRow(_EventRow, Base):
    """One parsed frame."""

    __tablename__ = "frames"
    __table_args__ = (Index("ix_frames_stream_time", "stream_id", "event_time"),)

    frame_index: Mapped[int]
    media_time_s: Mapped[float]
    width: Mapped[int]
    height: Mapped[int]
    persons: Mapped[int]


class PersonRow(Base):
    """One person of one frame."""

    __tablename__ = "persons"

    frame_id: Mapped[str] = mapped_column(ForeignKey("frames.event_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[Position]
    track_id: Mapped[int | None]
    box_left: Mapped[int]
    box_top: Mapped[int]
    box_right: Mapped[int]
    box_bottom: Mapped[int]
    score: Mapped[float]


class PersonGarmentRow(_GarmentRow, Base):
    """One garment of one person of one frame."""

    __tablename__ = "person_garments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["frame_id", "person_position"], ["persons.frame_id", "persons.position"], ondelete="CASCADE"
        ),
    )

    frame_id: Mapped[str] = mapped_column(primary_key=True)
    person_position: Mapped[Position]
    position: Mapped[Position]


class VisitRow(_EventRow, Base):
    """One visit; `event_time` is its end."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_stream_time", "stream_id", "event_time"),)

    track_id: Mapped[int]
    started_at: Mapped[datetime]
    duration_s: Mapped[float]
    frames: Mapped[int]
    ended_by: Mapped[str]
    sleeves: Mapped[str]
    trousers: Mapped[str]


class VisitGarmentRow(_GarmentRow, Base):
    """One garment of a visit's outfit."""

    __tablename__ = "visit_garments"
    __table_args__ = (Index("ix_visit_garments_part_color", "part", "color"),)

    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.event_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[Position]


class WindowRow(_EventRow, Base):
    """One tumbling window; `event_time` is its end."""

    __tablename__ = "windows"
    __table_args__ = (Index("ix_windows_stream_length_start", "stream_id", "window_s", "window_start"),)

    window_start: Mapped[datetime]
    window_s: Mapped[int]
    persons_min: Mapped[int]
    persons_mean: Mapped[float]
    persons_max: Mapped[int]
    visits_begun: Mapped[int]
    visits_ended: Mapped[int]
    frames_read: Mapped[int]
    frames_sampled: Mapped[int]
    frames_parsed: Mapped[int]
    frames_dropped: Mapped[int]
    seconds_observed: Mapped[float]
    seconds_without_signal: Mapped[float]
    coverage_share: Mapped[float]


class WindowGarmentRow(Base):
    """How many visits that ended in a window wore a garment of a colour."""

    __tablename__ = "window_garments"

    window_id: Mapped[str] = mapped_column(
        ForeignKey("windows.event_id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[str] = mapped_column(primary_key=True)
    color: Mapped[str] = mapped_column(primary_key=True)
    visits: Mapped[int]


class HealthRow(_EventRow, Base):
    """How a stream fares."""

    __tablename__ = "stream_health"
    __table_args__ = (Index("ix_stream_health_stream_time", "stream_id", "event_time"),)

    status: Mapped[str]
    message: Mapped[str]
    gap_s: Mapped[float | None]
    frames_read: Mapped[int]
    frames_sampled: Mapped[int]
    frames_parsed: Mapped[int]
    frames_dropped: Mapped[int]
