"""How a program ends that has started servers."""

import signal
import subprocess
import sys
from contextlib import suppress
from types import FrameType

_NUMBERS = (signal.SIGTERM, signal.SIGHUP)


def unwind_on_signals() -> None:
    """Let SIGTERM and SIGHUP leave every block as Ctrl-C does, so that the servers that were started end, too."""

    def end(number: int, _frame: FrameType | None) -> None:
        # Another one must not cut the unwinding short.
        for each in _NUMBERS:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for number in _NUMBERS:
        signal.signal(number, end)


class EndsWithUs:
    """Kills a server when this program is gone, however it ended, SIGKILL included: then the pipe to a watching shell closes.

    Args:
        pid: Of the server.
    """

    def __init__(self, pid: int) -> None:
        self._watch = subprocess.Popen(
            ["sh", "-c", 'read -r nothing; kill -KILL "$0"', str(pid)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def let_go(self) -> None:
        """The server has ended, or may live longer than this program. May be called twice."""
        self._watch.kill()
        self._watch.wait()
        if self._watch.stdin is not None:
            with suppress(BrokenPipeError):
                self._watch.stdin.close()
