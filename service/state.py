"""What a running service is made of."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Annotated, TypeAlias

import anyio
from fastapi import Depends
from starlette.requests import HTTPConnection

from config.service import ServiceSettings
from config.settings import Settings
from pipeline.runtime import Runtime
from service.admission import Admission
from service.audit import AuditLog
from service.cameras import Cameras
from service.gateway import Gateway
from service.metrics import Metrics
from service.models import Models
from service.previews import Previews
from service.results import ResultStore
from service.store import ServiceStore

_VIEWERS = 32


@dataclass(frozen=True, slots=True)
class Service:
    """All that routes need.

    Attributes:
        settings: All of them.
        runtime: Cameras and parser.
        folder: Its own files: what was added, jobs, the audit log.
        gateway: Who may do what.
        admission: How much may be on its way.
        results: Pictures that were made.
        models: Parsers that are loaded.
        store: What must not be forgotten.
        cameras: Those of the settings, and those that come and go.
        metrics: For Prometheus.
        audit: Who did what.
        previews: The newest pictures of cameras.
        viewers: How many may look at cameras at a time.
        watchers: Threads that wait for their pictures.
        closing: Set when it is about to end: what lasts ends by itself.
    """

    settings: Settings
    runtime: Runtime
    folder: Path
    gateway: Gateway
    admission: Admission
    results: ResultStore
    models: Models
    store: ServiceStore
    cameras: Cameras
    metrics: Metrics
    audit: AuditLog
    previews: Previews = field(default_factory=Previews)
    viewers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_VIEWERS))
    watchers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_VIEWERS))
    closing: Event = field(default_factory=Event)

    @classmethod
    def of(cls, settings: Settings, runtime: Runtime, folder: Path) -> "Service":
        """Make it.

        Args:
            settings: All of them.
            runtime: The service uses it; whoever made it closes it.
            folder: Its own; made if it is missing.

        Raises:
            OSError: The folder cannot be written.
        """
        own = settings.service
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = ServiceStore(folder / "service.db")
        admission = Admission(own.max_requests, lambda: runtime.state().parser)
        return cls(
            settings=settings,
            runtime=runtime,
            folder=folder,
            gateway=Gateway(own),
            admission=admission,
            results=ResultStore(own.results_s, own.max_results_bytes),
            models=Models(runtime, settings.parser.kind),
            store=store,
            cameras=Cameras(settings, runtime, store),
            metrics=Metrics(runtime.state, lambda: admission.held),
            audit=AuditLog(folder / "audit.jsonl"),
        )

    @property
    def limits(self) -> ServiceSettings:
        """What it lets others do."""
        return self.settings.service

    def close(self) -> None:
        """Let go of files. The runtime is closed by whoever made it."""
        self.cameras.close()
        self.store.close()
        self.audit.close()


def service_of(connection: HTTPConnection) -> Service:
    """The service that a request came to."""
    service: Service = connection.app.state.service
    return service


ServiceDep: TypeAlias = Annotated[Service, Depends(service_of)]
