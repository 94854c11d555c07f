"""Where a command writes: a terminal gets colours and its own width, everything else whole plain lines."""

import sys

from rich.console import Console

# Wider than any line: rich cuts and wraps at the width that it is told, and at 80 columns if it is told none.
UNWRAPPED = 100_000


def output() -> Console:
    """Standard output."""
    return Console() if sys.stdout.isatty() else _plain(stderr=False)


def errors() -> Console:
    """Standard error."""
    return Console(stderr=True) if sys.stderr.isatty() else _plain(stderr=True)


def on_terminal() -> bool:
    """Whether all that is written goes to a terminal."""
    return sys.stdout.isatty() and sys.stderr.isatty()


def _plain(*, stderr: bool) -> Console:
    """Without regard to COLUMNS, FORCE_COLOR and the like, which are about terminals: a path in a file must stay one word."""
    return Console(
        stderr=stderr, width=UNWRAPPED, color_system=None, force_terminal=False, force_jupyter=False
    )
