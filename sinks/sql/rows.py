"""Events to rows and back."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel
from sqlalchemy import Table

from domain.events import Event
from sinks.sql.columns import Row, nested, row_of
from sinks.sql.tables import ListRows, MappingRows, tables_by_kind

AnyEvent = TypeVar("AnyEvent", bound=Event)

Stored: TypeAlias = Mapping[Any, Any]
"""A row that was read: values by the names of columns."""

RowsOf: TypeAlias = Callable[[Table, str], Iterable[Stored]]
"""The rows of an inner table that belong to the events that are read, in the order of its primary key; the second argument is the
column with the event's id."""


def parent_row(event: Event) -> Row:
    """The row of the event itself."""
    return row_of(tables_by_kind()[type(event)].columns, event)


def child_rows(events: Iterable[Event]) -> dict[Table, list[Row]]:
    """The rows of what is inside the events, by table, each table after the one that it refers to."""
    rows: defaultdict[Table, list[Row]] = defaultdict(list)
    for event in events:
        for inner in tables_by_kind()[type(event)].inner:
            if isinstance(inner, MappingRows):
                rows[inner.table] += _mapping_rows(inner, event)
            else:
                _add_list(inner, event, {inner.described.owner: event.event_id}, rows)
    return {table: found for table, found in rows.items() if found}


def events_of(event_class: type[AnyEvent], rows: Sequence[Stored], rows_of: RowsOf) -> list[AnyEvent]:
    """Back from the rows, in their order.

    Args:
        event_class: The kind.
        rows: Of the events themselves.
        rows_of: Reads what is inside them.
    """
    tables = tables_by_kind()[event_class]
    inside = {
        inner.described.field: _mappings(inner, rows_of)
        if isinstance(inner, MappingRows)
        else _lists(inner, rows_of)
        for inner in tables.inner
    }
    return [
        event_class.model_validate(
            nested(tables.columns, row) | {field: found[row["event_id"],] for field, found in inside.items()}
        )
        for row in rows
    ]


def _mapping_rows(inner: MappingRows, event: Event) -> Iterator[Row]:
    described = inner.described
    for path, value in _leaves(getattr(event, described.field), len(described.keys)):
        yield {
            described.owner: event.event_id,
            **dict(zip(described.keys, path, strict=True)),
            described.value: value,
        }


def _leaves(mapping: Mapping[str, Any], depth: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in mapping.items():
        if depth == 1:
            yield (key,), value
        else:
            yield from (((key, *path), leaf) for path, leaf in _leaves(value, depth - 1))


def _add_list(inner: ListRows, model: BaseModel, owner: Row, rows: dict[Table, list[Row]]) -> None:
    described = inner.described
    for position, item in enumerate(getattr(model, described.field)):
        rows[inner.table].append(owner | {described.position: position} | row_of(inner.columns, item))
        for below in inner.below:
            _add_list(below, item, owner | {described.position_below: position}, rows)


def _mappings(inner: MappingRows, rows_of: RowsOf) -> Mapping[tuple[Any, ...], Any]:
    """The mappings, by the id of their event."""
    described = inner.described
    found: defaultdict[tuple[Any, ...], dict[str, Any]] = defaultdict(dict)
    for row in rows_of(inner.table, described.owner):
        place = found[row[described.owner],]
        for key in described.keys[:-1]:
            place = place.setdefault(row[key], {})
        place[row[described.keys[-1]]] = row[described.value]
    return found


def _lists(inner: ListRows, rows_of: RowsOf) -> Mapping[tuple[Any, ...], Any]:
    """What the lists are made of, by the id of their event and the positions of the models around them."""
    described = inner.described
    below = {one.described.field: _lists(one, rows_of) for one in inner.below}
    found: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows_of(inner.table, described.owner):
        around = row[described.owner], *[row[name] for name in inner.above]
        item = nested(inner.columns, row)
        found[around].append(
            item | {field: lists[*around, row[described.position]] for field, lists in below.items()}
        )
    return found
