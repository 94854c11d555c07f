"""Jobs: pictures and recordings that are taken now and worked off later."""

from pathlib import Path as FilePath
from typing import Annotated, Any, TypeAlias

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import Field

from pipeline.sources.uploads import is_picture
from service.answers import Answer
from service.bodies import checked
from service.errors import ErrorCode, ServiceError
from service.gateway import Caller, Reader, Sender
from service.hosts import require_allowed_recording
from service.jobs.queue import NewJob
from service.jobs.receiving import Received, receive
from service.jobs.shown import JobKind, JobOptions, Jobs, JobShown, JobState
from service.state import Service, ServiceDep

router = APIRouter(prefix="/api/jobs")

JobId: TypeAlias = Annotated[str, Path(max_length=64, description="Id of the job")]


class JobJson(JobOptions):
    """Pictures, or the address of a recording, as JSON."""

    images: list[str] | None = Field(default=None, min_length=1, description="Image files in base64")
    source: str | None = Field(
        default=None,
        description="`http://` or `https://` address of a recording, with a host of `service.allowed_hosts`; admins only",
    )


def _body() -> dict[str, Any]:
    schema = JobJson.model_json_schema()
    options = {name: told for name, told in schema["properties"].items() if name not in {"images", "source"}}
    binary = {"type": "string", "contentMediaType": "application/octet-stream"}
    files = {"image": {"type": "array", "items": binary}, "recording": binary}
    form = {"type": "object", "properties": {**files, **options}}
    content: dict[str, Any] = {
        "application/json": {"schema": schema},
        "multipart/form-data": {"schema": form},
        "video/*": {"schema": binary},
        "image/*": {"schema": binary},
    }
    return {"requestBody": {"required": True, "content": content}}


@router.post(
    "",
    status_code=202,
    openapi_extra=_body(),
    summary="Send a job",
)
async def send(
    request: Request,
    service: ServiceDep,
    caller: Sender,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1, max_length=128, description="The same once more gives the same job, not another one"
        ),
    ] = None,
) -> Answer[JobShown]:
    """Pictures, or one recording. The answer comes as soon as all of it is on the disk; then it is done, once, come what may."""
    known = await run_sync(service.jobs.known, caller.name, idempotency_key)
    if known is not None:
        return Answer(data=known)
    with service.jobs.receiving(declared_bytes(request)) as folder:
        received = await receive(request, folder / "in", service.limits)
        return Answer(data=await take(service, caller, received, folder, idempotency_key))


async def take(
    service: Service, caller: Caller, received: Received, folder: FilePath, repeat_key: str | None = None
) -> JobShown:
    """Look at a job that has come, and take it.

    Args:
        service: Takes it.
        caller: Who sends it.
        received: What has come.
        folder: From `JobQueue.receiving`.
        repeat_key: What the client calls its request.

    Raises:
        ServiceError: It cannot be taken.
        UsageError: What was sent cannot be used.
    """
    options = checked(JobOptions, received.fields)
    kind = _kind(received)
    if received.source is not None:
        _check_source(service, caller, received.source)
    # A job keeps the parser that it was sent for, so it is no part of a trial.
    model = options.parser or service.models.active
    service.models.chosen(model)
    caller.require_model(model)
    await run_sync(_look_at, service, kind, received, options, folder / "in")
    new = NewJob(kind, caller.name, model, options, received.source, repeat_key)
    return await run_sync(service.jobs.accept, new, folder)


@router.get("", summary="List jobs")
def jobs(
    service: ServiceDep,
    caller: Reader,
    state: Annotated[JobState | None, Query(description="In this state only")] = None,
    after: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Most in a page")] = 50,
) -> Answer[Jobs]:
    """Those of one's own key, the newest first; an admin sees everybody's."""
    found = service.jobs.page(whose(caller), state, after, limit + 1)
    following = found[limit - 1].id if len(found) > limit else None
    return Answer(data=Jobs(jobs=tuple(found[:limit]), next=following))


@router.get("/{job_id}", summary="How a job fares")
def job(job_id: JobId, service: ServiceDep, caller: Reader) -> Answer[JobShown]:
    """With addresses of what it has made, when it is done."""
    return Answer(data=service.jobs.shown(job_id, whose(caller)))


@router.delete("/{job_id}", summary="Cancel or forget a job")
def remove(job_id: JobId, service: ServiceDep, caller: Sender) -> Answer[JobShown]:
    """One that has not ended is cancelled; one that has is forgotten, and what it has made is removed."""
    return Answer(data=service.jobs.remove(job_id, whose(caller)))


def whose(caller: Caller) -> str | None:
    """Whose jobs somebody may see: None is everybody's."""
    return None if caller.may("admin") else caller.name


def declared_bytes(request: Request) -> int:
    """Bytes that a request says it has; 0 where it does not say."""
    said = request.headers.get("content-length", "0")
    return int(said) if said.isdigit() else 0


def _kind(received: Received) -> JobKind:
    if received.pictures and not received.recordings and received.source is None:
        return "pictures"
    if not received.pictures and received.recordings + (received.source is not None) == 1:
        return "recording"
    raise ServiceError(
        ErrorCode.BAD_REQUEST,
        "a job has pictures (image), or one recording (recording): send one or the other",
    )


def _check_source(service: Service, caller: Caller, source: str) -> None:
    if not caller.may("admin"):
        raise ServiceError(
            ErrorCode.FORBIDDEN, f"the key {caller.name} may not name addresses: send the recording itself"
        )
    require_allowed_recording(source, service.limits.allowed_hosts)


def _look_at(
    service: Service, kind: JobKind, received: Received, options: JobOptions, folder: FilePath
) -> None:
    """What is no picture at all, and no recording, is refused at once; one bad picture does not fail the others."""
    if kind == "recording" and received.source is None:
        service.recordings.check(folder / "0000", options.fps)
    if kind == "pictures" and not any(is_picture(path) for path in folder.iterdir()):
        raise ServiceError(ErrorCode.NO_PICTURE, "nothing of that is a picture that is read here")
