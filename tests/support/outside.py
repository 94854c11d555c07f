"""A kind of event as a package from outside adds it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import ClassVar, Literal
from unittest import mock

from domain.events import Event, event_classes, event_id, registry
from domain.events.frame import GarmentSeen
from domain.events.report import ReportColumn, ReportList
from domain.events.tables import EventTable, ListTable, TableIndex
from sinks.sql import tables
from tests.support.events import START


class LineCrossed(Event):
    """Somebody has crossed a line."""

    topic: ClassVar[str] = "shop.passings.v1"
    table: ClassVar[EventTable] = EventTable(
        "passings",
        holds="crossings of lines",
        indexes=(TableIndex("ix_passings_line", ("line",)),),
        inner=(ListTable("passing_garments", field="garments", holds="garments", owner="passing_id"),),
    )
    report: ClassVar[ReportList | None] = ReportList(
        heading="Passings",
        columns=(
            ReportColumn("When", "event_time", "moment"),
            ReportColumn("Line", "line", remark="inwards", remarks={"True": "inwards", "False": "outwards"}),
            ReportColumn("Track", "track_id", "track"),
            ReportColumn("Clothes", "garments", "clothing"),
        ),
        order=("event_time", "line"),
    )
    event_type: Literal["passing"] = "passing"
    line: str
    inwards: bool
    track_id: int | None = None
    garments: tuple[GarmentSeen, ...] = ()


def crossing(line: str = "entrance") -> LineCrossed:
    """Somebody without a known track comes in with a red bag."""
    bag = GarmentSeen(part="bag", color="red", share=0.1, color_share=0.5, confidence=0.25)
    return LineCrossed(
        event_id=event_id("door", "passing", line),
        stream_id="door",
        event_time=START,
        time_source="camera",
        line=line,
        inwards=True,
        garments=(bag,),
    )


@contextmanager
def installed(**offered: object) -> Iterator[list[EntryPoint]]:
    """As if a package `shop_events` were installed that offers these objects as kinds of event, each under its name."""
    points = [EntryPoint(name, f"shop_events:{name}", registry.GROUP) for name in offered]
    module = ModuleType("shop_events")
    vars(module).update(offered)
    caches = (event_classes, registry._adapter, tables._all)
    with (
        mock.patch.dict(sys.modules, shop_events=module),
        mock.patch.object(
            registry, "entry_points", lambda *, group: points if group == registry.GROUP else []
        ),
    ):
        for cache in caches:
            cache.cache_clear()
        try:
            yield points
        finally:
            for cache in caches:
                cache.cache_clear()
