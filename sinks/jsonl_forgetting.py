"""Taking lines out of files of events that tell of what is too old."""

import gzip
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from sinks.staging import Staging, remove

IsOld: TypeAlias = Callable[[str, datetime, str], bool]
"""Of a kind of event, its moment, and what that rests on."""

_PACKED = ".gz"


def old_lines(path: Path, is_old: IsOld) -> int:
    """How many lines of a file, packed or not, tell of events that are too old.

    Raises:
        OSError, EOFError: It cannot be read.
    """
    with _opened(path, "rb") as lines:
        return sum(is_old_line(line, is_old) for line in lines)


def forget_lines(path: Path, is_old: IsOld, staging: Staging) -> int:
    """Write a file anew without its old lines. Where nothing is left of a closed one, it goes.

    Args:
        path: Packed or not; nobody may have it open.
        is_old: Which events.
        staging: Where it is written, and given its name.

    Returns:
        How many lines went.

    Raises:
        OSError, EOFError: It cannot be read or written; it is as it was.
    """
    if not old_lines(path, is_old):
        return 0
    staged = staging.stage(path)
    went = kept = 0
    try:
        with _opened(path, "rb") as lines, _opened(staged, "wb", like=path) as file:
            for line in lines:
                old = is_old_line(line, is_old)
                went, kept = went + old, kept + (not old)
                if not old:
                    file.write(line)
        with staged.open("rb") as written:
            os.fsync(written.fileno())
        staging.publish(staged, path)
    except BaseException:
        remove(staged)
        raise
    return went


def is_old_line(line: bytes, is_old: IsOld) -> bool:
    """Whether a line tells of an event that is too old. What is no event is nobody's to delete."""
    try:
        event = json.loads(line)
        moment = datetime.fromisoformat(event["event_time"])
        return is_old(str(event["event_type"]), moment, str(event.get("time_source")))
    except (ValueError, KeyError, TypeError):
        return False


def _opened(path: Path, mode: str, like: Path | None = None) -> BinaryIO:
    """For its lines, packed as the name says, or as that of `like` says."""
    packed = (like or path).suffix == _PACKED
    return cast("BinaryIO", gzip.open(path, mode) if packed else path.open(mode))
