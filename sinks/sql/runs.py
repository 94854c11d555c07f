"""Runs and analyses into their tables."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection, Table, case

from domain.provenance import Analysis, RunRecord
from sinks.sql.columns import Row
from sinks.sql.dialects import insert_into
from sinks.sql.run_tables import ANALYSES, RUN_STREAMS, RUNS
from sinks.sql.tables import metadata


def write_run(connection: Connection, run: RunRecord) -> None:
    """Insert what is known of a run by now, or bring its rows up to that, inside the caller's transaction.

    An analysis that was complete stays so: another run of it adds nothing and takes nothing away.
    """
    tables = metadata().tables
    _upsert(connection, tables[RUNS], _run_row(run))
    for stream in run.streams:
        # A stream may have ended while its last events are still on their way here.
        state = "running" if run.ended_at is None and stream.state == "complete" else stream.state
        row = _analysis_row(stream.analysis) | {
            "state": state,
            "started_at": run.started_at,
            "complete_at": run.ended_at if state == "complete" else None,
        }
        _upsert(connection, tables[ANALYSES], row, keeps_completeness=True)
        of_stream = {
            "run_id": run.run_id,
            "stream_id": stream.stream_id,
            "analysis_id": stream.analysis.analysis_id,
            "source": stream.source,
            "state": state,
            "problem": stream.problem,
        }
        _upsert(connection, tables[RUN_STREAMS], of_stream)


def _run_row(run: RunRecord) -> Row:
    return {
        "run_id": run.run_id,
        "footfall_version": run.footfall_version,
        "state": run.state,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "settings": _json(run.settings),
    }


def _analysis_row(analysis: Analysis) -> Row:
    return {
        "analysis_id": analysis.analysis_id,
        "source_id": analysis.source_id,
        "live": analysis.live,
        "content": analysis.content,
        "footfall_version": analysis.footfall_version,
        "packages": _json(analysis.packages),
        "parser_name": analysis.parser.name,
        "parser_version": analysis.parser.version,
        "parser_precision": analysis.parser.precision,
        "parser_checksum": analysis.parser.checksum,
        "settings": _json(analysis.settings),
    }


def _json(value: Mapping[str, JsonValue] | Mapping[str, str]) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True)


def _upsert(connection: Connection, table: Table, row: Row, *, keeps_completeness: bool = False) -> None:
    statement = insert_into(connection, table).values(row)
    new: dict[str, Any] = {
        column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key
    }
    if keeps_completeness:
        was, now = table.c.complete_at, statement.excluded["complete_at"]
        new["complete_at"] = case((now.is_(None), was), else_=now)
        new["state"] = case((was.is_not(None), "complete"), else_=statement.excluded["state"])
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=new)
    )
