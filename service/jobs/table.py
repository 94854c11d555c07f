"""Jobs as they are remembered: rows in the service's own database."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from service.errors import ErrorCode, ServiceError
from service.jobs.shown import (
    ENDED,
    FileKind,
    JobFile,
    JobKind,
    JobOptions,
    JobProblem,
    JobProgress,
    JobShown,
    JobState,
)
from service.store import ServiceStore


@dataclass(frozen=True, slots=True)
class Job:
    """A job; times are ISO 8601, UTC.

    Attributes:
        id: Random, so that nobody can guess it.
        kind, owner, model, state, created_at, started_at, finished_at: As the API says them.
        options, progress: JSON.
        source: Address that a recording is to be fetched from.
        bytes: Of its files.
        attempts: How often it was begun without coming further than `mark`.
        mark: Pictures that were dealt with when it was begun last.
        code, message: Why it failed.
        expires_at: Seconds since 1970.
        repeat_key: What the client calls its request, so that it may repeat it.
    """

    id: str
    kind: JobKind
    owner: str
    model: str
    options: str
    source: str | None
    bytes: int
    repeat_key: str | None
    created_at: str
    state: JobState = "accepted"
    attempts: int = 0
    mark: int = 0
    progress: str = "{}"
    code: int | None = None
    message: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    expires_at: float | None = None

    @property
    def ended(self) -> bool:
        """Whether it is in a state that is final."""
        return self.state in ENDED

    def with_options(self) -> JobOptions:
        """What was asked for."""
        return JobOptions.model_validate_json(self.options)

    def shown(self, progress: JobProgress | None, files: Sequence["StoredFile"]) -> JobShown:
        """As the API says it.

        Args:
            progress: Newer than what is remembered, if there is one.
            files: That it has made.
        """
        expires = None if self.expires_at is None else datetime.fromtimestamp(self.expires_at, UTC)
        problem = JobProblem(code=self.code, message=self.message or "") if self.code else None
        return JobShown(
            id=self.id,
            kind=self.kind,
            state=self.state,
            owner=self.owner,
            model=self.model,
            created_at=datetime.fromisoformat(self.created_at),
            started_at=_moment(self.started_at),
            finished_at=_moment(self.finished_at),
            expires_at=expires,
            progress=progress or JobProgress.model_validate_json(self.progress),
            problem=problem,
            files=tuple(file.shown() for file in files),
        )


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A result of a job.

    Attributes:
        name: Random, by which it is fetched.
        kind, picture, media_type, bytes: As the API says them.
        path: Within the folder of the job.
    """

    name: str
    kind: FileKind
    picture: int | None
    path: str
    media_type: str
    bytes: int

    def shown(self) -> JobFile:
        """As the API says it."""
        return JobFile(
            kind=self.kind,
            picture=self.picture,
            url=f"/api/results/{self.name}",
            media_type=self.media_type,
            bytes=self.bytes,
        )


_COLUMNS = ", ".join(field.name for field in fields(Job))
_FILE_COLUMNS = ", ".join(field.name for field in fields(StoredFile))


