"""Takes jobs, says how they fare, and forgets them."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import time

from config.jobs import JobsSettings
from pipeline.runtime import Runtime
from service.errors import ErrorCode, ServiceError
from service.jobs.folders import JobFolders
from service.jobs.shown import JobKind, JobOptions, JobShown, JobState
from service.jobs.table import Job, JobTable, StoredFile
from service.jobs.working import JobWorker, Work, now
from service.models import Models


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job that has come whole.

    Attributes:
        kind: What it is.
        owner: Name of the key.
        model: Name of the parser.
        options: What is asked for.
        source: Address to fetch a recording from.
        repeat_key: What the client calls its request.
    """

    kind: JobKind
    owner: str
    model: str
    options: JobOptions
    source: str | None = None
    repeat_key: str | None = None


class JobQueue:
    """All jobs. Any thread. One that was accepted is on the disk, with all that was sent, and is done, once.

    Attributes:
        folder: Where what was sent, and what was made of it, lies.

    Args:
        folder: Of its own; made if it is missing.
        limits: Sizes and times.
        table: Where jobs are remembered.
        works: Who does jobs of each kind.
        runtime: Gives the parsers their turns.
        models: Have the parsers.
        clock: Seconds since 1970.
    """

    def __init__(  # noqa: PLR0913 - one is for tests
        self,
        folder: Path,
        limits: JobsSettings,
        table: JobTable,
        works: Mapping[JobKind, Work],
        runtime: Runtime,
        models: Models,
        *,
        clock: Callable[[], float] = time,
    ) -> None:
        self._limits, self._table, self.folder = limits, table, folder
        self._folders = JobFolders(folder, limits, table.bytes)
        self._worker = JobWorker(limits, table, self._folders, works, runtime, models, clock=clock)

    def start(self) -> None:
        """Go on with what was left, and begin to work."""
        self._folders.sweep(self._table.ids())
        self._worker.start()

    def receiving(self, declared: int) -> AbstractContextManager[Path]:
        """See `JobFolders.receiving`."""
        return self._folders.receiving(declared)

    def known(self, owner: str, repeat_key: str | None) -> JobShown | None:
        """The job that this client has sent under that name before."""
        job = self._table.repeated(owner, repeat_key)
        return self._shown(job) if job else None

    def accept(self, new: NewJob, folder: Path) -> JobShown:
        """Take a job: from here on it is done, whatever happens to the process.

        Args:
            new: The job.
            folder: From `receiving`.

        Raises:
            ServiceError: Too many wait, or it is about to end.
        """
        if self._worker.stop.is_set():
            raise ServiceError(ErrorCode.CLOSING, "the service is about to end", retry_after_s=10.0)
        job = Job(
            id=secrets.token_urlsafe(12),
            kind=new.kind,
            owner=new.owner,
            model=new.model,
            options=new.options.model_dump_json(),
            source=new.source,
            bytes=sum(path.stat().st_size for path in (folder / "in").iterdir()),
            repeat_key=new.repeat_key,
            created_at=now(),
        )
        self._folders.keep(folder, job.id)
        try:
            taken = self._table.add(job, self._limits.max_waiting)
        except BaseException:
            self._folders.remove(job.id)
            raise
        if taken.id != job.id:
            self._folders.remove(job.id)
        self._worker.tell()
        return self._shown(taken)

    def shown(self, job_id: str, owner: str | None) -> JobShown:
        """One job.

        Args:
            job_id: Its id.
            owner: Whose it must be; None for anybody's.

        Raises:
            ServiceError: There is none.
        """
        return self._shown(self._get(job_id, owner))

    def page(
        self, owner: str | None, state: JobState | None, after: str | None, limit: int
    ) -> list[JobShown]:
        """Jobs, the newest first; see `JobTable.page`."""
        return [self._shown(job) for job in self._table.page(owner, state, after, limit)]

    def remove(self, job_id: str, owner: str | None) -> JobShown:
        """End a job that has not ended; forget one that has, and what it has made.

        Returns:
            As it is then: `cancelled`, or as it was.

        Raises:
            ServiceError: There is none.
        """
        with self._worker.changed:
            job = self._get(job_id, owner)
            active = self._worker.active.get(job_id)
            if job.ended:
                shown = self._shown(job)
                self._worker.forget(job_id)
            elif active is not None:
                active.cancel.set()
                shown = self._shown(job).model_copy(update={"state": "cancelled"})
            else:
                self._worker.end(job, "cancelled")
                shown = self._shown(self._get(job_id, owner))
        self._worker.tell()
        return shown

    def file(self, name: str) -> tuple[Path, StoredFile] | None:
        """A result by its random name; None where there is none, or none any more."""
        found = self._table.file(name)
        if found is None:
            return None
        path = self._folders.of(found[0]) / found[1].path
        return (path, found[1]) if path.is_file() else None

    def counts(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        return self._table.counts()

    def changed_since(self, version: int, timeout_s: float) -> int:
        """Wait until something has changed, at most so many seconds.

        Args:
            version: What this returned before; 0 to begin with.
            timeout_s: How long.
        """
        worker = self._worker
        with worker.changed:
            worker.changed.wait_for(lambda: worker.version > version or worker.stop.is_set(), timeout_s)
            return worker.version

    def close(self) -> None:
        """Take nothing more; what is under way stops where it is, and goes on when the service is there again."""
        self._worker.close()

    def _get(self, job_id: str, owner: str | None) -> Job:
        job = self._table.get(job_id, owner)
        if job is None:
            raise ServiceError(ErrorCode.NOT_FOUND, "there is no such job, or not any more")
        return job

    def _shown(self, job: Job) -> JobShown:
        active = self._worker.active.get(job.id)
        files = self._table.files(job.id) if job.state == "done" else []
        shown = job.shown(active.progress if active and not job.ended else None, files)
        cancelled = active is not None and active.cancel.is_set() and not job.ended
        return shown.model_copy(update={"state": "cancelled"}) if cancelled else shown
