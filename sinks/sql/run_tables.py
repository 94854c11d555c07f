"""The tables about runs and analyses: what the numbers in the other tables come from."""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, MetaData, String, Table

from sinks.sql.types import UtcDateTime

RUNS, ANALYSES, RUN_STREAMS = RUN_TABLES = ("runs", "analyses", "run_streams")
"""Names of the tables; rows in them are changed when a run ends."""


def add_run_tables(metadata: MetaData) -> None:
    """Describe them."""
    Table(
        RUNS,
        metadata,
        Column("run_id", String, primary_key=True),
        *_texts("footfall_version", "state"),
        Column("started_at", UtcDateTime, nullable=False),
        Column("ended_at", UtcDateTime),
        *_texts("settings"),
    )
    Table(
        ANALYSES,
        metadata,
        Column("analysis_id", String, primary_key=True),
        *_texts("source_id"),
        Column("live", Boolean, nullable=False),
        Column("content", String),
        *_texts("footfall_version", "packages"),
        *_texts("parser_name", "parser_version", "parser_precision", "parser_checksum"),
        *_texts("settings", "state"),
        Column("started_at", UtcDateTime, nullable=False),
        Column("complete_at", UtcDateTime),
        Index("ix_analyses_source", "source_id"),
    )
    Table(
        RUN_STREAMS,
        metadata,
        Column("run_id", String, ForeignKey(f"{RUNS}.run_id", ondelete="CASCADE"), primary_key=True),
        Column("stream_id", String, primary_key=True),
        Column("analysis_id", String, ForeignKey(f"{ANALYSES}.analysis_id"), primary_key=True),
        *_texts("source", "state"),
        Column("problem", String),
        Index("ix_run_streams_stream", "stream_id"),
    )


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, String, nullable=False) for name in names]
