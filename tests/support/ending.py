"""How a program ends that has started servers."""

import signal
import sys
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
