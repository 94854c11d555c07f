"""A picture from a form; the result as a page."""

import base64
from pathlib import Path

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse

from service.bodies import checked, read_body
from service.errors import ErrorCode, ServiceError
from service.gateway import Sender
from service.parsed import ParsedPicture, ParseOptions
from service.parsing import parse_picture
from service.routes.parse import ParseJson, body_of
from service.state import Service, ServiceDep

router = APIRouter()

_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parents[1] / "templates"), autoescape=True)


@router.post(
    "/upload",
    response_class=HTMLResponse,
    openapi_extra=body_of(ParseJson, "image", several=False),
    summary="Parse a picture, and see the result as a page",
)
async def upload(request: Request, service: ServiceDep, caller: Sender) -> HTMLResponse:
    """As `/api/parse`, for people without a program; what cannot be done is answered as there."""
    with service.admission.admitted(caller.priority):
        body = await read_body(request, service.limits.body_timeout_s, 1)
        picture = body.picture
        options = checked(ParseOptions, body.fields)
        seen = await parse_picture(service, request, picture, options, caller)
    return HTMLResponse(_page(service, seen))


def _page(service: Service, seen: ParsedPicture) -> str:
    made = service.results.get((seen.colored_mask_url or "").rpartition("/")[2])
    if made is None:
        raise ServiceError(
            ErrorCode.BAD_REQUEST, "overlay: a page shows the drawn picture, so it cannot be none"
        )
    persons = "1 person" if seen.person_count == 1 else f"{seen.person_count} persons"
    drawn = base64.b64encode(made.content).decode()
    return _PAGES.get_template("upload.html.jinja").render(seen=seen, persons=persons, drawn=drawn)
