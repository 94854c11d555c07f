"""A connection to a server that can be slow, refuse, or swallow everything."""

import socket
import threading
import time
from contextlib import suppress

_CHUNK = 1 << 16


class Link:
    """Listens on a port of its own and hands everything on to another, until it is told otherwise.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        target: Port of the server.
        late_s: How much later everything arrives, seconds.
        refuses: Whether it ends every connection.
    """

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.target = 0
        self.late_s = 0.0
        self.refuses = False
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def refuse(self, *, on: bool) -> None:
        """End every connection, those that are open included, or let them be made again."""
        self.refuses = on
        if on:
            for one in list(self._open):
                self._end(one)

    def close(self) -> None:
        """End everything."""
        self.refuse(on=True)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self._connect(near)

    def _connect(self, near: socket.socket) -> None:
        if self.refuses:
            near.close()
            return
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        self._open |= {near, far}
        for here, there in ((near, far), (far, near)):
            threading.Thread(target=self._pump, args=(here, there), daemon=True).start()

    def _pump(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(_CHUNK):
                time.sleep(self.late_s)
                there.sendall(data)
        self._end(here)
        self._end(there)

    def _end(self, one: socket.socket) -> None:
        self._open.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
