"""The tables, one a kind of event and one for each list inside it, made from what the kinds of event say of themselves.

Every row of an event carries the stream and the moment, so that most questions need one table. Children have their parent's event
id and their position in it as primary key, and go when their parent is deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Table,
)
from sqlalchemy.types import TypeEngine

from domain.events import Event, event_classes
from domain.events.registry import OWN_KINDS
from domain.events.tables import EventTable, ListTable, MappingTable, TableIndex
from sinks.sql.columns import ColumnNames, ModelColumn, Scalar, columns_of
from sinks.sql.run_tables import RUN_TABLES, add_run_tables
from sinks.sql.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class MappingRows:
    """The table of a mapping inside an event."""

    table: Table
    described: MappingTable


@dataclass(frozen=True, slots=True)
class ListRows:
    """The table of a list inside an event, or inside the models of such a list.

    Attributes:
        table: Its rows.
        described: As the kind of event says it.
        columns: Those of the models; owner and positions come before them.
        above: Columns of the positions of the models around it, the outer first.
        below: Tables of lists inside the models.
    """

    table: Table
    described: ListTable
    columns: Sequence[ModelColumn]
    above: tuple[str, ...]
    below: Sequence["ListRows"]


@dataclass(frozen=True, slots=True)
class KindTables:
    """All tables of one kind of event.

    Attributes:
        event_class: The kind.
        table: One row an event.
        columns: Of that table.
        inner: Tables of what is inside.
    """

    event_class: type[Event]
    table: Table
    columns: Sequence[ModelColumn]
    inner: Sequence[ListRows | MappingRows]


def metadata() -> MetaData:
    """Of the tables of all kinds of event, and of those about runs."""
    return _all()[0]


def tables_by_kind() -> dict[type[Event], KindTables]:
    """The tables of every kind of event."""
    return _all()[1]


def tables_from_outside() -> list[Table]:
    """Those of kinds of event that other packages add, each after the one that it refers to."""
    own = {name for kind in OWN_KINDS for name in kind.table.primary_keys()} | set(RUN_TABLES)
    return [table for table in metadata().sorted_tables if table.name not in own]


@cache
def _all() -> tuple[MetaData, dict[type[Event], KindTables]]:
    metadata = MetaData()
    add_run_tables(metadata)
    return metadata, {event_class: _tables_of(event_class, metadata) for event_class in event_classes()}


_TYPES: dict[Scalar, type[TypeEngine[Any]]] = {
    int: BigInteger,
    float: Double,
    str: String,
    bool: Boolean,
    datetime: UtcDateTime,
}


def _tables_of(event_class: type[Event], metadata: MetaData) -> KindTables:
    described: EventTable = event_class.table
    names = ColumnNames(
        described.renamed, described.parts, described.counted, [inner.field for inner in described.inner]
    )
    columns = columns_of(event_class, names)
    table = Table(
        described.name,
        metadata,
        *[_column(column, key=column.name == "event_id") for column in columns],
        *_indexes(described.indexes),
    )
    inner = [
        _mapping_rows(one, described.name, metadata)
        if isinstance(one, MappingTable)
        else _list_rows(one, event_class, _Place(metadata, described.name, ("event_id",), ()))
        for one in described.inner
    ]
    return KindTables(event_class, table, columns, inner)


@dataclass(frozen=True, slots=True)
class _Place:
    """What an inner table refers to: a table, its primary key, and the positions that its rows are under."""

    metadata: MetaData
    table: str
    key: tuple[str, ...]
    above: tuple[str, ...]


def _list_rows(described: ListTable, model: type[BaseModel], place: _Place) -> ListRows:
    item = get_args(model.model_fields[described.field].annotation)[0]
    names = ColumnNames({}, described.parts, (), [below.field for below in described.lists])
    columns = columns_of(item, names)
    key = described.owner, *place.above, described.position
    table = Table(
        described.name,
        place.metadata,
        Column(described.owner, String, primary_key=True),
        *[Column(name, BigInteger, primary_key=True, autoincrement=False) for name in key[1:]],
        *[_column(column) for column in columns],
        ForeignKeyConstraint(key[:-1], [f"{place.table}.{name}" for name in place.key], ondelete="CASCADE"),
        *_indexes(described.indexes),
    )
    inside = _Place(place.metadata, described.name, key, (*place.above, described.position_below))
    below = [_list_rows(one, item, inside) for one in described.lists]
    return ListRows(table, described, columns, place.above, below)


def _mapping_rows(described: MappingTable, parent: str, metadata: MetaData) -> MappingRows:
    table = Table(
        described.name,
        metadata,
        *[Column(name, String, primary_key=True) for name in described.primary_key],
        Column(described.value, BigInteger, nullable=False),
        ForeignKeyConstraint([described.owner], [f"{parent}.event_id"], ondelete="CASCADE"),
        *_indexes(described.indexes),
    )
    return MappingRows(table, described)


def _column(column: ModelColumn, *, key: bool = False) -> Column[Any]:
    return Column(column.name, _TYPES[column.holds], primary_key=key, nullable=column.nullable)


def _indexes(described: Sequence[TableIndex]) -> list[Index]:
    return [Index(index.name, *index.columns) for index in described]
