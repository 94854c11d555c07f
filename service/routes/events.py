"""Events as they happen."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal, TypeAlias

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, Query
from starlette.responses import StreamingResponse

from domain.events import Event, VisitEnded, WindowClosed
from service.asked import known_options
from service.errors import ErrorCode, ServiceError
from service.gateway import Reader
from service.routes.stats import check_kept
from service.state import Service, ServiceDep

router = APIRouter(dependencies=[Depends(known_options)])

Kind: TypeAlias = Literal["visit", "window", "health"]

_LOOK_S = 1.0
_SILENCE = 15
"""Looks without an event after which a comment is sent, so that one who has gone is noticed."""


@router.get(
    "/api/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
    summary="Events as they happen",
)
async def events(
    service: ServiceDep,
    _: Reader,
    kind: Annotated[
        list[Kind] | None, Query(description="Which kinds; all of them where it is left out")
    ] = None,
    stream: Annotated[str | None, Query(max_length=64, description="Of this stream only")] = None,
    window_s: Annotated[int | None, Query(ge=1, le=86_400, description="Windows of this length only")] = None,
    last_event_id: Annotated[str | None, Header(max_length=64, description="Go on behind this one")] = None,
) -> StreamingResponse:
    """Server-sent events: `id` is that of the event, `event` its kind, `data` the event as JSON (docs/events.md).

    Behind an event that is not known any more, all that is known comes: an event may come twice, and none of these is missed.
    """
    if service.listeners.available_tokens < 1:
        raise ServiceError(ErrorCode.BUSY, "too many listen: ask again later", retry_after_s=10.0)

    if kind and set(kind) == {"visit"}:
        check_kept(service, VisitEnded)

    def wanted(event: Event) -> bool:
        if (kind and event.kind() not in kind) or (stream and event.stream_id != stream):
            return False
        return not (window_s and isinstance(event, WindowClosed) and event.window_s != window_s)

    place = service.feed.place(last_event_id)

    async def lines() -> AsyncIterator[str]:
        async for batch in _batches(service, place):
            told = "".join(_as_text(event) for event in batch if wanted(event))
            yield told or ": nothing new\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


async def _batches(service: Service, place: int) -> AsyncIterator[list[Event]]:
    """What is new, and now and then that nothing is."""
    silent = _SILENCE
    async with service.listeners:
        while not service.closing.is_set():
            place, found = await run_sync(service.feed.after, place, _LOOK_S, limiter=service.watchers)
            silent = 0 if found else silent + 1
            if found or silent >= _SILENCE:
                silent = 0
                yield found


def _as_text(event: Event) -> str:
    return f"id: {event.event_id}\nevent: {event.kind()}\ndata: {event.model_dump_json()}\n\n"
