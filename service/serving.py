"""Runs the service: binds its port, opens cameras and parser, answers until it is told to end, and ends in order."""

import logging
import socket
from collections.abc import Callable
from functools import partial
from threading import Event, Thread

import uvicorn

from config.settings import Settings
from domain.errors import UsageError
from pipeline.cores import one_thread_each
from pipeline.opening import open_assembled
from pipeline.runtime_state import RuntimeResult
from service.app import make_app
from service.connections import Connection, Connections, connections_for
from service.feed import EventFeed
from service.gateway import is_this_machine
from service.state import Service
from sinks.calling import CallingSink

_BACKLOG = 256
# Of a message to a WebSocket; none is looked at.
_WEBSOCKET_BYTES = 4096
_CALLERS = 2
_LOOK_S = 0.5


def serve(settings: Settings, stop: Event, ready: Callable[[str], object]) -> RuntimeResult:
    """Serve until `stop` is set. Blocks.

    1. The port is bound, so that one that is taken is said at once. 2. Cameras and parser open. 3. Requests are answered.
    4. When it is to end, nothing new is taken, and what was accepted is done, for `shutdown_deadline_s` at most. 5. Cameras end in
    order, and sinks get what waits for them.

    Args:
        settings: All of them.
        stop: Set by another thread, or a signal.
        ready: Called with the address when it answers.

    Returns:
        What became of cameras and events.

    Raises:
        UsageError: It cannot begin.
    """
    own = settings.service
    if not own.keys and not is_this_machine(own.host):
        raise UsageError(
            f"{own.host} can be reached from other machines, and no keys are set: set service.keys (footfall keys add), "
            "or listen on 127.0.0.1"
        )
    one_thread_each()
    with _bound(own.host, own.port) as bound:
        feed, callers = EventFeed(), max(_CALLERS, len(settings.cameras))
        extra = [CallingSink(feed.take, "feed")]
        assembled = open_assembled(settings, callers=callers, requests=own.max_requests, extra=extra)
        with assembled.runtime as runtime:
            service = Service.of(settings, runtime, assembled.folder.path / "service", feed)
            assembled.keeper.also(service.forget)
            service.cameras.restore()
            service.jobs.start()
            try:
                _answer(service, bound, stop, ready)
            finally:
                service.close()
    return runtime.result()


def _answer(service: Service, bound: socket.socket, stop: Event, ready: Callable[[str], object]) -> None:
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    server = uvicorn.Server(server_config(service))
    # Beside the main thread it leaves signals alone: they are the command's.
    thread = Thread(target=server.run, kwargs={"sockets": [bound]}, name="http")
    thread.start()
    try:
        ready(address_of(bound))
        while not stop.wait(_LOOK_S) and thread.is_alive():
            pass
    finally:
        service.closing.set()
        server.should_exit = True
        thread.join()


def server_config(service: Service) -> uvicorn.Config:
    """How requests are received.

    Args:
        service: Answers them.
    """
    own = service.limits
    shared = Connections(connections_for(own.max_connections), own.head_timeout_s)
    return uvicorn.Config(
        make_app(service),
        lifespan="off",
        http=partial(Connection, shared),  # type: ignore[arg-type]
        # The same everywhere, whatever else is installed.
        loop="asyncio",
        ws_max_size=_WEBSOCKET_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=max(1, round(service.settings.shutdown_deadline_s)),
    )


def address_of(bound: socket.socket) -> str:
    """What to type into a browser."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _bound(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"{host} is no address of this machine ({error}): name another with --host"
        ) from None
    family, kind, protocol, _, address = found[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise UsageError(
            f"port {port} of {host} cannot be had ({error.strerror}): name another with --port, or --port 0 for a free one"
        ) from None
    return bound
