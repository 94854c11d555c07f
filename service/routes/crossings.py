"""Who crossed which line."""

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import Field

from domain.events import LineCrossed
from service.answers import Answer, Part
from service.asked import known_options
from service.gateway import Reader
from service.routes.stats import CSV, Form, Period, as_table, check_kept, store_of
from service.state import ServiceDep

router = APIRouter(prefix="/api/stats", dependencies=[Depends(known_options)])


class LineCrossings(Part):
    """Sums of a line."""

    stream_id: str
    line: str = Field(description="Name of the line, as in `cameras[].lines`")
    came_in: int = Field(description="Crossings inwards, staff included")
    went_out: int = Field(description="Crossings outwards, staff included")


class Crossings(Part):
    """Every line that somebody crossed."""

    lines: tuple[LineCrossings, ...]


@router.get("/crossings", response_model=Answer[Crossings], responses=CSV, summary="Crossings of each line")
def crossings(service: ServiceDep, _: Reader, period: Period, form: Form = "json") -> Any:
    """How many came in and went out."""
    check_kept(service, LineCrossed)
    found = [
        LineCrossings(stream_id=one.stream_id, line=one.line, came_in=one.came_in, went_out=one.went_out)
        for one in store_of(service).crossings(period)
    ]
    if form == "csv":
        return as_table(list(LineCrossings.model_fields), (list(one.model_dump().values()) for one in found))
    return Answer(data=Crossings(lines=tuple(found)))
