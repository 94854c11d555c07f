"""One picture, and several."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, Response

from pipeline.executor import Priority
from service.answers import Answer, ErrorAnswer, Part
from service.bodies import Body, checked, read_body
from service.errors import ErrorCode, ServiceError
from service.gateway import Caller, Reader, Sender
from service.handlers import as_service_error
from service.parsed import ParsedPicture, ParseOptions
from service.parsing import parse_picture
from service.state import Service, ServiceDep

router = APIRouter()

_KINDS = (
    "image/jpeg", "image/png", "application/json", "application/x-ndjson", "video/mp4", "text/html", "application/zip",
)  # fmt: skip
# Its styles and scripts are in it; it may do nothing in the name of this page.
_REPORT_POLICY = (
    "sandbox allow-scripts allow-popups; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data:; font-src data:; base-uri 'none'; frame-ancestors 'none'"
)


class ParseJson(ParseOptions):
    """A picture as JSON."""

    image: str = Field(description="An image file in base64; a `data:` URL is taken, too")


class BatchJson(ParseOptions):
    """Several pictures as JSON."""

    images: list[str] = Field(min_length=1, description="Image files in base64")


class Batch(Part):
    """What became of each picture, in the order in which they were sent."""

    items: tuple[Answer[ParsedPicture] | ErrorAnswer, ...]


def body_of(model: type[BaseModel], file: str, *, several: bool) -> dict[str, Any]:
    """What OpenAPI says of a request that takes JSON, a form, or a picture as it is."""
    schema = model.model_json_schema()
    options = {name: told for name, told in schema["properties"].items() if name not in {"image", "images"}}
    binary = {"type": "string", "contentMediaType": "application/octet-stream"}
    files = {"type": "array", "items": binary, "minItems": 1} if several else binary
    form = {"type": "object", "properties": {file: files, **options}, "required": [file]}
    content: dict[str, Any] = {
        "application/json": {"schema": schema},
        "multipart/form-data": {"schema": form},
    }
    if not several:
        content["image/*"] = {"schema": binary}
    return {"requestBody": {"required": True, "content": content}}


@router.post(
    "/api/parse", openapi_extra=body_of(ParseJson, "image", several=False), summary="Parse a picture"
)
async def parse(request: Request, service: ServiceDep, caller: Sender) -> Answer[ParsedPicture]:
    """Who is in a picture, every part of them, and what they wear in which colour."""
    with service.admission.admitted(caller.priority):
        body = await read_body(request, service.limits.body_timeout_s, 1)
        picture = body.picture
        options = checked(ParseOptions, body.fields)
        return Answer(data=await parse_picture(service, request, picture, options, caller))


@router.post(
    "/batch/parse", openapi_extra=body_of(BatchJson, "image", several=True), summary="Parse several pictures"
)
async def batch(request: Request, service: ServiceDep, caller: Sender) -> Answer[Batch]:
    """Answers come in order, and one bad picture does not fail the others. Their turns come after those of single pictures."""
    later = Caller(caller.name, caller.role, caller.models, Priority.BATCH)
    with service.admission.admitted(Priority.BATCH):
        body = await read_body(request, service.limits.body_timeout_s, service.limits.max_pictures)
        options = checked(ParseOptions, body.fields)
        if options.parser is not None:
            service.models.chosen(options.parser)
        return Answer(data=Batch(items=await _each(service, request, body, options, later)))


@router.get(
    "/api/results/{name}",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in _KINDS}}},
    summary="Fetch a result",
)
def result(name: Annotated[str, Path(max_length=64)], service: ServiceDep, _: Reader) -> Response:
    """A drawn picture, or what a job has made, until it expires. Files of jobs are also given in part (`Range`)."""
    made = service.results.get(name)
    if made is not None:
        return Response(made.content, media_type=made.media_type)
    kept = service.jobs.file(name)
    if kept is None:
        raise ServiceError(ErrorCode.NOT_FOUND, "there is no such result, or not any more: send it again")
    path, file = kept
    headers = {"content-security-policy": _REPORT_POLICY} if file.kind == "report" else {}
    return FileResponse(path, media_type=file.media_type, headers=headers)


async def _each(
    service: Service, request: Request, body: Body, options: ParseOptions, caller: Caller
) -> tuple[Answer[ParsedPicture] | ErrorAnswer, ...]:
    answers: list[Answer[ParsedPicture] | ErrorAnswer] = []
    for picture in body.pictures:
        try:
            if isinstance(picture, ServiceError):
                raise picture
            answers.append(Answer(data=await parse_picture(service, request, picture, options, caller)))
        except Exception as error:  # noqa: BLE001 - what is no answer is raised again
            told = as_service_error(error)
            if told.code is ErrorCode.CLIENT_GONE:
                raise told from None
            answers.append(ErrorAnswer(code=told.code.number, message=str(told)))
    return tuple(answers)
