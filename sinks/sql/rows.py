"""Events to rows and back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel
from sqlalchemy import Table

from domain.events import Event
from sinks.sql.columns import Row, nesting, row_of
from sinks.sql.tables import ListRows, MappingRows, tables_by_kind

AnyEvent = TypeVar("AnyEvent", bound=Event)

Stored: TypeAlias = Mapping[Any, Any]
"""A row that was read: values by the names of columns."""

Inside: TypeAlias = Mapping[Table, Iterable[Stored]]
"""The rows of each inner table that belong to the events that are read, in the order of its primary key for each event."""


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


def inner_tables(event_class: type[Event]) -> dict[Table, str]:
    """The tables of what is inside events of that kind, each with its column of the event's id."""
    inner: list[ListRows | MappingRows] = list(tables_by_kind()[event_class].inner)
    for one in inner:
        # Those below are walked through, too.
        inner += one.below if isinstance(one, ListRows) else ()
    return {one.table: one.described.owner for one in inner}


def events_of(event_class: type[AnyEvent], rows: Sequence[Stored], inside: Inside) -> list[AnyEvent]:
    """Back from the rows, in their order.

    Args:
        event_class: The kind.
        rows: Of the events themselves.
        inside: Of all its `inner_tables`.
    """
    tables = tables_by_kind()[event_class]
    fields = {
        inner.described.field: _mappings(inner, inside)
        if isinstance(inner, MappingRows)
        else _lists(inner, inside)
        for inner in tables.inner
    }
    made_of = nesting(tables.columns)
    return [
        event_class.model_validate(
            made_of(row) | {field: found[row["event_id"],] for field, found in fields.items()}
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


def _mappings(inner: MappingRows, inside: Inside) -> Mapping[tuple[Any, ...], Any]:
    """The mappings, by the id of their event."""
    described = inner.described
    found: defaultdict[tuple[Any, ...], dict[str, Any]] = defaultdict(dict)
    for row in inside[inner.table]:
        place = found[row[described.owner],]
        for key in described.keys[:-1]:
            place = place.setdefault(row[key], {})
        place[row[described.keys[-1]]] = row[described.value]
    return found


def _lists(inner: ListRows, inside: Inside) -> Mapping[tuple[Any, ...], Any]:
    """What the lists are made of, by the id of their event and the positions of the models around them."""
    described = inner.described
    below = {one.described.field: _lists(one, inside) for one in inner.below}
    found: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    made_of = nesting(inner.columns)
    for row in inside[inner.table]:
        around = row[described.owner], *[row[name] for name in inner.above]
        item = made_of(row)
        found[around].append(
            item | {field: lists[*around, row[described.position]] for field, lists in below.items()}
        )
    return found
