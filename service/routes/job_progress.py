"""The progress of a job as it happens."""

import asyncio

from anyio.to_thread import run_sync
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from service.answers import Answer
from service.errors import ErrorCode, ServiceError
from service.gateway import Needs
from service.handlers import answer_of
from service.jobs.shown import ENDED, JobShown
from service.routes.jobs import whose
from service.state import Service, service_of

router = APIRouter()

PROTOCOL = "footfall"
_LOOK_S = 1.0
_AT_MOST_EVERY_S = 0.2
_GOING_AWAY, _FORGOTTEN = 1001, 4404


@router.websocket("/ws/jobs/{job_id}")
async def progress(socket: WebSocket, job_id: str) -> None:
    """Sends what `GET /api/jobs/{job_id}` answers, at once and whenever it has changed, and closes when the job has ended.

    A key comes as a header, or from browsers as a second subprotocol behind `footfall`: `key.` and the key.
    """
    service = await service_of(socket)
    try:
        owner = whose(await Needs("read")(socket))
        first = await run_sync(service.jobs.shown, job_id[:64], owner)
        if service.listeners.available_tokens < 1:
            raise ServiceError(ErrorCode.BUSY, "too many listen: ask again later", retry_after_s=10.0)
    except ServiceError as error:
        await socket.send_denial_response(answer_of(error))
        return
    offered = socket.scope.get("subprotocols", ())
    await socket.accept(subprotocol=PROTOCOL if PROTOCOL in offered else None)
    async with service.listeners:
        gone = asyncio.create_task(_until_gone(socket))
        try:
            await _tell(service, socket, first, owner, gone)
        except WebSocketDisconnect:
            pass
        finally:
            gone.cancel()


async def _until_gone(socket: WebSocket) -> None:
    """Whatever is sent here is not looked at."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _tell(
    service: Service, socket: WebSocket, shown: JobShown, owner: str | None, gone: "asyncio.Task[None]"
) -> None:
    version, told = 0, None
    while not gone.done():
        if shown != told:
            await socket.send_text(Answer(data=shown).model_dump_json())
            told = shown
        if shown.state in ENDED:
            await socket.close()
            return
        await asyncio.wait([gone], timeout=_AT_MOST_EVERY_S)
        if service.closing.is_set():
            await socket.close(_GOING_AWAY, "the service is about to end")
            return
        version = await run_sync(service.jobs.changed_since, version, _LOOK_S, limiter=service.watchers)
        try:
            shown = await run_sync(service.jobs.shown, shown.id, owner)
        except ServiceError:
            await socket.close(_FORGOTTEN, "there is no such job any more")
            return
