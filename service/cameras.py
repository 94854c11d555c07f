"""Cameras that come and go by the API, and what is said of all of them."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any, Literal

from pydantic import Field

from config.adding import camera_from
from config.cameras import CameraSettings
from config.component import settings_of
from config.settings import Settings
from domain.errors import SettingsError, UsageError
from domain.urls import redact_url
from pipeline.runtime import Runtime
from pipeline.runtime_state import StreamState
from pipeline.sources.base import SourceSettings
from pipeline.supervision import StreamStatus
from service.answers import Part
from service.errors import ErrorCode, ServiceError
from service.hosts import require_allowed
from service.measures.streams import age_s
from service.store import ServiceStore

_log = logging.getLogger(__name__)
_AGAIN_S = 10.0


class StreamShown(Part):
    """A camera or recording, and how it fares."""

    id: str
    source: str = Field(description="What it is, without passwords")
    added_by: Literal["settings", "api"] = Field(
        description="What came from the settings is there again after a restart, too"
    )
    status: StreamStatus = Field(description="In a word")
    live: bool = Field(description="Whether it is a camera")
    persons: int = Field(description="In the newest picture")
    visits: int = Field(description="Since it was added")
    frames_parsed: int
    frames_dropped: int
    faults: int = Field(description="Faults of Footfall's own that it has met")
    problem: str | None = Field(description="Why it does not run, in one line")
    last_frame_age_s: float | None = Field(description="Since its newest picture; null before the first")


@dataclass(frozen=True, slots=True)
class _Missing:
    """One that cannot be opened now.

    Attributes:
        given: What was sent, or the settings that it ran with.
        problem: Why, in one line.
    """

    given: CameraSettings | Mapping[str, Any]
    problem: str


class Cameras:
    """All of them. Any thread.

    Args:
        settings: What holds for every camera, and which are there from the start.
        runtime: Runs them.
        store: Where those of the API are remembered.
    """

    def __init__(self, settings: Settings, runtime: Runtime, store: ServiceStore) -> None:
        self._settings, self._runtime, self._store = settings, runtime, store
        self._changing = Lock()
        self._known: dict[str, CameraSettings] = {camera.id: camera for camera in settings.cameras}
        self._by_api: set[str] = set()
        self._missing: dict[str, _Missing] = {}
        self._stop, self._more = Event(), Event()
        self._restoring = Thread(target=self._restore, name="cameras", daemon=True)

    def restore(self) -> None:
        """Add what was added before the last restart, each as soon as it can be opened. Returns at once."""
        with self._store.transaction() as connection:
            rows = connection.execute("SELECT id, settings FROM streams ORDER BY id").fetchall()
        self._missing = {
            name: _Missing(json.loads(text), "it is being opened")
            for name, text in rows
            if name not in self._known
        }
        self._by_api |= self._missing.keys()
        self._restoring.start()

    def add(self, given: Mapping[str, Any]) -> StreamShown:
        """Add one. Blocks until it is open.

        Raises:
            ServiceError: It is not allowed, there is one of that name, or there are too many.
            UsageError: It cannot be opened.
        """
        require_allowed(given, self._settings.service.allowed_hosts)
        camera = _camera(self._settings, given)
        with self._changing:
            if camera.id in self._known or camera.id in self._missing:
                raise ServiceError(ErrorCode.EXISTS, f"there is a stream called {camera.id} already")
            if len(self._known) + len(self._missing) >= self._settings.service.max_streams:
                raise ServiceError(
                    ErrorCode.REFUSED, "there are service.max_streams streams already: stop one first"
                )
            self._open(camera, given)
        return self.shown(camera.id)

    def change(self, stream_id: str, given: Mapping[str, Any]) -> StreamShown:
        """End one and begin again with other settings; with those of before, where it cannot be opened with these.

        Where it cannot be opened with those of before either, it stays on the list, and is tried again with them.

        Raises:
            ServiceError: There is none of that name, or it is not allowed.
            UsageError: It cannot be opened.
        """
        named = {**given, "id": stream_id}
        require_allowed(named, self._settings.service.allowed_hosts)
        camera = _camera(self._settings, named)
        with self._changing:
            before = self._known.get(stream_id)
            # One that could not be opened yet stays on the list until it can be.
            if stream_id not in self._missing:
                self._end(stream_id)
            try:
                self._open(camera, named)
            except UsageError:
                if before is not None:
                    self._go_back_to(before)
                raise
        return self.shown(stream_id)

    def remove(self, stream_id: str) -> None:
        """End one, in order, and forget it.

        Raises:
            ServiceError: There is none of that name.
        """
        with self._changing:
            self._end(stream_id)
            with self._store.transaction() as connection:
                connection.execute("DELETE FROM streams WHERE id = ?", (stream_id,))

    def all(self) -> list[StreamShown]:
        """All of them, those that cannot be opened yet at the end."""
        states = self._runtime.state().streams
        known, missing = dict(self._known), dict(self._missing)
        running = [self._running(known[name], state) for name, state in states.items() if name in known]
        return running + [self._waiting(name, one.problem) for name, one in missing.items()]

    def unopened(self) -> list[str]:
        """Those that cannot be opened yet."""
        return list(self._missing)

    def shown(self, stream_id: str) -> StreamShown:
        """One of them.

        Raises:
            ServiceError: There is none of that name.
        """
        found = next((stream for stream in self.all() if stream.id == stream_id), None)
        if found is None:
            raise _unknown(stream_id)
        return found

    def close(self) -> None:
        """Add no more. The runtime ends them."""
        self._stop.set()
        self._more.set()
        if self._restoring.ident is not None:
            self._restoring.join()

    def _open(self, camera: CameraSettings, given: Mapping[str, Any]) -> None:
        self._runtime.add_stream(camera)
        self._known[camera.id] = camera
        self._missing.pop(camera.id, None)
        self._by_api.add(camera.id)
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO streams VALUES (?, ?)",
                (camera.id, json.dumps({**given, "id": camera.id})),
            )

    def _go_back_to(self, before: CameraSettings) -> None:
        """To the settings of before a change; now, or as soon as it can be opened with them."""
        try:
            self._runtime.add_stream(before)
        except UsageError as error:
            self._missing[before.id] = _Missing(before, _in_a_line(error))
            _log.warning("%s: it cannot begin again yet: %s", before.id, self._missing[before.id].problem)
            self._more.set()
        else:
            self._known[before.id] = before

    def _end(self, stream_id: str) -> None:
        if self._missing.pop(stream_id, None):
            return
        if self._known.pop(stream_id, None) is None:
            raise _unknown(stream_id)
        self._runtime.remove_stream(stream_id)

    def _restore(self) -> None:
        while not self._stop.is_set():
            for name in tuple(self._missing):
                with self._changing:
                    self._try(name)
            if self._missing:
                self._stop.wait(_AGAIN_S)
            else:
                self._more.wait()
                self._more.clear()

    def _try(self, name: str) -> None:
        if name not in self._missing or self._stop.is_set():
            return
        missing = self._missing[name]
        try:
            camera = self._settings_of(missing.given)
            self._runtime.add_stream(camera)
        except (ServiceError, UsageError) as error:
            problem = _in_a_line(error)
            if problem != missing.problem:
                _log.warning("%s: it cannot begin again yet: %s", name, problem)
            self._missing[name] = _Missing(missing.given, problem)
            return
        self._known[name] = camera
        del self._missing[name]

    def _settings_of(self, given: CameraSettings | Mapping[str, Any]) -> CameraSettings:
        if isinstance(given, CameraSettings):
            return given
        # What is allowed may have changed since.
        require_allowed(given, self._settings.service.allowed_hosts)
        return _camera(self._settings, given)

    def _running(self, camera: CameraSettings, state: StreamState) -> StreamShown:
        return StreamShown(
            id=camera.id,
            source=f"{camera.source.kind}: {settings_of(SourceSettings, camera.source).words}",
            added_by=self._origin(camera.id),
            status=state.status,
            live=state.live,
            persons=state.progress.persons,
            visits=state.progress.visits,
            frames_parsed=state.progress.frames_parsed,
            frames_dropped=state.progress.frames_dropped,
            faults=state.faults,
            problem=state.problem or state.no_signal,
            last_frame_age_s=age_s(state),
        )

    def _waiting(self, name: str, problem: str) -> StreamShown:
        return StreamShown(
            id=name,
            source="unknown until it can be opened",
            added_by=self._origin(name),
            status="connecting",
            live=True,
            persons=0,
            visits=0,
            frames_parsed=0,
            frames_dropped=0,
            faults=0,
            problem=problem,
            last_frame_age_s=None,
        )

    def _origin(self, name: str) -> Literal["settings", "api"]:
        return "api" if name in self._by_api else "settings"


def _camera(settings: Settings, given: Mapping[str, Any]) -> CameraSettings:
    try:
        return camera_from(settings, given, "the request")
    except SettingsError as error:
        # Whoever sends one camera knows of no list.
        raise SettingsError(str(error).replace("cameras[0].", "")) from None


def _in_a_line(error: Exception) -> str:
    return redact_url(" ".join(str(error).split()))


def _unknown(stream_id: str) -> ServiceError:
    return ServiceError(ErrorCode.NOT_FOUND, f"there is no stream called {stream_id[:64]}")
