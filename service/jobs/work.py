"""What those who work off jobs share."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from service.jobs.shown import FileKind, JobOptions, JobProblem, JobProgress
from service.jobs.table import StoredFile


class Suspended(Exception):  # noqa: N818 - what has happened
    """The service is about to end; the job goes on when it is there again."""


class Cancelled(Exception):  # noqa: N818 - what has happened
    """Nobody wants it any more."""


@dataclass(frozen=True, slots=True)
class Task:
    """A job in the hands of a worker.

    Attributes:
        id, model: Of the job.
        options: What was asked for.
        source: Address that a recording is to be fetched from.
        folder: Of the job: `in` holds what was sent, `out` results; what is made of all of them lies beside.
        suspend, cancel: Set by others.
        tell: Takes news of how far it is.
    """

    id: str
    model: str
    options: JobOptions
    source: str | None
    folder: Path
    suspend: Event
    cancel: Event
    tell: Callable[[JobProgress], None]

    @property
    def inputs(self) -> list[Path]:
        """What was sent, in order."""
        return sorted((self.folder / "in").iterdir())

    @property
    def out(self) -> Path:
        """Where results go."""
        return self.folder / "out"

    def check(self) -> None:
        """Make sure that it is to go on.

        Raises:
            Suspended, Cancelled: It is not.
        """
        if self.cancel.is_set():
            raise Cancelled
        if self.suspend.is_set():
            raise Suspended


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job has made.

    Attributes:
        files: In order.
        progress: In the end.
        problem: Why a part is missing.
    """

    files: tuple[StoredFile, ...]
    progress: JobProgress
    problem: JobProblem | None = None


def stored(task: Task, kind: FileKind, path: Path, media_type: str) -> StoredFile:
    """A file that a job has made, under a random name.

    Args:
        task: The job.
        kind: What it is.
        path: In the folder of the job.
        media_type: As HTTP calls it.
    """
    within = path.relative_to(task.folder).as_posix()
    return StoredFile(secrets.token_urlsafe(24), kind, None, within, media_type, path.stat().st_size)
