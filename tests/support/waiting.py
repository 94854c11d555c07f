"""Bounded waiting for what other threads and processes do."""

import time
from collections.abc import Callable
from threading import Event


def eventually(condition: Callable[[], bool], *, within_s: float = 20.0, what: str = "it") -> None:
    """Poll until the condition holds; fails the test where it does not in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {within_s:g} s"
        time.sleep(0.02)


def assert_set(gate: Event) -> None:
    """Wait until it is set; fails the test where it is not in time."""
    assert gate.wait(30)
