"""Connections that are slow on purpose: each is ended in time, and others are served meanwhile."""

import json
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from service import connections
from service.connections import connections_for
from service.results import Made
from tests.support.service import Running, running
from tests.support.waiting import eventually

HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, head_timeout_s=1.0, body_timeout_s=1.0) as started:
        yield started


def connected(service: Running) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", service.client.base_url.port or 0), timeout=30)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def heard(connection: socket.socket) -> bytes:
    """All that comes until the other side closes; it may do so while something is on its way there."""
    pieces = []
    with suppress(ConnectionError):
        while piece := connection.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)


def sent_slowly(connection: socket.socket, data: Iterator[bytes]) -> int:
    """How many pieces were taken before the other side has closed."""
    taken = 0
    with suppress(ConnectionError):
        for piece in data:
            connection.sendall(piece)
            taken += 1
            time.sleep(0.001)
    return taken


def in_bytes(begin: bytes, number: int = 10_000) -> Iterator[bytes]:
    yield begin
    for _ in range(number - 1):
        yield b"x"


SLOW: dict[str, Callable[[], Iterator[bytes]]] = {
    "the head": lambda: in_bytes(HEAD + b"X-Slow: "),
    "its first line": lambda: in_bytes(b"GET /"),
    "the head behind a request": lambda: in_bytes(HEAD + b"\r\n" + HEAD + b"X-Slow: "),
    "a body that nobody asks for": lambda: in_bytes(HEAD + b"Content-Length: 20000\r\n\r\n"),
    "a body that is refused": lambda: in_bytes(
        b"POST /api/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 20000\r\n\r\n"
    ),
    "JSON of an admin": lambda: in_bytes(
        b"POST /api/streams HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 20000\r\n\r\n"
    ),
}


@pytest.mark.parametrize("what", SLOW)
def test_who_sends_byte_for_byte_is_cut_off_and_others_are_served(service: Running, what: str) -> None:
    with closing(connected(service)) as connection:
        assert sent_slowly(connection, SLOW[what]()) < 10_000
        assert service.get("/healthz").status_code == 200
    eventually(lambda: not any(service.service.admission.held.values()))


def test_a_slow_head_is_told_so(service: Running) -> None:
    with closing(connected(service)) as connection:
        connection.sendall(HEAD)
        head, _, body = heard(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"x-content-type-options: nosniff" in head.lower()
    assert json.loads(body)["code"] == 1006


@pytest.mark.parametrize("sent", [b"", HEAD + b"\r\n"])
def test_who_says_nothing_or_nothing_more_is_closed(service: Running, sent: bytes) -> None:
    with closing(connected(service)) as connection:
        connection.sendall(sent)
        answer = heard(connection)
    assert (answer == b"") == (sent == b"")


def test_what_is_no_http_is_answered_as_everything_is(service: Running) -> None:
    with closing(connected(service)) as connection:
        connection.sendall(b"hello\r\n\r\n")
        head, _, body = heard(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["code"] == 1001


def test_keys_are_asked_for_before_a_body_is_read(tmp_path: Path) -> None:
    key: dict[str, Any] = {"name": "somebody", "hash": "sha256:" + "0" * 64}
    with running(tmp_path, keys=[key]) as service:
        for path in ("/api/streams", "/api/streams/door", "/api/models", "/api/models/lite/share"):
            with closing(connected(service)) as connection:
                connection.sendall(
                    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    b"Content-Length: 20000\r\n\r\n" % path.encode()
                )
                assert connection.recv(20).startswith(b"HTTP/1.1 401 ")


def test_of_too_many_connections_the_one_that_has_waited_longest_goes(tmp_path: Path) -> None:
    with running(tmp_path, max_connections=8, head_timeout_s=600.0) as service, ExitStack() as stack:
        waiting = [stack.enter_context(closing(connected(service))) for _ in range(40)]
        for connection in waiting:
            with suppress(ConnectionError):
                connection.sendall(HEAD)
        address = str(service.client.base_url)
        assert httpx.get(f"{address}/healthz").status_code == 200
        assert heard(waiting[0]) == b""


def test_who_goes_on_sending_has_waited_for_as_long(tmp_path: Path) -> None:
    with running(tmp_path, max_connections=4, head_timeout_s=600.0) as service, ExitStack() as stack:
        first, second, *_ = (stack.enter_context(closing(connected(service))) for _ in range(4))
        for connection in (second, first):
            connection.sendall(HEAD)
        # It is answered, so what was sent before has been heard.
        assert httpx.get(f"{service.client.base_url}/healthz").status_code == 200
        first.settimeout(30)
        assert heard(first) == b""
        second.settimeout(0.05)
        with pytest.raises(TimeoutError):
            second.recv(1)


def test_who_takes_no_answer_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_STALLED_S", 0.3)
    with running(tmp_path) as service, closing(connected(service)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asked = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        # Answers fill the buffers of both sides, and then nothing more goes out.
        assert sent_slowly(connection, (asked for _ in range(10_000))) < 10_000
        assert service.get("/healthz").status_code == 200


def long_answer(service: Running, connection: socket.socket) -> int:
    """Ask for one; its length."""
    content = bytes(32 << 20)
    name = service.service.results.add(Made(content, "image/jpeg"))
    connection.sendall(b"GET /api/results/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % name.encode())
    return len(content)


def received(connection: socket.socket, length: int, pause_s: float = 0.0) -> int:
    """How many bytes come, `length` being enough, with a pause after each sixteenth of 32 MiB."""
    taken = 0
    with suppress(ConnectionError):
        while taken < length and (piece := connection.recv(65_536)):
            if (taken + len(piece)) >> 21 > taken >> 21:
                time.sleep(pause_s)
            taken += len(piece)
    return taken


def test_who_takes_a_long_answer_slowly_gets_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_STALLED_S", 2.0)
    with running(tmp_path) as service, closing(connected(service)) as connection:
        length = long_answer(service, connection)
        assert received(connection, length, pause_s=0.4) >= length


def test_who_takes_an_answer_makes_no_room_for_others(tmp_path: Path) -> None:
    with running(tmp_path, max_connections=4, head_timeout_s=600.0) as service, ExitStack() as stack:
        slow = stack.enter_context(closing(connected(service)))
        length = long_answer(service, slow)
        assert slow.recv(1) == b"H"
        for _ in range(12):
            stack.enter_context(closing(connected(service)))
        assert httpx.get(f"{service.client.base_url}/healthz").status_code == 200
        assert received(slow, length) >= length


@pytest.fixture
def open_files() -> Iterator[None]:
    """How many files may be open is again as it was."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("open_files")
def test_no_more_connections_than_files_that_may_be_open() -> None:
    assert (connections_for(4), connections_for(100)) == (4, 100)
    # More than any system allows.
    assert 16 <= connections_for(10**10) < 10**10
