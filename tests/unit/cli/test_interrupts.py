import os
import signal

import pytest

from cli.interrupts import stop_on_signals


@pytest.mark.parametrize(("number", "by_user"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_the_first_signal_asks_for_an_orderly_end(number: signal.Signals, by_user: bool) -> None:
    before = signal.getsignal(number)

    with stop_on_signals() as stop:
        os.kill(os.getpid(), number)
        assert stop.wait(5)
        assert stop.by_user is by_user
        assert signal.getsignal(number) is signal.SIG_DFL, "the second signal must not wait for anything"

    assert signal.getsignal(number) is before


def test_without_a_signal_nothing_is_asked() -> None:
    with stop_on_signals() as stop:
        assert not stop.is_set()
