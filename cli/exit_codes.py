"""What the command's exit code says; `docs/commands.md` explains each."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `footfall`."""

    OK = 0
    """All done, or stopped by SIGTERM with everything counted and stored."""
    BUG = 1
    """A fault of Footfall's own; the traceback says where."""
    USAGE = 2
    """A wrong argument, source, setting or folder; one line says which, and nothing was written."""
    MEDIA_BROKEN = 3
    """A source broke off before its end; what came before it is in the results."""
    UNDELIVERED = 4
    """Everything was counted, but a sink did not take all of it; the summary says which."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C; what was counted until then is in the results."""
