"""When a file or folder was recorded, where nobody says."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.errors import SourceError
from domain.moments import check_moment
from domain.names import shown_name

logger = logging.getLogger(__name__)

_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def guessed_start(paths: Iterable[Path], grid_s: int) -> datetime:
    """When the oldest of these files was last changed, rounded down to a multiple of `grid_s` seconds since 1970, UTC.

    Raises:
        SourceError: A file is gone.
    """
    oldest = min(map(modified, paths))
    return oldest - (oldest - _UNKNOWN) % timedelta(seconds=grid_s)


def modified(path: Path) -> datetime:
    """When a file was last changed, UTC; 1970-01-01, with a warning, where its file system holds a moment that cannot be.

    Raises:
        SourceError: The file is gone.
    """
    try:
        moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        check_moment(moment)
    except (ValueError, OverflowError):
        logger.warning(
            "%s bears a date that cannot be; it counts from 1970-01-01: set recorded_at", shown_name(path)
        )
        return _UNKNOWN
    except OSError as error:
        raise SourceError(f"{shown_name(path)} cannot be read ({error.strerror}); check the path") from None
    return moment
