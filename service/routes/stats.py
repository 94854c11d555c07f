"""What was counted."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from domain.events import Event, VisitEnded, WindowClosed
from service.answers import Answer, Part, long
from service.asked import Moment, known_options
from service.errors import ErrorCode, ServiceError
from service.gateway import Reader
from service.state import Service, ServiceDep
from sinks.sql.paging import Page, StoredEvents
from sinks.sql.reader import EventFilter

router = APIRouter(prefix="/api/stats", dependencies=[Depends(known_options)])

_DAY = timedelta(days=1)
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
"""What OpenAPI says of an answer that can be a table."""


def _period(
    since: Annotated[
        Moment | None, Query(description="From this moment on; a day ago where nothing is said")
    ] = None,
    until: Annotated[Moment | None, Query(description="Before this moment")] = None,
    stream: Annotated[str | None, Query(max_length=64, description="Of this stream only")] = None,
) -> EventFilter:
    if since is None and until is None:
        since = datetime.now(UTC) - _DAY
    if since is not None and until is not None and until <= since:
        raise ServiceError(ErrorCode.BAD_REQUEST, "until: must be later than since")
    return EventFilter(since=since, until=until, stream_id=stream)


Period: TypeAlias = Annotated[EventFilter, Depends(_period)]
Form: TypeAlias = Annotated[
    Literal["json", "csv"], Query(alias="format", description="`csv`: a table for spreadsheets")
]
WindowLength: TypeAlias = Annotated[
    int | None, Query(ge=1, le=86_400, description="Of this length only, seconds")
]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=10_000, description="How many at most")]
Behind: TypeAlias = Annotated[str | None, Query(max_length=512, description="`next` of the page before")]


class StreamTotals(Part):
    """Sums of a stream."""

    stream_id: str
    frames: int = Field(description="Parsed frames that are stored")
    persons_max: int
    persons_mean: float
    visits: int = Field(description="Visits that ended")


class Totals(Part):
    """Sums of every stream that was seen."""

    streams: tuple[StreamTotals, ...]


class Clothing(Part):
    """Visits by garment and its colour, and by what covers upper and lower body, whatever it is called."""

    garments: dict[str, dict[str, int]]
    body: dict[str, dict[str, int]]


class WindowPage(Part):
    """Windows by the moment they ended; docs/events.md says what is in them."""

    windows: tuple[WindowClosed, ...]
    next: str | None = Field(description="What to send as `after` for the following ones; null at the end")


class VisitPage(Part):
    """Visits by the moment they ended; docs/events.md says what is in them."""

    visits: tuple[VisitEnded, ...]
    next: str | None = Field(description="What to send as `after` for the following ones; null at the end")


@router.get("/totals", response_model=Answer[Totals], responses=CSV, summary="Sums of each stream")
def totals(service: ServiceDep, _: Reader, period: Period, form: Form = "json") -> Any:
    """Frames, persons and visits."""
    found = [
        StreamTotals(
            stream_id=one.stream_id,
            frames=one.frames,
            persons_max=one.persons_max,
            persons_mean=one.persons_mean,
            visits=one.visits,
        )
        for one in store_of(service).totals(period)
    ]
    if form == "csv":
        return as_table(list(StreamTotals.model_fields), (list(one.model_dump().values()) for one in found))
    return Answer(data=Totals(streams=tuple(found)))


@router.get(
    "/clothing", response_model=Answer[Clothing], responses=CSV, summary="Visits by garment and colour"
)
def clothing(service: ServiceDep, _: Reader, period: Period, form: Form = "json") -> Any:
    """How many visits wore each garment, and something on upper and lower body, by its colour."""
    garments, body = (store_of(service).clothing(period, table) for table in ("visit_garments", "visit_body"))
    if form == "csv":
        rows = (
            [part, color, count]
            for part, colors in (body | garments).items()
            for color, count in colors.items()
        )
        return as_table(["garment", "color", "visits"], rows)
    return Answer(data=Clothing(garments=garments, body=body))


@router.get("/windows", response_model=Answer[WindowPage], responses=CSV, summary="Counts by interval")
def windows(
    service: ServiceDep,
    _: Reader,
    period: Period,
    window_s: WindowLength = None,
    limit: Limit = 1000,
    after: Behind = None,
    form: Form = "json",
) -> Any:
    """Persons, visits, garments, lines, zones, rooms and coverage of each window that has closed."""
    wanted = EventFilter(period.since, period.until, period.stream_id, window_s=window_s)
    if form == "csv":
        return rows_of_windows(service, wanted, (limit, after), _WINDOW)
    page = _page(service, WindowClosed, wanted, limit, after)
    return long(Answer[WindowPage](data=WindowPage(windows=page.events, next=page.following)))


def _outfit(visit: VisitEnded) -> str:
    unnamed = [f"{group.color} {group.part}" for group in visit.body if group.garment == "unknown"]
    return "; ".join([*unnamed, *(f"{worn.color} {worn.part}" for worn in visit.outfit)])


@router.get("/visits", response_model=Answer[VisitPage], responses=CSV, summary="Visits")
def visits(
    service: ServiceDep,
    _: Reader,
    period: Period,
    limit: Limit = 1000,
    after: Behind = None,
    form: Form = "json",
) -> Any:
    """Who came, for how long, in what."""
    check_kept(service, VisitEnded)
    page = _page(service, VisitEnded, period, limit, after)
    if form == "csv":
        rows = ([*_row(_VISIT, visit), _outfit(visit)] for visit in page.events)
        return as_table([*_VISIT, "outfit"], rows, page.following)
    return long(Answer[VisitPage](data=VisitPage(visits=page.events, next=page.following)))


_WINDOW = (
    "stream_id", "window_start", "window_s", "persons_min", "persons_mean", "persons_max", "visits_begun", "visits_ended",
    "coverage.share", "staff_ended", "staff_mean", "groups_ended", "grouped_ended", "visitors_first", "visitors_again",
)  # fmt: skip
_VISIT = ("stream_id", "started_at", "event_time", "duration_s", "track_id", "ended_by")


def store_of(service: Service) -> StoredEvents:
    """The store that the settings name.

    Raises:
        ServiceError: They name none.
    """
    if service.stored is None:
        raise ServiceError(ErrorCode.NOT_FOUND, "the settings name no SQL store: add sinks.sql")
    return service.stored


def check_kept(service: Service, kind: type[Event]) -> None:
    """Whether the settings let events of that kind leave.

    Raises:
        ServiceError: They do not.
    """
    events = service.settings.privacy.leaving
    if not kind.leaves_with(events):
        raise ServiceError(ErrorCode.NOT_KEPT, f"not kept by privacy.events: {events}")


def rows_of_windows(
    service: Service,
    wanted: EventFilter,
    paging: tuple[int, str | None],
    names: Sequence[str],
    inner: str | None = None,
) -> Response:
    """Windows as a table, or what is inside them.

    Args:
        service: Has the store.
        wanted: Which windows.
        paging: How many at most, and `next` of the page before.
        names: Of the columns; those of the coverage begin with `coverage.`.
        inner: The table of what is inside.

    Raises:
        ServiceError: There is no store, or that was no page before.
    """
    try:
        page = store_of(service).rows(WindowClosed, wanted, *paging, inner=inner)
    except ValueError as error:
        raise ServiceError(ErrorCode.BAD_REQUEST, f"after: {error}") from None
    columns = [name.replace(".", "_") for name in names]
    return as_table(names, ([_cell(row[name]) for name in columns] for row in page.rows), page.following)


def _cell(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _page(service: Service, kind: type[Any], wanted: EventFilter, limit: int, after: str | None) -> Page[Any]:
    try:
        return store_of(service).page(kind, wanted, limit, after)
    except ValueError as error:
        raise ServiceError(ErrorCode.BAD_REQUEST, f"after: {error}") from None


def _row(names: Sequence[str], event: VisitEnded) -> list[Any]:
    content = event.model_dump(mode="json")
    return [content[name] for name in names]


def as_table(names: Sequence[str], rows: Iterable[Sequence[Any]], following: str | None = None) -> Response:
    """A CSV file (RFC 4180); what to ask the next page with stands in its head."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(rows)
    headers = {"x-next": following} if following else {}
    return Response(text.getvalue(), media_type="text/csv", headers=headers)
