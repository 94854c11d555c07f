"""What was worn together."""

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import Field

from domain.events import VisitEnded
from service.answers import Answer, Part
from service.asked import known_options
from service.gateway import Reader
from service.routes.stats import CSV, Form, Limit, Period, as_table, check_kept, store_of
from service.state import ServiceDep
from sinks.sql.outfits import OutfitCount, WornPart

router = APIRouter(prefix="/api/stats", dependencies=[Depends(known_options)])


class Worn(Part):
    """A garment."""

    part: str
    color: str

    @classmethod
    def of(cls, worn: WornPart | None) -> "Worn | None":
        """As it is stored."""
        return cls(part=worn.part, color=worn.color) if worn else None


class Outfit(Part):
    """Clothes that were worn together."""

    upper: Worn | None = Field(description="Upper clothes, dress or coat; null where none was recognised")
    lower: Worn | None = Field(description="Trousers or skirt; null where none was recognised")
    visits: int = Field(description="How many wore these")

    @classmethod
    def of(cls, counted: OutfitCount) -> "Outfit":
        """As it is counted."""
        return cls(upper=Worn.of(counted.upper), lower=Worn.of(counted.lower), visits=counted.visits)


class Outfits(Part):
    """The most frequent ones first."""

    outfits: tuple[Outfit, ...]


@router.get(
    "/outfits", response_model=Answer[Outfits], responses=CSV, summary="Visits by what was worn together"
)
def outfits(service: ServiceDep, _: Reader, period: Period, limit: Limit = 100, form: Form = "json") -> Any:
    """What was worn above and below the waist. Of several garments of a visit, the one counts that covered most."""
    check_kept(service, VisitEnded)
    found = [Outfit.of(one) for one in store_of(service).outfits(period, limit)]
    if form == "csv":
        names = ["upper", "upper_color", "lower", "lower_color", "visits"]
        return as_table(names, ([*_cells(one.upper), *_cells(one.lower), one.visits] for one in found))
    return Answer(data=Outfits(outfits=tuple(found)))


def _cells(worn: Worn | None) -> list[str]:
    return [worn.part, worn.color] if worn else ["", ""]
