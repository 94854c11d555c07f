"""What the operating system's refusals mean to a user."""

import errno
from pathlib import Path

from domain.names import shown_name

_FULL = {errno.ENOSPC, errno.EDQUOT}


def cannot_write(path: Path, error: OSError, cure: str = "") -> str:
    """One line that says that something could not be written, why, and what helps.

    Args:
        path: What could not be written.
        error: What the system said.
        cure: What helps where the disk is not full.
    """
    if error.errno in _FULL:
        cure = "make room on its disk" + (f" or {cure}" if cure else "")
    return f"{shown_name(path)} cannot be written ({error.strerror or error})" + (f": {cure}" if cure else "")


def is_full(error: OSError) -> bool:
    """Whether it says that there is no room left."""
    return error.errno in _FULL
