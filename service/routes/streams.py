"""Cameras: list, add, change, stop, and see."""

from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Any, TypeAlias

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from domain.errors import UsageError
from pipeline.latest import LatestPicture
from service.answers import Answer, Part
from service.asked import Lasting, until
from service.cameras import StreamShown
from service.drawn import Drawn
from service.errors import ErrorCode, ServiceError
from service.gateway import Admin, Reader
from service.given import JsonOf
from service.previews import Look
from service.state import Service, ServiceDep

router = APIRouter(prefix="/api/streams")

StreamId: TypeAlias = Annotated[str, Path(max_length=64, description="Name of the stream")]
Width: TypeAlias = Annotated[int, Query(ge=64, le=4096, description="Widest, pixels")]
Overlay: TypeAlias = Annotated[
    Drawn | None,
    Query(
        description="How the picture is drawn, as the camera's settings say where it is left out; `none` draws nothing on it"
    ),
]

_BOUNDARY = "footfall"
_NEWER_S = 1.0
_FIRST_S = 5.0


class StreamGiven(BaseModel):
    """A camera, as in a settings file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str | None = Field(
        default=None, max_length=64, description="Its name; made from the address where it is left out"
    )
    source: str | dict[str, Any] = Field(
        description="`rtsp://...`, `synthetic:...`, or the keys of such a source"
    )
    sampling: dict[str, Any] | None = Field(
        default=None, description="As `cameras[].sampling` in docs/configuration.md"
    )
    tracker: str | dict[str, Any] | None = Field(default=None, description="As `cameras[].tracker`")
    analytics: dict[str, Any] | None = Field(default=None, description="As `cameras[].analytics`")


_STREAM = JsonOf(StreamGiven)


class Streams(Part):
    """All of them."""

    streams: tuple[StreamShown, ...]


class Stopped(Part):
    """What was stopped."""

    id: str


@router.get("", summary="List cameras")
def streams(service: ServiceDep, _: Reader) -> Answer[Streams]:
    """Every camera and recording, and how it fares."""
    return Answer(data=Streams(streams=tuple(service.cameras.all())))


@router.post("", openapi_extra=_STREAM.told, summary="Add a camera")
def add(
    given: Annotated[StreamGiven, Depends(_STREAM)], service: ServiceDep, _: Admin
) -> Answer[StreamShown]:
    """It is opened before the answer comes, and added again after a restart."""
    return Answer(data=service.cameras.add(given.model_dump(exclude_none=True)))


@router.get("/{stream_id}", summary="How a camera fares")
def stream(stream_id: StreamId, service: ServiceDep, _: Reader) -> Answer[StreamShown]:
    """One of them."""
    return Answer(data=service.cameras.shown(stream_id))


@router.post("/{stream_id}", openapi_extra=_STREAM.told, summary="Change a camera")
def change(
    stream_id: StreamId, given: Annotated[StreamGiven, Depends(_STREAM)], service: ServiceDep, _: Admin
) -> Answer[StreamShown]:
    """It ends in order, and begins again with these settings."""
    return Answer(data=service.cameras.change(stream_id, given.model_dump(exclude_none=True)))


@router.delete("/{stream_id}", summary="Stop a camera")
def stop(stream_id: StreamId, service: ServiceDep, _: Admin) -> Answer[Stopped]:
    """It ends in order: what was read is counted. A camera of the settings is there again after a restart."""
    service.cameras.remove(stream_id)
    return Answer(data=Stopped(id=stream_id))


@router.get(
    "/{stream_id}/snapshot.jpg",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
    summary="The newest picture",
)
async def snapshot(
    stream_id: StreamId,
    service: ServiceDep,
    _: Reader,
    width: Width = 1920,
    overlay: Overlay = None,
) -> Response:
    """As a JPEG file. The first one of a camera that has just begun is waited for a moment."""
    picture = await run_sync(_picture, service, stream_id, 0, 0.0)
    if picture is None and service.viewers.available_tokens >= 1:
        async with service.viewers:
            picture = await run_sync(_picture, service, stream_id, 0, _FIRST_S, limiter=service.watchers)
    if picture is None:
        raise ServiceError(ErrorCode.NOT_FOUND, f"{stream_id} has no picture yet: ask again when it runs")
    made = await run_sync(service.previews.of, picture, Look(width, overlay))
    return Response(made, media_type="image/jpeg")


@router.get(
    "/{stream_id}/preview.mjpg",
    response_class=StreamingResponse,
    responses={200: {"content": {"multipart/x-mixed-replace": {}}}},
    summary="The picture as it changes",
)
async def preview(
    stream_id: StreamId,
    service: ServiceDep,
    _: Reader,
    width: Width = 960,
    overlay: Overlay = None,
    for_s: Lasting = None,
) -> StreamingResponse:
    """JPEG files, one after the other, each in the place of the one before (MJPEG); browsers show it as a picture that moves."""
    service.cameras.shown(stream_id)
    if service.viewers.available_tokens < 1:
        raise ServiceError(ErrorCode.BUSY, "too many look at cameras: ask again later", retry_after_s=10.0)
    pictures = _pictures(service, stream_id, Look(width, overlay), until(for_s))
    return StreamingResponse(pictures, media_type=f"multipart/x-mixed-replace; boundary={_BOUNDARY}")


async def _pictures(service: Service, stream_id: str, look: Look, end: float) -> AsyncIterator[bytes]:
    """Parts of the answer. The same picture comes again where no other does, so that one who has gone is noticed."""
    number, part = 0, b""

    def following() -> tuple[int, bytes] | None:
        picture = _picture(service, stream_id, number, _NEWER_S)
        return (picture.number, service.previews.of(picture, look)) if picture else None

    async with service.viewers:
        while not service.closing.is_set() and monotonic() < end:
            try:
                made = await run_sync(following, limiter=service.watchers)
            except ServiceError:
                return
            if made is not None:
                number, part = made[0], _part(made[1])
            if part:
                yield part


def _part(content: bytes) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def _picture(service: Service, stream_id: str, newer_than: int, timeout_s: float) -> LatestPicture | None:
    try:
        return service.runtime.picture(stream_id, newer_than=newer_than, timeout_s=timeout_s)
    except UsageError as error:
        raise ServiceError(ErrorCode.NOT_FOUND, str(error)) from None
