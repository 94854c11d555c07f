"""Where what was sent with jobs, and what was made of it, lies on the disk."""

import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from config.jobs import JobsSettings
from domain.os_errors import is_full
from service.errors import ErrorCode, ServiceError

_SPARE_BYTES = 64 << 20
_INCOMING = "incoming-"


class JobFolders:
    """A folder for each job, and for what is on its way. Any thread.

    Args:
        root: Of its own; made if it is missing.
        limits: How much may come, and lie there.
        used: Bytes that jobs have.
    """

    def __init__(self, root: Path, limits: JobsSettings, used: Callable[[], int]) -> None:
        self._root, self._limits, self._used = root, limits, used
        self._lock, self._uploads = Lock(), 0

    def sweep(self, known: Collection[str]) -> None:
        """Remove what belongs to none of these jobs: what was on its way when the process ended."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in self._root.iterdir():
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def receiving(self, declared: int) -> Iterator[Path]:
        """A folder for what comes with a job; it is gone afterwards unless the job was accepted.

        Args:
            declared: Bytes that the request says it has.

        Raises:
            ServiceError: Too many come at a time, or there is no room.
        """
        self._require_room(declared)
        with self._lock:
            if self._uploads >= self._limits.max_uploads:
                raise ServiceError(
                    ErrorCode.BUSY, f"{self._uploads} jobs are being sent already", retry_after_s=5.0
                )
            self._uploads += 1
        folder = self._root / f"{_INCOMING}{secrets.token_hex(8)}"
        try:
            (folder / "in").mkdir(parents=True)
            yield folder
        except OSError as error:
            raise no_room(error) from error
        finally:
            with self._lock:
                self._uploads -= 1
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, folder: Path, job_id: str) -> None:
        """What has come in a folder of `receiving` is that job's from here on, also after a power cut."""
        for path in (*(folder / "in").iterdir(), folder / "in", folder):
            _sync(path)
        folder.rename(self.of(job_id))
        _sync(self._root)

    def of(self, job_id: str) -> Path:
        """The folder of a job."""
        return self._root / job_id

    def remove(self, job_id: str) -> None:
        """All of a job's."""
        shutil.rmtree(self.of(job_id), ignore_errors=True)

    def remove_inputs(self, job_id: str) -> None:
        """What was sent with a job, of which everything is made."""
        shutil.rmtree(self.of(job_id) / "in", ignore_errors=True)

    def _require_room(self, declared: int) -> None:
        used, most = self._used(), self._limits.max_bytes
        if used + declared > most:
            raise ServiceError(
                ErrorCode.NO_ROOM,
                f"jobs have {used} bytes, and {most} are allowed: remove some that are done, or raise service.jobs.max_bytes",
            )
        with suppress(OSError):
            if shutil.disk_usage(self._root).free < declared + _SPARE_BYTES:
                raise ServiceError(ErrorCode.NO_ROOM, "the disk is nearly full: make room")


def no_room(error: OSError) -> Exception:
    """The same error, or what is said of a full disk."""
    if is_full(error):
        return ServiceError(ErrorCode.NO_ROOM, "the disk is full: make room")
    return error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
