"""Takes jobs, works them off one after the other, and keeps their results until they expire."""

import errno
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition, Event, Thread, get_ident
from time import monotonic, time
from typing import Protocol

from config.jobs import JobsSettings
from pipeline.executor import Priority
from pipeline.parsers.base import HumanParser
from pipeline.runtime import Runtime
from service.errors import ErrorCode, ServiceError
from service.handlers import as_service_error
from service.jobs.shown import JobKind, JobOptions, JobProblem, JobProgress, JobShown, JobState
from service.jobs.table import Job, JobTable, StoredFile
from service.jobs.work import Cancelled, Outcome, Suspended, Task
from service.models import Models

_log = logging.getLogger(__name__)

_LOOK_S = 5.0
_SAVE_S = 2.0
_MOST_ATTEMPTS = 3
_SPARE_BYTES = 64 << 20
_INCOMING = "incoming-"


class Work(Protocol):
    """Works off jobs of one kind."""

    def do(self, task: Task, parser: HumanParser) -> Outcome:
        """Do one. Blocks; raises Suspended, Cancelled, or why it cannot be done."""
        ...


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


@dataclass(slots=True)
class _Active:
    """A job that is under way."""

    cancel: Event = field(default_factory=Event)
    progress: JobProgress = field(default_factory=JobProgress)
    saved_at: float = 0.0


