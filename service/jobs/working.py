"""Works jobs off, one of each kind at a time, the oldest first."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Condition, Event, Thread, get_ident
from time import monotonic
from typing import Protocol

from config.jobs import JobsSettings
from domain.errors import NoRoom
from pipeline.executor import Priority
from pipeline.parsers.base import HumanParser
from pipeline.runtime import Runtime
from service.errors import ErrorCode, ServiceError
from service.handlers import as_service_error
from service.jobs.folders import JobFolders, no_room
from service.jobs.shown import JobKind, JobProblem, JobProgress, JobState
from service.jobs.table import Job, JobTable, StoredFile
from service.jobs.work import Cancelled, Outcome, Suspended, Task
from service.models import Models

_log = logging.getLogger(__name__)

_LOOK_S = 5.0
_SAVE_S = 2.0
_MOST_ATTEMPTS = 3


class Work(Protocol):
    """Works off jobs of one kind."""

    def do(self, task: Task, parser: HumanParser) -> Outcome:
        """Do one. Blocks; raises Suspended, Cancelled, or why it cannot be done."""
        ...


@dataclass(slots=True)
class Active:
    """A job that is under way."""

    cancel: Event = field(default_factory=Event)
    progress: JobProgress = field(default_factory=JobProgress)
    saved_at: float = 0.0


class JobWorker:
    """A thread for each kind of job, so that no picture waits for a recording.

    What was under way when the process ended, however it ended, goes on where it was; a job that has ended the process three times
    without coming further is given up.

    Attributes:
        changed: Held while it is decided how a job ends; told of whenever something changes.
        version: How often something has changed.
        stop: Set when nothing more is to be begun.
        active: Jobs that are under way, by id.

    Args:
        limits: How long results are kept.
        table: Where jobs are remembered.
        folders: Where they lie.
        works: Who does jobs of each kind.
        runtime: Gives the parsers their turns.
        models: Have the parsers.
        clock: Seconds since 1970.
    """

    def __init__(  # noqa: PLR0913 - one is for tests
        self,
        limits: JobsSettings,
        table: JobTable,
        folders: JobFolders,
        works: Mapping[JobKind, Work],
        runtime: Runtime,
        models: Models,
        *,
        clock: Callable[[], float],
    ) -> None:
        self._limits, self._table, self._folders, self._works = limits, table, folders, works
        self._runtime, self._models, self._clock = runtime, models, clock
        self.changed, self.version = Condition(), 0
        self.active: dict[str, Active] = {}
        self.stop = Event()
        self._full: str | None = None
        self._threads = [
            Thread(target=self._work, args=(kind,), name=f"jobs-{kind}", daemon=True) for kind in works
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """What is under way stops where it is, and goes on when the service is there again."""
        self.stop.set()
        self.tell()
        for thread in self._threads:
            if thread.ident is not None and thread.ident != get_ident():
                thread.join()

    def tell(self) -> None:
        """Something has changed."""
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def forget(self, job_id: str) -> None:
        """A job, and all that it has made."""
        self._table.remove(job_id)
        self._folders.remove(job_id)

    def _work(self, kind: JobKind) -> None:
        while not self.stop.is_set():
            try:
                self._tidy()
                with self.changed:
                    job = self._table.next_of(kind)
                    if job is None:
                        self.changed.wait(_LOOK_S)
                        continue
                    self.active[job.id] = Active(progress=JobProgress.model_validate_json(job.progress))
                self._do(job)
            except Exception:  # noqa: BLE001 - logged whole; the thread must go on
                _log.exception("jobs: a fault of Footfall's own")
                self.stop.wait(_LOOK_S)

    def _do(self, job: Job) -> None:
        active = self.active[job.id]
        try:
            if (begun := self._begun(job, active)) is not None:
                outcome = self._works[job.kind].do(self._task(begun, active), self._parser(begun))
                self._finish(begun, outcome)
        except Suspended:
            self._table.update(job, attempts=0, progress=active.progress.model_dump_json())
        except Cancelled:
            self.end(job, "cancelled")
        except NoRoom as full:
            self._await_room(job, active, full)
        except Exception as error:  # noqa: BLE001 - told, and logged where it is a bug
            self._fail(job, error)
        finally:
            with self.changed:
                del self.active[job.id]
            self.tell()

    def _await_room(self, job: Job, active: Active, full: NoRoom) -> None:
        """A recording waits for room on its disk, in the service as in a run; what is done of it stays."""
        if self._full != job.id:
            _log.warning("job %s: %s; it goes on when there is room", job.id, full)
        self._full = job.id
        self._table.update(job, attempts=0, progress=active.progress.model_dump_json())
        if active.cancel.is_set():
            self.end(job, "cancelled")
        else:
            self.stop.wait(_LOOK_S)

    def _begun(self, job: Job, active: Active) -> Job | None:
        """The job as it is under way; None where it has ended the process too often."""
        further = active.progress.pictures > job.mark
        attempts = 1 if further else job.attempts + 1
        if attempts > _MOST_ATTEMPTS:
            told = f"the service ended {_MOST_ATTEMPTS} times while it did this job, which is given up"
            self.end(job, "failed", JobProblem(code=ErrorCode.FAULT.number, message=told))
            return None
        begun = self._table.update(
            job,
            state="running",
            attempts=attempts,
            mark=active.progress.pictures,
            started_at=job.started_at or now(),
        )
        self.tell()
        return begun

    def _task(self, job: Job, active: Active) -> Task:
        def tell(progress: JobProgress) -> None:
            active.progress = told = progress.behind(active.progress)
            if monotonic() - active.saved_at >= _SAVE_S:
                active.saved_at = monotonic()
                self._table.update(job, progress=told.model_dump_json())
            self.tell()

        return Task(
            id=job.id,
            model=job.model,
            options=job.with_options(),
            source=job.source,
            folder=self._folders.of(job.id),
            suspend=self.stop,
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
        with self.changed:
            if self.active[job.id].cancel.is_set():
                # It was said to be cancelled while its last picture was under way.
                self.end(job, "cancelled")
            else:
                self.end(job, "done", outcome.problem, outcome.files, outcome.progress)
        # Only now: who dies before must be able to do it again.
        self._folders.remove_inputs(job.id)

    def _fail(self, job: Job, error: Exception) -> None:
        try:
            told = as_service_error(no_room(error) if isinstance(error, OSError) else error)
        except Exception:  # noqa: BLE001 - a bug, logged whole; the job ends with it
            _log.exception("job %s: a fault of Footfall's own", job.id)
            told = ServiceError(ErrorCode.FAULT, "a fault of Footfall's own; the log has its traceback")
        message = str(told).replace(str(self._folders.of(job.id) / "in" / "0000"), "the recording")
        self.end(job, "failed", JobProblem(code=told.code.number, message=message))

    def end(
        self,
        job: Job,
        state: JobState,
        problem: JobProblem | None = None,
        files: tuple[StoredFile, ...] = (),
        progress: JobProgress | None = None,
    ) -> None:
        """A job has ended like that; without files nothing of it stays on the disk."""
        active = self.active.get(job.id)
        known = progress or (active.progress if active else None)
        values = {"progress": known.model_dump_json()} if known else {}
        self._table.end(
            job,
            files,
            state=state,
            code=problem.code if problem else None,
            message=problem.message if problem else None,
            finished_at=now(),
            expires_at=self._clock() + self._limits.keep_s,
            bytes=sum(file.bytes for file in files),
            **values,
        )
        if not files:
            self._folders.remove(job.id)

    def _tidy(self) -> None:
        """Forget jobs whose time is over."""
        for job_id in self._table.expired(self._clock()):
            self.forget(job_id)


def now() -> str:
    """ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
