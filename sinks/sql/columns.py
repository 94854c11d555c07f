"""From the fields of an event to columns, and from rows back to what an event is made of."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from types import UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

Row: TypeAlias = dict[str, Any]
"""Column names and values, complete: what an INSERT takes."""

Scalar: TypeAlias = type[int] | type[float] | type[str] | type[bool] | type[datetime]

_SCALARS: Mapping[object, Scalar] = {
    int: int,
    float: float,
    str: str,
    bool: bool,
    datetime: datetime,
    AwareDatetime: datetime,
}


@dataclass(frozen=True, slots=True)
class ModelColumn:
    """One column.

    Attributes:
        name: Of the column.
        holds: The Python type of its values.
        nullable: Whether None may stand there.
        value: Takes the value out of the model.
        path: Where the value goes when the model is made from a row: names of fields, or an index at the end; empty where it
            follows from the rest.
    """

    name: str
    holds: Scalar
    nullable: bool
    value: Callable[[Any], Any]
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """What the columns of a model are called, where not like its fields; see `domain.events.tables`.

    Attributes:
        renamed: By the path of a field.
        parts: Of tuples of a fixed length, by field.
        counted: Lists of which the length is kept.
        elsewhere: Lists and mappings that have tables of their own.
    """

    renamed: Mapping[str, str]
    parts: Mapping[str, tuple[str, ...]]
    counted: Iterable[str]
    elsewhere: Iterable[str]


def columns_of(model: type[BaseModel], names: ColumnNames) -> list[ModelColumn]:
    """The columns of that model in the order of its fields. Fields that can have one value only are left out.

    Raises:
        TypeError: A field is neither a plain value nor said to be kept elsewhere.
    """
    return [column for name, info in model.model_fields.items() for column in _of_field((name,), info, names)]


def row_of(columns: Sequence[ModelColumn], model: BaseModel) -> Row:
    """The values of a model."""
    return {column.name: column.value(model) for column in columns}


def nesting(columns: Sequence[ModelColumn]) -> Callable[[Mapping[Any, Any]], dict[str, Any]]:
    """Makes of a row what its model is made of: a dict for each model inside it, a list for each tuple."""
    return _nesting([(column.path, column.name) for column in columns if column.path])


def _nesting(
    columns: Sequence[tuple[tuple[str | int, ...], str]],
) -> Callable[[Mapping[Any, Any]], dict[Any, Any]]:
    """Settled once, since it is done for every row."""
    plain = [(path[0], name) for path, name in columns if len(path) == 1]
    below: defaultdict[str | int, list[tuple[tuple[str | int, ...], str]]] = defaultdict(list)
    for (first, *rest), name in columns:
        if rest:
            below[first].append((tuple(rest), name))
    tuples = [
        (field, [name for _, name in inner])
        for field, inner in below.items()
        if isinstance(inner[0][0][0], int)
    ]
    models = [
        (field, _nesting(inner)) for field, inner in below.items() if not isinstance(inner[0][0][0], int)
    ]

    def make(row: Mapping[Any, Any]) -> dict[Any, Any]:
        made: dict[Any, Any] = {field: row[name] for field, name in plain}
        for field, names in tuples:
            made[field] = [row[name] for name in names]
        for field, inside in models:
            made[field] = inside(row)
        return made

    return make


def _of_field(path: tuple[str, ...], info: FieldInfo, names: ColumnNames) -> list[ModelColumn]:
    dotted = ".".join(path)
    annotation, nullable = _without_none(info.annotation)
    if dotted in names.counted:
        return [ModelColumn(path[-1], int, nullable=False, value=_length(dotted), path=())]
    if dotted in names.elsewhere or _is_constant(annotation):
        return []
    if dotted in names.parts:
        return _of_tuple(path, get_args(annotation), names.parts[dotted])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [
            column
            for name, inner in annotation.model_fields.items()
            for column in _of_field((*path, name), inner, names)
        ]
    name = names.renamed.get(dotted, path[-1])
    return [ModelColumn(name, _scalar(annotation, dotted), nullable, attrgetter(dotted), path)]


def _of_tuple(
    path: tuple[str, ...], annotations: Sequence[object], called: Sequence[str]
) -> list[ModelColumn]:
    dotted = ".".join(path)
    return [
        ModelColumn(
            name, _scalar(annotation, dotted), nullable=False, value=_item(dotted, i), path=(*path, i)
        )
        for i, (name, annotation) in enumerate(zip(called, annotations, strict=True))
    ]


def _without_none(annotation: object) -> tuple[object, bool]:
    """An annotation without its constraints and without None, and whether None was there."""
    if hasattr(annotation, "__metadata__") and annotation is not AwareDatetime:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in {Union, UnionType}:
        return annotation, False
    others = [other for other in get_args(annotation) if other is not type(None)]
    if len(others) > 1:
        return annotation, False
    return _without_none(others[0])[0], len(others) < len(get_args(annotation))


def _is_constant(annotation: object) -> bool:
    return (
        get_origin(annotation) is Literal
        and len(get_args(annotation)) == 1
        and isinstance(get_args(annotation)[0], str)
    )


def _scalar(annotation: object, where: str) -> Scalar:
    annotation = _without_none(annotation)[0]
    if get_origin(annotation) is Literal:
        annotation = type(get_args(annotation)[0])
    if annotation not in _SCALARS:
        raise TypeError(f"the field {where} is no plain value and has no table: {annotation}")
    return _SCALARS[annotation]


def _length(dotted: str) -> Callable[[Any], Any]:
    read = attrgetter(dotted)
    return lambda model: len(read(model))


def _item(dotted: str, index: int) -> Callable[[Any], Any]:
    read = attrgetter(dotted)
    return lambda model: read(model)[index]
