"""Events to rows and back. Columns are named here, one by one: a new field of an event gets its own migration and its own line."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

from domain.events import (
    Coverage,
    DerivedLengths,
    Event,
    FrameObserved,
    GarmentSeen,
    OutfitItem,
    PersonObserved,
    StreamHealth,
    VisitEnded,
    WindowClosed,
)
from sinks.sql.tables import (
    Base,
    FrameRow,
    HealthRow,
    PersonGarmentRow,
    PersonRow,
    VisitGarmentRow,
    VisitRow,
    WindowGarmentRow,
    WindowRow,
)

Row: TypeAlias = dict[str, Any]
"""Column names and values, complete: what an INSERT takes."""

PARENTS: dict[type[Event], type[Base]] = {
    FrameObserved: FrameRow,
    VisitEnded: VisitRow,
    WindowClosed: WindowRow,
    StreamHealth: HealthRow,
}
CHILDREN: tuple[type[Base], ...] = (PersonRow, PersonGarmentRow, VisitGarmentRow, WindowGarmentRow)
"""In the order in which they refer to each other."""


def parent_row(event: Event) -> Row:
    """The row of the event itself."""
    head = {
        "event_id": event.event_id,
        "schema_version": event.schema_version,
        "stream_id": event.stream_id,
        "event_time": event.event_time,
        "time_source": event.time_source,
    }
    match event:
        case FrameObserved():
            return head | _frame(event)
        case VisitEnded():
            return head | _visit(event)
        case WindowClosed():
            return head | _window(event)
        case StreamHealth():
            return (
                head
                | _counts(event)
                | {"status": event.status, "message": event.message, "gap_s": event.gap_s}
            )
    raise TypeError(f"no table for {type(event).__name__}")


def child_rows(events: Iterable[Event]) -> dict[type[Base], list[Row]]:
    """The rows of the lists inside the events."""
    rows: dict[type[Base], list[Row]] = defaultdict(list)
    for event in events:
        match event:
            case FrameObserved():
                _add_persons(event, rows)
            case VisitEnded():
                rows[VisitGarmentRow] += [
                    {"visit_id": event.event_id, "position": position} | _garment(item)
                    for position, item in enumerate(event.outfit)
                ]
            case WindowClosed():
                rows[WindowGarmentRow] += [
                    {"window_id": event.event_id, "part": part, "color": color, "visits": visits}
                    for part, colors in event.garments.items()
                    for color, visits in colors.items()
                ]
            case StreamHealth():
                pass
    return rows


def _frame(event: FrameObserved) -> Row:
    return {
        "frame_index": event.frame_index,
        "media_time_s": event.media_time_s,
        "width": event.width,
        "height": event.height,
        "persons": len(event.persons),
    }


def _add_persons(event: FrameObserved, rows: dict[type[Base], list[Row]]) -> None:
    for position, person in enumerate(event.persons):
        left, top, right, bottom = person.box
        rows[PersonRow].append(
            {
                "frame_id": event.event_id,
                "position": position,
                "track_id": person.track_id,
                "box_left": left,
                "box_top": top,
                "box_right": right,
                "box_bottom": bottom,
                "score": person.score,
            }
        )
        rows[PersonGarmentRow] += [
            {"frame_id": event.event_id, "person_position": position, "position": place} | _garment(garment)
            for place, garment in enumerate(person.garments)
        ]


def _garment(garment: GarmentSeen | OutfitItem) -> Row:
    return {
        "part": garment.part,
        "color": garment.color,
        "share": garment.share,
        "color_share": garment.color_share,
        "confidence": garment.confidence,
    }


def _visit(event: VisitEnded) -> Row:
    return {
        "track_id": event.track_id,
        "started_at": event.started_at,
        "duration_s": event.duration_s,
        "frames": event.frames,
        "ended_by": event.ended_by,
        "sleeves": event.derived.sleeves,
        "trousers": event.derived.trousers,
    }


def _window(event: WindowClosed) -> Row:
    return _counts(event.coverage) | {
        "window_start": event.window_start,
        "window_s": event.window_s,
        "persons_min": event.persons_min,
        "persons_mean": event.persons_mean,
        "persons_max": event.persons_max,
        "visits_begun": event.visits_begun,
        "visits_ended": event.visits_ended,
        "seconds_observed": event.coverage.seconds_observed,
        "seconds_without_signal": event.coverage.seconds_without_signal,
        "coverage_share": event.coverage.share,
    }


def _counts(counted: Coverage | StreamHealth) -> Row:
    return {
        "frames_read": counted.frames_read,
        "frames_sampled": counted.frames_sampled,
        "frames_parsed": counted.frames_parsed,
        "frames_dropped": counted.frames_dropped,
    }


def frame_event(
    row: FrameRow, persons: list[PersonRow], garments: dict[int, list[PersonGarmentRow]]
) -> FrameObserved:
    """Back from the rows; persons in order, garments in order under their person's position."""
    observed = tuple(
        PersonObserved(
            track_id=person.track_id,
            box=(person.box_left, person.box_top, person.box_right, person.box_bottom),
            score=person.score,
            garments=tuple(
                GarmentSeen.model_validate(worn, from_attributes=True)
                for worn in garments.get(person.position, ())
            ),
        )
        for person in persons
    )
    return FrameObserved.model_validate(_columns(row) | {"persons": observed})


def visit_event(row: VisitRow, garments: list[VisitGarmentRow]) -> VisitEnded:
    """Back from the rows; garments in order."""
    return VisitEnded.model_validate(
        _columns(row)
        | {
            "derived": DerivedLengths.model_validate(row, from_attributes=True),
            "outfit": tuple(OutfitItem.model_validate(worn, from_attributes=True) for worn in garments),
        }
    )


def window_event(row: WindowRow, garments: list[WindowGarmentRow]) -> WindowClosed:
    """Back from the rows."""
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for worn in garments:
        counted[worn.part][worn.color] = worn.visits
    columns = _columns(row)
    coverage = Coverage.model_validate(columns | {"share": row.coverage_share})
    return WindowClosed.model_validate(columns | {"garments": counted, "coverage": coverage})


def health_event(row: HealthRow) -> StreamHealth:
    """Back from the row."""
    return StreamHealth.model_validate(_columns(row))


def _columns(row: Base) -> Row:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
