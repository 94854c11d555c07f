"""Jobs whose recording the service fetches."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.jobs import ended, sent, working


@contextmanager
def storage(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server on this machine that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/clip.mp4?token=secret"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(content: bytes, status: int = 200, length: int | None = None, **headers: str) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def test_a_recording_is_fetched_from_an_address_that_is_allowed(tmp_path: Path, clip: bytes) -> None:
    with storage(answering(clip)) as address, working(tmp_path, allowed_hosts=["127.0.0.0/8"]) as service:
        answer = service.post("/api/jobs", json={"source": address, "fps": 2})
        job = ended(service, sent(answer))
        assert (job["state"], job["progress"]["pictures"]) == ("done", 8)
        assert "secret" not in json.dumps(job)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (answering(b"", 302, location="http://127.0.0.1:1/"), "302"),
        (answering(b"x" * 5000), "more than 4096 bytes"),
        (answering(b"x" * 100, length=200), "broke off"),
        (answering(b"no recording"), "no recording"),
        (answering(b"", 404), "404"),
    ],
)
def test_what_cannot_be_fetched_fails_the_job(tmp_path: Path, answer: Any, said: str) -> None:
    own: dict[str, Any] = {"allowed_hosts": ["127.0.0.0/8"], "jobs": {"max_recording_bytes": 4096}}
    with storage(answer) as address, working(tmp_path, **own) as service:
        job = ended(service, sent(service.post("/api/jobs", json={"source": address})))
        assert job["state"] == "failed"
        assert said in job["problem"]["message"]
        assert "secret" not in job["problem"]["message"]
