"""Clients of `benchmarks.service` that cost little themselves: they share the machine's cores with the service."""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Event
from time import perf_counter, process_time
from typing import BinaryIO

_HEAD = (
    b"POST /api/parse%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
)


@dataclass(slots=True)
class Outcome:
    """What clients saw.

    Attributes:
        seconds: Of each answer that came.
        refused: How many requests were told to come later.
        took_s: How long it went on.
        cpu_s: Processor time of all clients.
    """

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    took_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.took_s


class _Client:
    """One connection, which is opened again where the service closes it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._open()

    def ask(self, request: bytes) -> tuple[int, dict[bytes, bytes]]:
        """Send a request; status and headers of its answer."""
        line = self._sent(request)
        if not line:
            # Who asks nothing for a few seconds is closed.
            self.close()
            self._open()
            line = self._sent(request)
        status = int(line.split(b" ", 2)[1])
        headers = {}
        while (line := self._file.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        self._file.read(int(headers[b"content-length"]))
        if headers.get(b"connection") == b"close":
            self.close()
            self._open()
        return status, headers

    def close(self) -> None:
        """Go away."""
        self._file.close()
        self._socket.close()

    def _sent(self, request: bytes) -> bytes:
        """The first line of the answer; nothing where the service has gone."""
        try:
            self._socket.sendall(request)
            return self._file.readline()
        except ConnectionError:
            return b""

    def _open(self) -> None:
        self._socket = socket.create_connection(self._address, timeout=300)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file: BinaryIO = self._socket.makefile("rb")


def drive(
    address: tuple[str, int], files: Sequence[bytes], clients: int, seconds: float, query: str = ""
) -> Outcome:
    """Ask as fast as that many clients can; one that is told to come later does so when it was told to.

    Args:
        address: Of the service.
        files: Pictures, each asked about in turn.
        clients: How many.
        seconds: How long they go on.
        query: Of the address, with its question mark.

    Raises:
        RuntimeError: An answer is neither a result nor a refusal.
    """
    outcome, began, cpu_began = Outcome(), perf_counter(), process_time()
    asked = [_HEAD % (query.encode(), len(file)) + file for file in files]

    def work(number: int) -> None:
        client = _Client(address)
        while perf_counter() < began + seconds:
            number, sent = number + 1, perf_counter()
            status, headers = client.ask(asked[number % len(asked)])
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                outcome.refused += 1
                left = began + seconds - perf_counter()
                Event().wait(max(0.0, min(float(headers[b"retry-after"]), left)))
            elif status == HTTPStatus.OK:
                outcome.seconds.append(perf_counter() - sent)
            else:
                raise RuntimeError(f"the answer was {status}")
        client.close()

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))
    outcome.took_s, outcome.cpu_s = perf_counter() - began, process_time() - cpu_began
    return outcome
