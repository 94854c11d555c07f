"""Rows that belong to some events: found by the ids of these."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, ColumnElement, Connection, Select, Table, Text, any_, func, literal, select

from sinks.sql.rows import Inside

# Ids in one IN (...), well below what SQLite takes.
_AT_ONCE = 500


def rows_inside(connection: Connection, tables: Mapping[Table, str], ids: Sequence[str]) -> Inside:
    """The rows of those tables that belong to those events, in the order of their primary keys for each.

    Args:
        connection: To the store.
        tables: Each with its column of the event's id.
        ids: Of the events.
    """
    if connection.dialect.name == "postgresql":
        from sinks.sql.postgres import rows_at_once  # noqa: PLC0415 - brings psycopg along

        # One parameter, whatever their number: so the statement is the same each time, and prepared once.
        all_of_them = any_(literal(list(ids), ARRAY(Text)))
        return rows_at_once(
            connection,
            {table: _ordered(table, table.c[owner] == all_of_them) for table, owner in tables.items()},
        )
    pieces = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
    return {
        table: [
            row
            for piece in pieces
            for row in connection.execute(_ordered(table, table.c[owner].in_(piece))).mappings()
        ]
        for table, owner in tables.items()
    }


def of_those(
    connection: Connection, owner: ColumnElement[str], those: Select[tuple[str]]
) -> ColumnElement[bool]:
    """Whether a row belongs to one of the events that a query finds.

    PostgreSQL takes a join here for one over most of a table, and reads all of it; so it gets the ids as one value, which it looks
    up in the index.

    Args:
        connection: To the store.
        owner: Column with the id of the row's event.
        those: Gives ids of events.
    """
    if connection.dialect.name == "postgresql":
        return owner == any_(func.array(those.scalar_subquery()))
    return owner.in_(those)


def _ordered(table: Table, belongs: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return select(table).where(belongs).order_by(*table.primary_key.columns)
