"""Events as they happen."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Literal, TypeAlias

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, Query
from starlette.responses import StreamingResponse

from domain.events import Event, VisitEnded, WindowClosed
from service.asked import Lasting, known_options, until
from service.errors import ErrorCode, ServiceError
from service.gateway import Reader
from service.routes.stats import check_kept
from service.state import Service, ServiceDep

router = APIRouter(dependencies=[Depends(known_options)])

Kind: TypeAlias = Literal["visit", "window", "health"]

_LOOK_S = 1.0
_SILENCE = 15
"""Looks without an event after which a comment is sent, so that one who has gone is noticed."""


@dataclass(frozen=True, slots=True)
class EventsWanted:
    """Which events somebody listens to.

    Attributes:
        kinds: All of them where it is empty.
        stream: Of this stream only; None is all.
        window_s: Windows of this length only; None is all.
    """

    kinds: frozenset[str]
    stream: str | None
    window_s: int | None

    def holds(self, event: Event) -> bool:
        """Whether it is one of them."""
        if (self.kinds and event.kind() not in self.kinds) or (
            self.stream and event.stream_id != self.stream
        ):
            return False
        return not (self.window_s and isinstance(event, WindowClosed) and event.window_s != self.window_s)


def _wanted(
    kind: Annotated[
        list[Kind] | None, Query(description="Which kinds; all of them where it is left out")
    ] = None,
    stream: Annotated[str | None, Query(max_length=64, description="Of this stream only")] = None,
    window_s: Annotated[int | None, Query(ge=1, le=86_400, description="Windows of this length only")] = None,
) -> EventsWanted:
    return EventsWanted(frozenset(kind or ()), stream, window_s)


@router.get(
    "/api/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
    summary="Events as they happen",
)
async def events(
    service: ServiceDep,
    _: Reader,
    wanted: Annotated[EventsWanted, Depends(_wanted)],
    last_event_id: Annotated[str | None, Header(max_length=64, description="Go on behind this one")] = None,
    for_s: Lasting = None,
) -> StreamingResponse:
    """Server-sent events: `id` is that of the event, `event` its kind, `data` the event as JSON (docs/events.md).

    Behind an event that is not known any more, all that is known comes: an event may come twice, and none of these is missed.
    """
    if service.listeners.available_tokens < 1:
        raise ServiceError(ErrorCode.BUSY, "too many listen: ask again later", retry_after_s=10.0)

    if wanted.kinds == {"visit"}:
        check_kept(service, VisitEnded)

    place = service.feed.place(last_event_id)

    async def lines() -> AsyncIterator[str]:
        async for batch in _batches(service, place, until(for_s)):
            told = "".join(_as_text(event) for event in batch if wanted.holds(event))
            yield told or ": nothing new\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


async def _batches(service: Service, place: int, end: float) -> AsyncIterator[list[Event]]:
    """What is new, and now and then that nothing is."""
    silent = _SILENCE
    async with service.listeners:
        while not service.closing.is_set() and monotonic() < end:
            place, found = await run_sync(service.feed.after, place, _LOOK_S, limiter=service.watchers)
            silent = 0 if found else silent + 1
            if found or silent >= _SILENCE:
                silent = 0
                yield found


def _as_text(event: Event) -> str:
    return f"id: {event.event_id}\nevent: {event.kind()}\ndata: {event.model_dump_json()}\n\n"
