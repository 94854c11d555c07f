"""Counts every request, and notes in the audit log those that send pictures or change something."""

from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.state import Service

_LASTING = ("text/event-stream", "multipart/x-mixed-replace")
_QUIET = frozenset({"GET", "HEAD", "OPTIONS"})


class Watched:
    """Stands around everything.

    Args:
        app: What is behind it.
        service: Whose metrics and audit log.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        status, kind = 500, ""

        async def noting(message: Message) -> None:
            nonlocal status, kind
            if message["type"] == "http.response.start":
                status = message["status"]
                kind = dict(message["headers"]).get(b"content-type", b"").decode("latin-1")
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._note(scope, status, perf_counter() - began, lasting=kind.startswith(_LASTING))

    def _note(self, scope: Scope, status: int, took_s: float, *, lasting: bool) -> None:
        metrics, method = self._service.metrics, scope["method"]
        # Addresses that are none would make a series each.
        route = getattr(scope.get("route"), "path", "none")
        known = method if method in {*_QUIET, "POST", "DELETE", "PUT", "PATCH"} else "other"
        metrics.requests.labels(known, route, str(status)).inc()
        if not lasting:
            metrics.seconds.labels(route).observe(took_s)
        if method not in _QUIET:
            more: dict[str, Any] = {"ms": round(took_s * 1000)}
            client = scope.get("client")
            who = scope.get("footfall.caller", "nobody")
            did = f"{method} {scope['path'][:200]}"
            self._service.audit.note(who, client[0] if client else "", did, status, **more)
