"""Programs that start servers, and are ended by a signal."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import eventually

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


GUARDED = """
import subprocess, sys, time
from tests.support.ending import EndsWithUs

server = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL)
guard = EndsWithUs(server.pid)
if sys.argv[1] == "let go":
    guard.let_go()
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", ["guarded", "let go"])
def test_a_guarded_server_ends_with_a_program_that_is_killed(how: str) -> None:
    command = [sys.executable, "-c", GUARDED, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        server = int(process.stdout.readline())
        process.kill()
    if how == "let go":
        os.kill(server, signal.SIGKILL)
    eventually(lambda: _is_gone(server))


def _is_gone(pid: int) -> bool:
    # Nobody may be there to take note of its end.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"
