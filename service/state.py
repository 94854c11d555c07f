"""What a running service is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Annotated, TypeAlias

import anyio
from fastapi import Depends
from starlette.requests import HTTPConnection

from config.component import settings_of
from config.service import ServiceSettings
from config.settings import Settings
from pipeline.executor import Priority
from pipeline.forgetting import Before
from pipeline.runtime import Runtime
from service.admission import Admission
from service.audit import AuditLog
from service.cameras import Cameras
from service.feed import EventFeed
from service.gateway import Gateway
from service.jobs.pictures import PicturesWork
from service.jobs.queue import JobQueue
from service.jobs.recording import RecordingWork
from service.jobs.shown import JobKind
from service.jobs.table import JobTable
from service.jobs.working import Work
from service.measures import cameras as unopened
from service.measures import jobs as waiting
from service.measures import trial
from service.metrics import Metrics
from service.models import Models
from service.previews import Previews
from service.results import ResultStore
from service.room import PictureRoom
from service.store import ServiceStore
from sinks.base import DATABASE, SinkSettings
from sinks.sql.paging import StoredEvents
from sinks.sql.settings import SqlSettings

_VIEWERS = 32


@dataclass(frozen=True, slots=True)
class Service:
    """All that routes need.

    Attributes:
        settings: All of them.
        runtime: Cameras and parser.
        gateway: Who may do what.
        admission: How much may be on its way.
        rooms: For pictures of requests in memory, by priority: so that no batch keeps out who waits for an answer.
        results: Pictures that were made.
        models: Parsers that are loaded.
        store: What must not be forgotten.
        cameras: Those of the settings, and those that come and go.
        metrics: For Prometheus.
        audit: Who did what.
        previews: The newest pictures of cameras.
        viewers: How many may look at cameras at a time.
        watchers: Threads that wait for their pictures.
        feed: The newest events.
        jobs: What is done later than it is asked for.
        recordings: Looks at recordings before they become jobs.
        stored: The store of events, if the settings name one.
        listeners: How many may listen to events at a time.
        closing: Set when it is about to end: what lasts ends by itself.
    """

    settings: Settings
    runtime: Runtime
    gateway: Gateway
    admission: Admission
    rooms: Mapping[Priority, PictureRoom]
    results: ResultStore
    models: Models
    store: ServiceStore
    cameras: Cameras
    metrics: Metrics
    audit: AuditLog
    jobs: JobQueue
    recordings: RecordingWork
    previews: Previews = field(default_factory=Previews)
    viewers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_VIEWERS))
    watchers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(2 * _VIEWERS))
    feed: EventFeed = field(default_factory=EventFeed)
    stored: StoredEvents | None = None
    listeners: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_VIEWERS))
    closing: Event = field(default_factory=Event)

    @classmethod
    def of(
        cls, settings: Settings, runtime: Runtime, folder: Path, feed: EventFeed | None = None
    ) -> "Service":
        """Make it.

        Args:
            settings: All of them.
            runtime: The service uses it; whoever made it closes it.
            folder: Its own, in that of the results; made if it is missing.
            feed: Gets the events of the runtime.

        Raises:
            OSError: The folder cannot be written.
        """
        own = settings.service
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = ServiceStore(folder / "service.db")
        models = Models(runtime, settings.parser, own.parsers)
        recordings = RecordingWork(settings, models)
        works: dict[JobKind, Work] = {
            "pictures": PicturesWork(own, settings.overlay, settings.privacy.of_requests),
            "recording": recordings,
        }
        jobs = JobQueue((folder / "jobs").resolve(), own.jobs, JobTable(store), works, runtime, models)
        metrics = Metrics(runtime.state, lambda: admission.held)
        cameras = Cameras(settings, runtime, store)
        metrics.add(lambda: trial.measure(models))
        metrics.add(lambda: waiting.measure(jobs.counts()))
        metrics.add(lambda: unopened.measure(cameras))
        admission = Admission(
            own.max_requests, lambda: runtime.state().parser, metrics.pictures.labels("refused").inc
        )
        feed = feed or EventFeed()
        feed.tell(metrics.heard.take)
        return cls(
            settings=settings,
            runtime=runtime,
            gateway=Gateway(own),
            admission=admission,
            rooms={priority: PictureRoom(own.max_pixels) for priority in Priority},
            results=ResultStore(own.results_s, own.max_results_bytes),
            models=models,
            jobs=jobs,
            recordings=recordings,
            store=store,
            cameras=cameras,
            metrics=metrics,
            audit=AuditLog(folder / "audit.jsonl"),
            feed=feed,
            stored=_stored(settings, folder.parent),
        )

    @property
    def limits(self) -> ServiceSettings:
        """What it lets others do."""
        return self.settings.service

    def forget(self, before: Before) -> None:
        """Delete what is too old of its own files; jobs end by `service.jobs.keep_s`. Raises OSError."""
        if before.audit is not None:
            self.audit.forget(before.audit)

    def close(self) -> None:
        """Let go of files. The runtime is closed by whoever made it."""
        self.jobs.close()
        self.cameras.close()
        self.store.close()
        if self.stored is not None:
            self.stored.close()
        self.audit.close()


def _stored(settings: Settings, results: Path) -> StoredEvents | None:
    """The first SQL store of the settings."""
    sinks = (settings_of(SinkSettings, component) for component in settings.sinks.values())
    found = next((sink for sink in sinks if isinstance(sink, SqlSettings)), None)
    if found is None:
        return None
    privacy = settings.privacy
    return StoredEvents(
        found.store(results / DATABASE),
        windows_only=privacy.leaving == "windows",
        min_group=privacy.min_group,
    )


async def service_of(connection: HTTPConnection) -> Service:
    """The service that a request came to. A coroutine: what is none is called in another thread, which costs more than it does."""
    service: Service = connection.app.state.service
    return service


ServiceDep: TypeAlias = Annotated[Service, Depends(service_of)]
