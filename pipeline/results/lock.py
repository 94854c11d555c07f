"""One run a folder."""

import errno
import fcntl
import logging
import os
from pathlib import Path

from domain.names import shown_name

_log = logging.getLogger(__name__)

_WITHOUT_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}


class FolderLock:
    """A lock on a folder, held by whoever has the lock file open; the system lets it go when the process ends, however it ends.

    It is on the file, not on its name, so a folder is the same folder by whatever path it is reached.

    Args:
        path: The lock file. Its folder must exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def take(self) -> bool:
        """Take the lock, and say whether it was free. Does not wait.

        Raises:
            OSError: The lock file cannot be made or written.
        """
        while self._fd is None:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
            try:
                if not _locked(fd, self._path):
                    return False
                # Whoever held it may have removed the file since it was opened: then the lock is on nothing.
                if _is_still_there(fd, self._path):
                    self._fd, fd = fd, -1
            finally:
                if fd >= 0:
                    os.close(fd)
        return True

    def release(self, *, remove: bool = False) -> None:
        """Let it go; may be called twice.

        Args:
            remove: Remove the file as well, while the lock is still held.

        Raises:
            OSError: The file cannot be removed; the lock is gone all the same.
        """
        fd, self._fd = self._fd, None
        if fd is None:
            return
        try:
            if remove:
                self._path.unlink(missing_ok=True)
        finally:
            os.close(fd)


def _locked(fd: int, path: Path) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _WITHOUT_LOCKS:
            raise
        _log.warning(
            "%s: this file system has no locks: nothing keeps a second run out",
            shown_name(path.parent.parent),
        )
    return True


def _is_still_there(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.lstat())
    except FileNotFoundError:
        return False
