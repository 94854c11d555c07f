"""Programs that start servers, and are ended by a signal."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import time
from contextlib import ExitStack
from tests.support.ending import unwind_on_signals

unwind_on_signals()
with ExitStack() as stack:
    stack.callback(print, "ended")
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_was_started_ends_with_the_program(number: signal.Signals) -> None:
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(number)
        assert process.communicate(timeout=60)[0] == "ended\n"
    assert process.returncode == 128 + number
