"""A service on a free port of this machine, around a runtime that does what the test tells it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import cv2
import httpx
import uvicorn

from config.adding import settings_from
from domain.frame import BgrImage
from domain.parsing import ParsedFrame
from pipeline.parsers.base import HumanParser
from service.serving import address_of, server_config
from service.state import Service
from tests.support.clips import picture
from tests.support.runtimes import Harness
from tests.support.streams import ScriptedParser, one_person
from tests.support.waiting import eventually


@dataclass(frozen=True)
class Running:
    """A service that answers."""

    service: Service
    harness: Harness
    client: httpx.Client

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.client.post(path, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)


@contextmanager
def running(
    folder: Path,
    parser: HumanParser | None = None,
    *,
    overlay: dict[str, Any] | None = None,
    privacy: dict[str, Any] | None = None,
    works: bool = False,
    **own: Any,
) -> Iterator[Running]:
    """Start one; `overlay`, `privacy` and `own`, which is `service`, are sections of its settings. It does jobs if it `works`."""
    settings = settings_from({"service": own, "overlay": overlay or {}, "privacy": privacy or {}})
    harness = Harness(parser)
    with (
        harness.runtime,
        served(Service.of(settings, harness.runtime, folder / "service")) as (service, client),
    ):
        if works:
            service.jobs.start()
        yield Running(service, harness, client)


@contextmanager
def served(service: Service) -> Iterator[tuple[Service, httpx.Client]]:
    """Answer requests to it until the end."""
    server = uvicorn.Server(server_config(service))
    with socket.create_server(("127.0.0.1", 0)) as bound:
        thread = Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            eventually(lambda: server.started)
            with httpx.Client(base_url=address_of(bound).rstrip("/"), timeout=30) as client:
                yield service, client
        finally:
            service.closing.set()
            server.should_exit = True
            thread.join()
            service.close()


class Gate:
    """Holds up whoever parses until it is opened."""

    def __init__(self) -> None:
        self.opened, self.reached = Event(), Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.opened.wait(30)


def refused(answer: httpx.Response, status: int, code: int) -> str:
    """What a refusal says, which brings no data."""
    content = answer.json()
    assert (answer.status_code, content["code"], content["data"]) == (status, code, None), answer.text
    return str(content["message"])


def held_up(gate: Gate) -> ScriptedParser:
    """A parser that sees one person once the gate is opened."""

    def parse(image: BgrImage) -> ParsedFrame:
        gate()
        return one_person(image)

    return ScriptedParser(parse)


def png_file(image: BgrImage | None = None) -> bytes:
    """A small picture as a file."""
    done, encoded = cv2.imencode(".png", picture(1) if image is None else image)
    assert done
    return encoded.tobytes()