class JobTable:
    """Any thread.

    Args:
        store: The database.
    """

    def __init__(self, store: ServiceStore) -> None:
        self._store = store

    def add(self, job: Job, most: int) -> Job:
        """Remember a job, on the disk when this returns.

        Args:
            job: A new one.
            most: Of jobs that have not ended.

        Returns:
            It, or the one that the same client has sent before under the same `repeat_key`.

        Raises:
            ServiceError: There are too many.
        """
        with self._transaction() as connection:
            if (known := self._repeated(connection, job.owner, job.repeat_key)) is not None:
                return known
            (waiting,) = connection.execute(
                "SELECT COUNT(*) FROM jobs WHERE state IN ('accepted', 'running')"
            ).fetchone()
            if waiting >= most:
                raise ServiceError(
                    ErrorCode.BUSY, f"{waiting} jobs wait already: send it again later", retry_after_s=10.0
                )
            values = [getattr(job, field.name) for field in fields(Job)]
            marks = ", ".join("?" for _ in values)
            connection.execute(f"INSERT INTO jobs ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608 - our own names
        return job

    def repeated(self, owner: str, repeat_key: str | None) -> Job | None:
        """The job that this client has sent under that name."""
        with self._transaction() as connection:
            return self._repeated(connection, owner, repeat_key)

    def get(self, job_id: str, owner: str | None = None) -> Job | None:
        """One job.

        Args:
            job_id: Its id.
            owner: Whose it must be; None for anybody's.
        """
        with self._transaction() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone()  # noqa: S608
        job = Job(*row) if row else None
        return job if job and owner in {None, job.owner} else None

    def page(self, owner: str | None, state: JobState | None, after: str | None, limit: int) -> list[Job]:
        """Jobs, the newest first.

        Args:
            owner: Whose; None for everybody's.
            state: In which state; None for any.
            after: Id of the last one of the page before.
            limit: How many at most.
        """
        where, values = ["1"], []
        for clause, value in (("owner = ?", owner), ("state = ?", state)):
            if value is not None:
                where.append(clause)
                values.append(value)
        if after is not None:
            where.append("number < (SELECT number FROM jobs WHERE id = ?)")
            values.append(after)
        query = f"SELECT {_COLUMNS} FROM jobs WHERE {' AND '.join(where)} ORDER BY number DESC LIMIT ?"  # noqa: S608
        with self._transaction() as connection:
            return [Job(*row) for row in connection.execute(query, (*values, limit))]

    def next_of(self, kind: JobKind) -> Job | None:
        """The job whose turn it is: one that was begun before comes first."""
        query = (
            f"SELECT {_COLUMNS} FROM jobs WHERE kind = ? AND state IN ('accepted', 'running') "  # noqa: S608
            "ORDER BY state = 'running' DESC, number LIMIT 1"
        )
        with self._transaction() as connection:
            row = connection.execute(query, (kind,)).fetchone()
        return Job(*row) if row else None

    def update(self, job: Job, **values: Any) -> Job:
        """Change columns of a job; the job as it is then."""
        with self._transaction() as connection:
            _set(connection, job.id, values)
        return replace(job, **values)

    def end(self, job: Job, files: Sequence[StoredFile], **values: Any) -> None:
        """A job has ended, with its files; all or nothing."""
        with self._transaction() as connection:
            _set(connection, job.id, values)
            connection.execute("DELETE FROM job_files WHERE job = ?", (job.id,))
            for place, file in enumerate(files):
                row = (job.id, place, *(getattr(file, field.name) for field in fields(StoredFile)))
                marks = ", ".join("?" for _ in row)
                connection.execute(
                    f"INSERT INTO job_files (job, place, {_FILE_COLUMNS}) VALUES ({marks})",  # noqa: S608
                    row,
                )

    def files(self, job_id: str) -> list[StoredFile]:
        """What a job has made, in order."""
        query = f"SELECT {_FILE_COLUMNS} FROM job_files WHERE job = ? ORDER BY place"  # noqa: S608
        with self._transaction() as connection:
            return [StoredFile(*row) for row in connection.execute(query, (job_id,))]

    def file(self, name: str) -> tuple[str, StoredFile] | None:
        """The job and the file of that random name."""
        query = f"SELECT job, {_FILE_COLUMNS} FROM job_files WHERE name = ?"  # noqa: S608
        with self._transaction() as connection:
            row = connection.execute(query, (name,)).fetchone()
        return (row[0], StoredFile(*row[1:])) if row else None

    def remove(self, job_id: str) -> None:
        """Forget a job."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM job_files WHERE job = ?", (job_id,))
            connection.execute("DELETE FROM jobs WHERE id = ?", (job_id,))

    def expired(self, now_s: float) -> list[str]:
        """Ids of the jobs whose time is over."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT id FROM jobs WHERE expires_at <= ?", (now_s,))
            return [job_id for (job_id,) in rows]

    def ids(self) -> Collection[str]:
        """Of all jobs."""
        with self._transaction() as connection:
            return {job_id for (job_id,) in connection.execute("SELECT id FROM jobs")}

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        with self._transaction() as connection:
            return dict(connection.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state").fetchall())

    def bytes(self) -> int:
        """Of all their files."""
        with self._transaction() as connection:
            (total,) = connection.execute("SELECT COALESCE(SUM(bytes), 0) FROM jobs").fetchone()
        return int(total)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._store.transaction() as connection:
            yield connection

    @staticmethod
    def _repeated(connection: sqlite3.Connection, owner: str, repeat_key: str | None) -> Job | None:
        if repeat_key is None:
            return None
        row = connection.execute(
            f"SELECT {_COLUMNS} FROM jobs WHERE owner = ? AND repeat_key = ?",  # noqa: S608
            (owner, repeat_key),
        ).fetchone()
        return Job(*row) if row else None


def _set(connection: sqlite3.Connection, job_id: str, values: Mapping[str, Any]) -> None:
    sets = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE jobs SET {sets} WHERE id = ?", (*values.values(), job_id))  # noqa: S608


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
