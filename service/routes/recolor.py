"""A garment in another colour."""

import re
from typing import Annotated, get_args

import numpy as np
from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from analytics.recoloring import recolored
from domain.events.clothing import ColorName, GarmentName
from domain.frame import BgrImage, BoolMask
from pipeline.encoding import jpeg
from pipeline.figures import PARTS_OF
from pipeline.garment_edges import along_edges, softened
from pipeline.stills import Still
from service.answers import Answer, Part
from service.bodies import checked, read_body
from service.errors import ErrorCode, ServiceError
from service.gateway import Sender
from service.models import Choice
from service.parsing import Order, with_still
from service.results import Made
from service.routes.parse import body_of
from service.state import ServiceDep
from sinks.report.swatches import SWATCHES

router = APIRouter()

_HEX = r"#[0-9a-fA-F]{6}"
_NAMES = tuple(name for name in get_args(ColorName) if name != "unknown")


def _known_color(given: str) -> str:
    if given not in _NAMES and not re.fullmatch(_HEX, given):
        raise ValueError(f"must be {', '.join(_NAMES)} or #rrggbb")
    return given


class RecolorOptions(BaseModel):
    """What is to be another colour."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    part: GarmentName = Field(description="Which garment")
    color: Annotated[str, AfterValidator(_known_color)] = Field(
        description="A name of a colour, or `#rrggbb`",
        json_schema_extra={"pattern": rf"^({_HEX}|{'|'.join(_NAMES)})$"},
    )
    person_id: int | None = Field(
        default=None, ge=1, le=255, description="Whose; everybody's where it is left out"
    )
    parser: str | None = Field(default=None, max_length=64, description="Which of the loaded parsers")


class RecolorJson(RecolorOptions):
    """A picture and a garment as JSON."""

    image: str = Field(description="An image file in base64")


class Recolored(Part):
    """A picture with a garment in another colour."""

    image_url: str = Field(description="Where it can be fetched for a while")
    pixel_count: int = Field(ge=1, description="How many pixels changed")


@router.post(
    "/api/recolor",
    openapi_extra=body_of(RecolorJson, "image", several=False),
    summary="Give a garment another colour",
)
async def recolor(request: Request, service: ServiceDep, caller: Sender) -> Answer[Recolored]:
    """The garment in that colour, with its shading kept; others stay as they were, but for what `privacy.requests` covers."""
    with service.admission.admitted(caller.priority):
        body = await read_body(request, service.limits.body_timeout_s, 1)
        picture = body.picture
        options = checked(RecolorOptions, body.fields)

        def paint(still: Still, _: Choice) -> Recolored:
            drawn, count = _painted(still, _mask(still, options), _bgr(options.color))
            name = service.results.add(Made(jpeg(drawn, 92), "image/jpeg"))
            return Recolored(image_url=f"/api/results/{name}", pixel_count=count)

        order = Order(picture, options.parser, caller)
        return Answer(data=await with_still(service, request, order, paint))


def _painted(still: Still, mask: BoolMask, color: tuple[int, int, int]) -> tuple[BgrImage, int]:
    """The picture with that garment of each person by itself in the colour, and how many pixels are of it."""
    image, hidden = still.frame.image, still.frame.hidden
    drawn, count = image, 0
    for person_id in np.unique(still.parsed.person_ids[mask]):
        garment = along_edges(image, mask & (still.parsed.person_ids == person_id))
        if hidden is not None:
            garment &= ~hidden
        drawn, count = recolored(drawn, softened(garment), color), count + int(np.count_nonzero(garment))
    if hidden is not None and drawn is not image:
        drawn[hidden] = image[hidden]
    return drawn, count


def _mask(still: Still, options: RecolorOptions) -> BoolMask:
    mask = np.isin(still.parsed.labels, PARTS_OF[options.part])
    if options.person_id is not None:
        mask &= still.parsed.person_ids == options.person_id
    if mask.any() and still.frame.hidden is not None:
        mask &= ~still.frame.hidden
        if not mask.any():
            raise ServiceError(
                ErrorCode.NOT_FOUND, f"{options.part} is covered in that picture, as privacy.requests has it"
            )
    if not mask.any():
        who = f"person {options.person_id} wears no" if options.person_id else "nobody wears"
        worn = ", ".join(_worn(still, options.person_id)) or "nothing that can be recoloured"
        raise ServiceError(
            ErrorCode.NOT_FOUND, f"{who} {options.part} in that picture; what is worn there: {worn}"
        )
    return np.asarray(mask, np.bool_)


def _worn(still: Still, person_id: int | None) -> list[str]:
    whose = still.parsed.person_ids
    labels = still.parsed.labels[whose > 0 if person_id is None else whose == person_id]
    return [part for part in get_args(GarmentName) if np.isin(labels, PARTS_OF[part]).any()]


def _bgr(color: str) -> tuple[int, int, int]:
    code = (
        color
        if re.fullmatch(_HEX, color)
        else next(one.fill for name, one in SWATCHES.items() if name == color)
    )
    return int(code[5:7], 16), int(code[3:5], 16), int(code[1:3], 16)
