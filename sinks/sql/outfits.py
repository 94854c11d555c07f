"""Which clothes were worn together, by visits."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Subquery, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from domain.events import VisitEnded
from domain.labels import LOWER_GARMENTS, UPPER_GARMENTS
from sinks.sql.belonging import of_those
from sinks.sql.tables import metadata, tables_by_kind

_LAYERS = {"upper": UPPER_GARMENTS, "lower": LOWER_GARMENTS}


@dataclass(frozen=True, slots=True)
class WornPart:
    """A garment by its name and colour."""

    part: str
    color: str


@dataclass(frozen=True, slots=True)
class OutfitCount:
    """Clothes that were worn together.

    Attributes:
        upper: Of upper clothes, dress and coat the one that was seen most; None where none was.
        lower: Of trousers and skirt, likewise.
        visits: How many wore these.
    """

    upper: WornPart | None
    lower: WornPart | None
    visits: int


def outfit_counts(
    connection: Connection, conditions: list[ColumnElement[bool]], limit: int
) -> list[OutfitCount]:
    """The most frequent ones.

    Args:
        connection: To the store.
        conditions: Which visits are meant.
        limit: How many at most; of equal ones those that come first by name.
    """
    visits = tables_by_kind()[VisitEnded].table
    worn = _by_visit(connection, select(visits.c.event_id).where(*conditions))
    parts = [worn.c[f"{layer}_{what}"] for layer in _LAYERS for what in ("part", "color")]
    number = func.count().label("number")
    query = select(*parts, number).group_by(*parts).order_by(number.desc(), *parts).limit(limit)
    return [
        OutfitCount(_worn(row[0], row[1]), _worn(row[2], row[3]), row[4]) for row in connection.execute(query)
    ]


def _by_visit(connection: Connection, visits: Select[tuple[str]]) -> Subquery:
    """One row a visit that wore anything of either layer: part and colour of both."""
    chosen = _chosen(connection, visits)
    columns = []
    for layer in _LAYERS:
        for what in ("part", "color"):
            value = case((chosen.c.layer == layer, chosen.c[what]))
            columns.append(func.max(value).label(f"{layer}_{what}"))
    return select(*columns).where(chosen.c.place == 1).group_by(chosen.c.visit_id).subquery()


def _chosen(connection: Connection, visits: Select[tuple[str]]) -> Subquery:
    """Garments of either layer, with their place among those of their visit and layer, the largest first."""
    garments = metadata().tables["visit_garments"]
    layers = {name: [part.label for part in parts] for name, parts in _LAYERS.items()}
    layer: ColumnElement[Any] = case(
        *((garments.c.part.in_(labels), name) for name, labels in layers.items()), else_=None
    )
    place = func.row_number().over(
        partition_by=(garments.c.visit_id, layer), order_by=(garments.c.share.desc(), garments.c.position)
    )
    everything = [label for labels in layers.values() for label in labels]
    return (
        select(
            garments.c.visit_id,
            garments.c.part,
            garments.c.color,
            layer.label("layer"),
            place.label("place"),
        )
        .where(garments.c.part.in_(everything), of_those(connection, garments.c.visit_id, visits))
        .subquery()
    )


def _worn(part: str | None, color: str | None) -> WornPart | None:
    return WornPart(part, color) if part is not None and color is not None else None
