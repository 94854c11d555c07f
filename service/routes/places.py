"""Lines, zones and rooms by interval."""

from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from domain.events import EventPart, LineCounts, RoomCounts, ZoneCounts
from service.asked import known_options
from service.gateway import Reader
from service.routes.stats import Behind, Limit, Period, WindowLength, rows_of_windows
from service.state import ServiceDep
from sinks.sql.reader import EventFilter

router = APIRouter(prefix="/api/stats", dependencies=[Depends(known_options)])

Places: TypeAlias = Literal["lines", "zones", "rooms"]
_COUNTS: dict[Places, type[EventPart]] = {"lines": LineCounts, "zones": ZoneCounts, "rooms": RoomCounts}
_WINDOW = ("stream_id", "window_start", "window_s", "coverage.share")


@router.get(
    "/windows/{places}.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
    summary="Lines, zones or rooms by interval, as a table",
)
def places_by_window(
    service: ServiceDep,
    _: Reader,
    places: Annotated[Places, Path(description="Which of them")],
    period: Period,
    window_s: WindowLength = None,
    limit: Limit = 1000,
    after: Behind = None,
) -> Response:
    """A row for each of them in each window; `limit` counts windows. As JSON they stand in `/api/stats/windows`."""
    wanted = EventFilter(period.since, period.until, period.stream_id, window_s=window_s)
    names = [*_WINDOW, *_COUNTS[places].model_fields]
    return rows_of_windows(service, wanted, (limit, after), names, f"window_{places}")
