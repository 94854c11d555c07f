"""How a kind of event says which tables it is kept in, in words of its own fields; `sinks.sql` makes tables of it.

A table's columns are the fields in their order. A field that holds another model gives that model's columns; a list of models or a
mapping has a table of its own. A field that is added to an event is a column of its table without more said, and needs a migration.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableIndex:
    """An index over some columns of a table."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappingTable:
    """The table of a mapping, of which each key is a mapping again, once for each of `keys`; a row for each innermost value.

    Attributes:
        name: Of the table.
        field: The event's field.
        holds: What a row is, for the documentation.
        owner: Column with the event's id.
        keys: Columns of the keys, the outer first.
        value: Column of the value.
        indexes: Beside that of the primary key.
    """

    name: str
    field: str
    holds: str
    owner: str
    keys: tuple[str, ...]
    value: str
    indexes: tuple[TableIndex, ...] = ()

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The event and the keys."""
        return self.owner, *self.keys


@dataclass(frozen=True, slots=True)
class ListTable:
    """The table of a list of models, a row for each.

    Attributes:
        name: Of the table.
        field: The field of the event, or of the model whose list it is.
        holds: What a row is, for the documentation.
        owner: Column with the event's id.
        position: Column with the place in the list, from 0.
        position_below: What `position` is called in tables of lists inside these models.
        parts: Columns of fields that are tuples of a fixed length, by field.
        lists: Tables of lists inside these models.
        indexes: Beside that of the primary key.
    """

    name: str
    field: str
    holds: str
    owner: str
    position: str = "position"
    position_below: str = ""
    parts: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    lists: tuple["ListTable", ...] = ()
    indexes: tuple[TableIndex, ...] = ()


@dataclass(frozen=True, slots=True)
class EventTable:
    """The table of a kind of event, a row for each.

    Attributes:
        name: Of the table.
        holds: What a row is, for the documentation.
        indexes: Beside that of the primary key, which is `event_id`.
        renamed: Columns that are not called like their field, by the field's path, as in `coverage.share`.
        counted: Lists of which the table itself holds the length, in a column called like the field.
        parts: Columns of fields that are tuples of a fixed length, by field.
        inner: Tables of lists and mappings inside the event.
    """

    name: str
    holds: str
    indexes: tuple[TableIndex, ...] = ()
    renamed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    counted: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    inner: tuple[ListTable | MappingTable, ...] = ()

    def primary_keys(self) -> dict[str, tuple[str, ...]]:
        """Names of all tables with their primary keys, each after the one it refers to."""
        found: dict[str, tuple[str, ...]] = {self.name: ("event_id",)}
        for table in self.inner:
            found |= {table.name: table.primary_key} if isinstance(table, MappingTable) else _keys(table, ())
        return found

    def contents(self) -> dict[str, str]:
        """Names of all tables with what they hold."""
        found = {self.name: self.holds}
        for table in self.inner:
            found |= {table.name: table.holds} if isinstance(table, MappingTable) else _contents(table)
        return found


def _contents(table: ListTable) -> dict[str, str]:
    found = {table.name: table.holds}
    for below in table.lists:
        found |= _contents(below)
    return found


def _keys(table: ListTable, above: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found = {table.name: (table.owner, *above, table.position)}
    for below in table.lists:
        found |= _keys(below, (*above, table.position_below))
    return found
