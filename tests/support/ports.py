"""Free ports of this machine."""

import os
import random
import socket
from collections.abc import Iterator
from itertools import count

_FIRST, _END = 12_000, 32_000
"""Below what Linux takes for connections of its own, one of which would take the port of a server that is being restarted."""

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def free_port() -> int:
    """A loopback port that nobody listens on now, and that this process has not named before, nor does a worker beside it."""
    return next(port for port in _ports if _is_free(port))


def _in_turn() -> Iterator[int]:
    mine = range(_FIRST + _WORKER, _END, _WORKERS)
    # Another run of the tests on this machine begins elsewhere.
    first = random.SystemRandom().randrange(len(mine))
    return (mine[number % len(mine)] for number in count(first))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As a server does it, which minds no connection that was closed a moment ago.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_ports = _in_turn()
