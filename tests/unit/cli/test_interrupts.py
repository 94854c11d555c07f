import os
import signal
from collections.abc import Iterator

import pytest

from cli.interrupts import stop_on_signals


@pytest.fixture(autouse=True)
def _hangups_are_heard() -> Iterator[None]:
    """Also where the tests themselves were started with nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(("number", "by_user"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_the_first_signal_asks_for_an_orderly_end(number: signal.Signals, by_user: bool) -> None:
    before = signal.getsignal(number)

    with stop_on_signals() as stop:
        os.kill(os.getpid(), number)
        assert stop.wait(5)
        assert stop.by_user is by_user
        assert signal.getsignal(number) is signal.SIG_DFL, "the second signal must not wait for anything"

    assert signal.getsignal(number) is before


def test_a_hangup_asks_and_never_ends_the_process() -> None:
    with stop_on_signals() as stop:
        os.kill(os.getpid(), signal.SIGHUP)
        assert stop.wait(5)
        assert not stop.by_user
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        os.kill(os.getpid(), signal.SIGHUP)

    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


def test_a_hangup_that_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_on_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.is_set()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_without_a_signal_nothing_is_asked() -> None:
    with stop_on_signals() as stop:
        assert not stop.is_set()
