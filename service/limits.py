"""What stands before everything else: the size of a request, and the headers of every answer."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import ErrorCode, ServiceError

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Of every answer; one that has such a header itself keeps its own. Answers are not kept by caches unless they say so."""


_ON_DISK = (b"multipart/form-data", b"video/", b"application/octet-stream")
_LONGEST_NUMBER = 18


class SafeHeaders:
    """Puts the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


class BodyLimit:
    """Refuses a request that has too many bytes: by what it says of itself, else while it comes.

    FastAPI's own limit answers in plain text where a request says its length, and every answer here is JSON.

    Args:
        app: What is behind it.
        most: Bytes.
        larger: Bytes for each of these paths, where what comes goes to the disk: forms and files, but not JSON.
    """

    def __init__(self, app: ASGIApp, most: int, larger: Mapping[str, int] = MappingProxyType({})) -> None:
        self._app, self._most, self._larger = app, most, larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        said, got = headers.get(b"content-length", b"0"), 0
        kind = headers.get(b"content-type", b"").strip().lower()
        most = self._larger.get(scope["path"], self._most) if kind.startswith(_ON_DISK) else self._most
        if not said.isdigit() or len(said) > _LONGEST_NUMBER or int(said) > most:
            await self._refuse(most, scope, receive, send)
            return

        async def limited() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > most:
                raise ServiceError(ErrorCode.BODY_TOO_LARGE, _too_large(most))
            return message

        await self._app(scope, limited, send)

    async def _refuse(self, most: int, scope: Scope, receive: Receive, send: Send) -> None:
        code = ErrorCode.BODY_TOO_LARGE
        content = {"code": code.number, "message": _too_large(most), "data": None}
        # What is still on its way is thrown away, for a while (`service.connections`): closing now would break the answer off.
        await JSONResponse(content, code.status)(scope, receive, send)


def _too_large(most: int) -> str:
    return (
        f"the request has more than {most} bytes: send less at a time, or raise service.max_body_bytes, and "
        "service.jobs.max_recording_bytes for jobs"
    )
