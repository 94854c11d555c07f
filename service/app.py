"""Puts the service together as an ASGI application."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from service.answers import ErrorAnswer
from service.handlers import add_handlers
from service.limits import BodyLimit, SafeHeaders
from service.routes import (
    crossings,
    docs,
    events,
    health,
    job_progress,
    jobs,
    models,
    outfits,
    page,
    parse,
    places,
    recolor,
    stats,
    streams,
    upload,
)
from service.state import Service
from service.watching import Watched

STATIC = Path(__file__).with_name("static")

ROUTERS: tuple[APIRouter, ...] = (
    page.router,
    parse.router,
    upload.router,
    recolor.router,
    jobs.router,
    job_progress.router,
    streams.router,
    stats.router,
    outfits.router,
    crossings.router,
    places.router,
    events.router,
    models.router,
    health.router,
    docs.router,
)
"""Of every subject."""

_ABOUT = """Foot-traffic and clothing statistics, and a parser of people for other systems.

Every JSON answer is `{"code", "message", "data"}`; `code` is 0 where all went well, and `docs/service.md` explains the others.
"""


class _Api(FastAPI):
    """Errors are JSON, whatever else an address answers, and the document says so."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        told = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ErrorAnswer.__name__}"}}}
        for methods in document["paths"].values():
            for method in methods.values():
                for status in ("4XX", "5XX"):
                    method["responses"][status]["content"] = told
        return document


def make_api() -> FastAPI:
    """The API by itself, of which OpenAPI can be asked; it answers when `make_app` has given it a service."""
    api = _Api(
        title="Footfall",
        version=version("footfall"),
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        responses={"4XX": {"model": ErrorAnswer}, "5XX": {"model": ErrorAnswer}},
        # FastAPI sends what it measures to wherever variables of the environment say; Footfall calls nobody.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    for router in ROUTERS:
        api.include_router(router)
    api.mount("/static", StaticFiles(directory=STATIC))
    add_handlers(api)
    return api


def make_app(service: Service) -> ASGIApp:
    """The whole application.

    Args:
        service: What it serves.
    """
    api = make_api()
    api.state.service = service
    limits = service.limits
    larger = dict.fromkeys(
        ("/api/jobs", "/upload"), max(limits.max_body_bytes, limits.jobs.max_recording_bytes)
    )
    app: ASGIApp = BodyLimit(api, limits.max_body_bytes, larger)
    if service.limits.origins:
        allowed = ["authorization", "content-type", "x-api-key", "last-event-id", "idempotency-key"]
        origins = list(service.limits.origins)
        app = CORSMiddleware(
            app, allow_origins=origins, allow_methods=["GET", "POST", "DELETE"], allow_headers=allowed
        )
    return SafeHeaders(Watched(app, service))
