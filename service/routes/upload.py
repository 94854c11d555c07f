"""A picture or a recording from a form; the result as a page."""

import base64
from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from pipeline.sources.uploads import KINDS, NoPicture, is_picture
from service.bodies import JSON, checked, kind_of, read_body
from service.errors import ErrorCode, ServiceError
from service.gateway import Caller, Sender
from service.jobs.receiving import Received, receive
from service.jobs.shown import JobShown
from service.parsed import ParsedPicture, ParseOptions
from service.parsing import parse_picture
from service.routes.jobs import declared_bytes, take
from service.routes.parse import ParseJson, body_of
from service.state import Service, ServiceDep

router = APIRouter()

_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parents[1] / "templates"), autoescape=True)
_JOB_PAGE = Path(__file__).parents[1] / "static" / "job.html"
_JOB_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@router.post(
    "/upload",
    response_class=HTMLResponse,
    openapi_extra=body_of(ParseJson, "image", several=False),
    responses={303: {"description": "It is a recording: the page of its job, where it can be watched"}},
    summary="Parse a picture or a short recording, and see the result as a page",
)
async def upload(request: Request, service: ServiceDep, caller: Sender) -> Response:
    """As `/api/parse` and `/api/jobs`, for people without a program; what cannot be done is answered as there.

    What a file is, its content says, not its name nor that of its field.
    """
    kind = kind_of(request)
    if kind == JSON or kind.startswith("image/"):
        with service.admission.admitted(caller.priority):
            body = await read_body(request, service.limits.body_timeout_s, 1)
            options = checked(ParseOptions, body.fields)
            return await _picture(service, request, body.picture, options, caller)
    with service.jobs.receiving(declared_bytes(request)) as folder:
        received = await receive(request, folder / "in", service.limits)
        if received.pictures + received.recordings != 1:
            raise ServiceError(
                ErrorCode.BAD_REQUEST, "image: one file must be given, a picture or a recording"
            )
        path = folder / "in" / "0000"
        if path.stat().st_size > service.limits.max_body_bytes or not await run_sync(is_picture, path):
            received.pictures, received.recordings = 0, 1
            job = await _taken(service, caller, received, folder)
            # Whoever loads the page again does not send the recording again.
            return RedirectResponse(f"/jobs/{job.id}", 303)
        picture = await run_sync(path.read_bytes)
    with service.admission.admitted(caller.priority):
        options = checked(ParseOptions, received.fields)
        return await _picture(service, request, picture, options, caller)


async def _taken(service: Service, caller: Caller, received: Received, folder: Path) -> JobShown:
    try:
        return await take(service, caller, received, folder)
    except NoPicture as error:
        raise NoPicture(f"{error}; nor is it a picture: those are {KINDS}") from None


@router.get("/jobs/{job_id}", include_in_schema=False)
def job_page(job_id: str) -> FileResponse:
    """It asks the API for all that it shows, with the key that its user gives it."""
    del job_id
    return FileResponse(_JOB_PAGE, headers={"content-security-policy": _JOB_POLICY})


async def _picture(
    service: Service, request: Request, picture: bytes, options: ParseOptions, caller: Caller
) -> HTMLResponse:
    seen = await parse_picture(service, request, picture, options, caller)
    # The picture is drawn.
    return HTMLResponse(await run_sync(_page, service, seen))


def _page(service: Service, seen: ParsedPicture) -> str:
    made = service.results.get((seen.colored_mask_url or "").rpartition("/")[2])
    if made is None:
        raise ServiceError(
            ErrorCode.BAD_REQUEST, "overlay: a page shows the drawn picture, so it cannot be none"
        )
    persons = "1 person" if seen.person_count == 1 else f"{seen.person_count} persons"
    drawn = base64.b64encode(made.content).decode()
    return _PAGES.get_template("upload.html.jinja").render(seen=seen, persons=persons, drawn=drawn)