class JobQueue:
    """All jobs. Any thread.

    One that was accepted is on the disk, with all that was sent. A thread for each kind does the oldest first, so that no picture
    waits for a recording. What was under way when the process ended, however it ended, goes on where it was; a job that has
    ended the process three times without coming further is given up.

    Attributes:
        folder: Where what was sent, and what was made of it, lies.

    Args:
        folder: Of its own; made if it is missing.
        limits: Sizes and times.
        table: Where jobs are remembered.
        works: Who does jobs of each kind.
        runtime, models: Have the parsers.
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
        self.folder = folder
        self._limits, self._table, self._works = limits, table, works
        self._runtime, self._models, self._clock = runtime, models, clock
        self._changed = Condition()
        self._version = self._uploads = 0
        self._active: dict[str, _Active] = {}
        self._stop = Event()
        self._threads = [
            Thread(target=self._work, args=(kind,), name=f"jobs-{kind}", daemon=True) for kind in works
        ]

    def start(self) -> None:
        """Go on with what was left, and begin to work."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = self._table.ids()
        for folder in self.folder.iterdir():
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)
        for thread in self._threads:
            thread.start()

    @contextmanager
    def receiving(self, declared: int) -> Iterator[Path]:
        """A folder for what comes with a job; it is gone afterwards unless the job was accepted.

        Args:
            declared: Bytes that the request says it has.

        Raises:
            ServiceError: Too many come at a time, or there is no room.
        """
        self._require_room(declared)
        with self._changed:
            if self._uploads >= self._limits.max_uploads:
                raise ServiceError(
                    ErrorCode.BUSY, f"{self._uploads} jobs are being sent already", retry_after_s=5.0
                )
            self._uploads += 1
        folder = self.folder / f"{_INCOMING}{secrets.token_hex(8)}"
        try:
            (folder / "in").mkdir(parents=True)
            yield folder
        except OSError as error:
            raise _no_room(error) from error
        finally:
            with self._changed:
                self._uploads -= 1
            shutil.rmtree(folder, ignore_errors=True)

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
        if self._stop.is_set():
            raise ServiceError(ErrorCode.CLOSING, "the service is about to end", retry_after_s=10.0)
        inputs = sorted((folder / "in").iterdir())
        job = Job(
            id=secrets.token_urlsafe(12),
            kind=new.kind,
            owner=new.owner,
            model=new.model,
            options=new.options.model_dump_json(),
            source=new.source,
            inputs=len(inputs),
            bytes=sum(path.stat().st_size for path in inputs),
            repeat_key=new.repeat_key,
            created_at=_now(),
        )
        for path in (*inputs, folder / "in"):
            _sync(path)
        place = self.folder / job.id
        folder.rename(place)
        _sync(self.folder)
        try:
            taken = self._table.add(job, self._limits.max_waiting)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        if taken.id != job.id:
            shutil.rmtree(place, ignore_errors=True)
        self._tell()
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
        with self._changed:
            job = self._get(job_id, owner)
            active = self._active.get(job_id)
            if job.ended:
                shown = self._shown(job)
                self._forget(job_id)
            elif active is not None:
                active.cancel.set()
                shown = self._shown(job).model_copy(update={"state": "cancelled"})
            else:
                self._end(job, "cancelled")
                shown = self._shown(self._get(job_id, owner))
        self._tell()
        return shown

    def file(self, name: str) -> tuple[Path, StoredFile] | None:
        """A result by its random name; None where there is none, or none any more."""
        found = self._table.file(name)
        if found is None:
            return None
        path = self.folder / found[0] / found[1].path
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
        with self._changed:
            self._changed.wait_for(lambda: self._version > version or self._stop.is_set(), timeout_s)
            return self._version

    def close(self) -> None:
        """Take nothing more; what is under way stops where it is, and goes on when the service is there again."""
        self._stop.set()
        self._tell()
        for thread in self._threads:
            if thread.ident is not None and thread.ident != get_ident():
                thread.join()

    def tidy(self) -> None:
        """Forget jobs whose time is over."""
        for job_id in self._table.expired(self._clock()):
            self._forget(job_id)

    def _work(self, kind: JobKind) -> None:
        while not self._stop.is_set():
            try:
                self.tidy()
                with self._changed:
                    job = self._table.next_of(kind)
                    if job is None:
                        self._changed.wait(_LOOK_S)
                        continue
                    self._active[job.id] = _Active(progress=JobProgress.model_validate_json(job.progress))
                self._do(job)
            except Exception:  # noqa: BLE001 - logged whole; the thread must go on
                _log.exception("jobs: a fault of Footfall's own")
                self._stop.wait(_LOOK_S)

    def _do(self, job: Job) -> None:
        active = self._active[job.id]
        try:
            if (begun := self._begun(job, active)) is not None:
                outcome = self._works[job.kind].do(self._task(begun, active), self._parser(begun))
                self._finish(begun, outcome)
        except Suspended:
            self._table.update(job, attempts=0, progress=active.progress.model_dump_json())
        except Cancelled:
            self._end(job, "cancelled")
        except Exception as error:  # noqa: BLE001 - told, and logged where it is a bug
            self._fail(job, error)
        finally:
            with self._changed:
                del self._active[job.id]
            self._tell()

    def _begun(self, job: Job, active: _Active) -> Job | None:
        """The job as it is under way; None where it has ended the process too often."""
        further = active.progress.pictures > job.mark
        attempts = 1 if further else job.attempts + 1
        if attempts > _MOST_ATTEMPTS:
            told = f"the service ended {_MOST_ATTEMPTS} times while it did this job, which is given up"
            self._end(job, "failed", JobProblem(code=ErrorCode.FAULT.number, message=told))
            return None
        begun = self._table.update(
            job,
            state="running",
            attempts=attempts,
            mark=active.progress.pictures,
            started_at=job.started_at or _now(),
        )
        self._tell()
        return begun

    def _task(self, job: Job, active: _Active) -> Task:
        def tell(progress: JobProgress) -> None:
            active.progress = progress
            if monotonic() - active.saved_at >= _SAVE_S:
                active.saved_at = monotonic()
                self._table.update(job, progress=progress.model_dump_json())
            self._tell()

        return Task(
            id=job.id,
            model=job.model,
            options=job.with_options(),
            source=job.source,
            folder=self.folder / job.id,
            suspend=self._stop,
            cancel=active.cancel,
            tell=tell,
        )

    def _parser(self, job: Job) -> HumanParser:
        """The parser that it was accepted for, which may not be the one in use any more."""
        if self._models.info(job.model) is None:
            self._models.load(job.model)
        choice = self._models.chosen(job.model)
        return self._runtime.parser_for(Priority.BATCH, choice.parser)

    def _finish(self, job: Job, outcome: Outcome) -> None:
        shutil.rmtree(self.folder / job.id / "in", ignore_errors=True)
        with self._changed:
            if self._active[job.id].cancel.is_set():
                # It was said to be cancelled while its last picture was under way.
                self._end(job, "cancelled")
            else:
                self._end(job, "done", outcome.problem, outcome.files, outcome.progress)

    def _fail(self, job: Job, error: Exception) -> None:
        try:
            told = as_service_error(_no_room(error) if isinstance(error, OSError) else error)
        except Exception:  # noqa: BLE001 - a bug, logged whole; the job ends with it
            _log.exception("job %s: a fault of Footfall's own", job.id)
            told = ServiceError(ErrorCode.FAULT, "a fault of Footfall's own; the log has its traceback")
        message = str(told).replace(str(self.folder / job.id / "in" / "0000"), "the recording")
        self._end(job, "failed", JobProblem(code=told.code.number, message=message))

    def _end(
        self,
        job: Job,
        state: JobState,
        problem: JobProblem | None = None,
        files: tuple[StoredFile, ...] = (),
        progress: JobProgress | None = None,
    ) -> None:
        active = self._active.get(job.id)
        known = progress or (active.progress if active else None)
        values = {"progress": known.model_dump_json()} if known else {}
        self._table.end(
            job,
            files,
            state=state,
            code=problem.code if problem else None,
            message=problem.message if problem else None,
            finished_at=_now(),
            expires_at=self._clock() + self._limits.keep_s,
            bytes=sum(file.bytes for file in files),
            **values,
        )
        if not files:
            shutil.rmtree(self.folder / job.id, ignore_errors=True)

    def _forget(self, job_id: str) -> None:
        self._table.remove(job_id)
        shutil.rmtree(self.folder / job_id, ignore_errors=True)

    def _get(self, job_id: str, owner: str | None) -> Job:
        job = self._table.get(job_id, owner)
        if job is None:
            raise ServiceError(ErrorCode.NOT_FOUND, "there is no such job, or not any more")
        return job

    def _shown(self, job: Job) -> JobShown:
        active = self._active.get(job.id)
        files = self._table.files(job.id) if job.state == "done" else []
        shown = job.shown(active.progress if active and not job.ended else None, files)
        cancelled = active is not None and active.cancel.is_set() and not job.ended
        return shown.model_copy(update={"state": "cancelled"}) if cancelled else shown

    def _require_room(self, declared: int) -> None:
        used, most = self._table.bytes(), self._limits.max_bytes
        if used + declared > most:
            raise ServiceError(
                ErrorCode.NO_ROOM,
                f"jobs have {used} bytes, and {most} are allowed: remove some that are done, or raise service.jobs.max_bytes",
            )
        with suppress(OSError):
            if shutil.disk_usage(self.folder).free < declared + _SPARE_BYTES:
                raise ServiceError(ErrorCode.NO_ROOM, "the disk is nearly full: make room")

    def _tell(self) -> None:
        with self._changed:
            self._version += 1
            self._changed.notify_all()


def _no_room(error: OSError) -> Exception:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ServiceError(ErrorCode.NO_ROOM, "the disk is full: make room")
    return error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
