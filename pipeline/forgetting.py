"""Deleting what is too old from a folder of results: events, spool, pictures. Nothing is touched that no run has written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from domain.errors import OutputError
from domain.events import event_classes
from domain.names import shown_name
from domain.os_errors import cannot_write
from domain.stores import StoreAddress, file_store
from pipeline.results import ResultFolder
from pipeline.results.plan import REPORT, SUMMARY
from sinks.base import CLOSED, DATABASE, EVENTS
from sinks.jsonl_files import closed_files
from sinks.jsonl_forgetting import forget_lines, old_lines
from sinks.spool.forgetting import forget_events, marks, set_mark

_MAY_SHOW = "it was written since, and may show a time before, too: delete it yourself if it does"
_JSONL = "jsonl"
"""The sink of `events.jsonl`."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that went, or would, or that stays though it is old.

    Attributes:
        what: Which kind of thing.
        place: Where it was.
        count: How many rows, lines or files.
        freed: Bytes.
        stays: Why it is still there; empty where it went.
    """

    what: str
    place: str
    count: int
    freed: int = 0
    stays: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """From when on things are too old.

    Attributes:
        tables: Moments by table of a kind of event; kinds that are not there stay.
        pictures: Of pictures and reports; None where they stay.
        audit: Of lines of the audit log; None where they stay.
        states: Of states of a run that was cut off, and sums of a run; None where they stay.
        recordings: Whether events of recordings are as old as what they tell of; else they are left to the run that replaces them.
    """

    tables: Mapping[str, datetime] = field(default_factory=dict)
    pictures: datetime | None = None
    audit: datetime | None = None
    states: datetime | None = None
    recordings: bool = False

    @classmethod
    def everything(cls, moment: datetime) -> "Before":
        """All that is older than one moment."""
        tables = {kind.table.name: moment for kind in event_classes()}
        return cls(tables, moment, moment, moment, recordings=True)

    @classmethod
    def of_days(cls, days: Mapping[str, float], others: str, now: datetime | None = None) -> "Before":
        """What is older than so many days.

        Args:
            days: By table, and `pictures` and `audit`.
            others: The key that stands for tables of packages.
            now: The time of this machine.
        """
        now = now or datetime.now(UTC)
        ages = {key: now - timedelta(days=number) for key, number in days.items()}
        own = {kind.table.name: ages.get(kind.table.name, ages.get(others)) for kind in event_classes()}
        return cls(
            {table: moment for table, moment in own.items() if moment is not None},
            ages.get("pictures"),
            ages.get("audit"),
        )

    @property
    def nothing(self) -> bool:
        """Whether everything stays."""
        return not (self.tables or self.pictures or self.audit or self.states)

    def is_old(self, kind: str, moment: datetime, time_source: str) -> bool:
        """Whether an event of that kind is too old."""
        before = self.tables.get(_tables().get(kind, ""))
        return before is not None and moment < before and (self.recordings or time_source != "file")


@cache
def _tables() -> dict[str, str]:
    return {kind.kind(): kind.table.name for kind in event_classes()}


def forget_in(results: ResultFolder, before: Before, *, dry_run: bool = False) -> Iterator[Gone]:
    """Delete what is too old in a folder of results.

    Args:
        results: Claimed and prepared, unless it is a dry run.
        before: What is too old.
        dry_run: Only look.

    Raises:
        OutputError: Something cannot be read or written.
    """
    try:
        found = [
            *forget_closed_lines(results, before, dry_run=dry_run),
            *_open_lines(results, before, dry_run=dry_run),
        ]
        yield from found
        if results.database.is_file() and results.is_ours(DATABASE):
            yield from forget_in_store(file_store(results.database), before, dry_run=dry_run)
        spooled = _spool(results, before, dry_run=dry_run)
        yield from spooled.gone
        if not spooled.goes_on:
            yield from _unfinished(results, before, dry_run=dry_run)
        yield from forget_files(results, before, dry_run=dry_run, tells_older=bool(found))
    except (OSError, EOFError) as error:
        where = Path(getattr(error, "filename", None) or results.path)
        raise OutputError(
            cannot_write(where, error if isinstance(error, OSError) else OSError(str(error)))
        ) from error


def forget_in_store(store: StoreAddress, before: Before, *, dry_run: bool = False) -> list[Gone]:
    """Delete rows that are too old; raises OutputError."""
    from sinks.sql.forgetting import forget_rows  # noqa: PLC0415 - brings SQLAlchemy along

    rows, freed = forget_rows(store, before.tables, dry_run=dry_run)
    # The file shrinks as a whole.
    return [
        Gone(f"rows of {one.table}", store.shown(), one.rows, freed if number == 0 else 0)
        for number, one in enumerate(rows)
    ]


def forget_closed_lines(
    results: ResultFolder, before: Before, *, dry_run: bool = False, packed_only: bool = False
) -> Iterator[Gone]:
    """Lines of the files in `events/`; also while a run goes on, which does not touch those that are packed."""
    written = set(results.written_whole()) if before.tables else set()
    for file in closed_files(results.path / CLOSED) if before.tables else ():
        if packed_only and not file.packed:
            continue
        name = file.path.relative_to(results.path).as_posix()
        if name in written or results.is_ours(name):
            yield from _lines_of(file.path, results, before, dry_run=dry_run)


def _lines_of(path: Path, results: ResultFolder, before: Before, *, dry_run: bool) -> Iterator[Gone]:
    size, count = path.stat().st_size, old_lines(path, before.is_old)
    if not count:
        return
    if not dry_run:
        forget_lines(path, before.is_old, results)
        if path != results.events and old_lines(path, _any) == 0:
            path.unlink()
    left = path.stat().st_size if path.exists() else 0
    yield Gone("lines of events", shown_name(path), count, max(0, size - left))


def _open_lines(results: ResultFolder, before: Before, *, dry_run: bool) -> Iterator[Gone]:
    """Lines of `events.jsonl`. The sink knows its place there by its length, so that is told it."""
    path = results.events
    if not (path.is_file() and results.is_ours(EVENTS)):
        return
    place = marks(results.spool).get(_JSONL) if results.spool.is_file() else None
    number, _, size = (place or "").rpartition(":")
    if place is not None and size != str(path.stat().st_size):
        count = old_lines(path, before.is_old)
        if count:
            why = "a run was cut off here: run it again, or give it up with --start-over, and forget again"
            yield Gone("lines of events", shown_name(path), count, stays=why)
        return
    yield from _lines_of(path, results, before, dry_run=dry_run)
    if place is not None and not dry_run:
        set_mark(results.spool, _JSONL, f"{number}:{path.stat().st_size}".removeprefix(":"))


def _any(_kind: str, _moment: datetime, _source: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Spooled:
    """What went of a spool, and whether a run that was cut off can still be gone on with."""

    gone: tuple[Gone, ...] = ()
    goes_on: bool = False


def _spool(results: ResultFolder, before: Before, *, dry_run: bool) -> _Spooled:
    if not results.spool.is_file():
        return _Spooled()
    place = shown_name(results.spool)
    size = results.spool.stat().st_size
    found = forget_events(results.spool, before.is_old, before.states, dry_run=dry_run)
    freed = size - results.spool.stat().st_size
    gone: list[Gone] = []
    if found.events:
        gone.append(Gone("events on their way", place, found.events, max(0, freed)))
    if found.waiting:
        cure = "send them with footfall deliver, or give the store up with footfall spool forget"
        why = f"a store has not got them: {cure}"
        gone.append(Gone("events on their way", place, found.waiting, stays=why))
    if found.states:
        gone.append(Gone("states of a run that was cut off", place, found.states))
    return _Spooled(tuple(gone), goes_on=found.states_left > 0)


def forget_files(
    results: ResultFolder, before: Before, *, dry_run: bool = False, tells_older: bool = False
) -> Iterator[Gone]:
    """Pictures and what shows them, by when they were written; `run.json` holds nothing of people.

    Args:
        results: The folder.
        before: What is too old.
        dry_run: Only look.
        tells_older: Whether the folder told of an older time, so that pictures which were written since may, too.

    Returns:
        One for each file, and for each folder of them.
    """
    found: dict[tuple[str, str, str], list[int]] = {}
    for name in results.written_whole() if before.pictures or before.states else ():
        path = results.path / name
        moment, what = _moment_of(name, before)
        if moment is None or not path.is_file():
            continue
        seen = path.stat()
        place = shown_name(path if path.parent == results.path else path.parent)
        if seen.st_mtime < moment.timestamp():
            found.setdefault((what, place, ""), []).append(seen.st_size)
            if not dry_run:
                _remove(path, results.path)
        elif before.recordings and tells_older:
            found.setdefault((what, place, _MAY_SHOW), []).append(0)
    for (what, place, stays), sizes in found.items():
        yield Gone(what, place, len(sizes), sum(sizes), stays)


def _unfinished(results: ResultFolder, before: Before, *, dry_run: bool) -> Iterator[Gone]:
    """What a run that was cut off, and that nobody goes on with any more, has left of pictures."""
    if before.pictures is None or not results.unfinished.is_dir():
        return
    latest = before.pictures.timestamp()
    pictures = [path for path in results.unfinished.iterdir() if path.is_file() and _shows_people(path.name)]
    old = [path for path in pictures if path.stat().st_mtime < latest]
    if not old:
        return
    freed = sum(path.stat().st_size for path in old)
    for path in old if not dry_run else ():
        path.unlink()
    yield Gone("pictures of a run that was cut off", shown_name(results.unfinished), len(old), freed)


def _remove(path: Path, top: Path) -> None:
    """A file, and the folders that it leaves empty."""
    path.unlink()
    for folder in path.parents:
        if folder == top or any(folder.iterdir()):
            return
        folder.rmdir()


def _moment_of(name: str, before: Before) -> tuple[datetime | None, str]:
    if name == SUMMARY:
        return before.states, "sums of a run"
    if name == REPORT:
        return before.pictures, "report with stills"
    return (before.pictures if _shows_people(name) else None), "pictures"


def _shows_people(name: str) -> bool:
    """Whether a file of that name holds pictures, or outlines of people."""
    return name.endswith((".mp4", ".png", ".jpg", ".npz"))
