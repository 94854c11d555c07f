"""Ctrl-C, SIGTERM and SIGHUP ask for an orderly end; a second Ctrl-C or SIGTERM does not wait for it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType


class StopRequest(Event):
    """Set by the first signal.

    Attributes:
        by_user: Whether it was Ctrl-C.
    """

    by_user = False


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Within it, the first signal sets the request; a second SIGINT or SIGTERM ends the process at once.

    SIGHUP comes when a terminal or a connection is closed, often twice, so it never ends the process; where `nohup` has it ignored,
    it stays ignored.
    """
    request = StopRequest()
    ending = (signal.SIGINT, signal.SIGTERM)
    hangup = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
    before = {number: signal.getsignal(number) for number in (*ending, *hangup)}

    def ask(number: int, _frame: FrameType | None) -> None:
        request.set()
        if number in hangup:
            return
        request.by_user = number == signal.SIGINT
        for each in ending:
            signal.signal(each, signal.SIG_DFL)

    for number in before:
        signal.signal(number, ask)
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
