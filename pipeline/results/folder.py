"""The folder that a run writes into."""

import os
import secrets
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel

from domain.errors import NoRoom, OutputError
from domain.file_ids import FileId, file_id
from domain.names import shown_name
from domain.os_errors import cannot_write, is_full
from domain.provenance import RunRecord
from domain.summary import RunSummary
from pipeline.results.aside import Aside
from pipeline.results.claims import Claims
from pipeline.results.lock import FolderLock
from pipeline.results.manifest import Manifest, Mark
from pipeline.results.paths import ResultPaths
from pipeline.results.plan import COMPANIONS, RUN, SUMMARY, ResultPlan
from pipeline.results.reserve import Reserve
from pipeline.results.written import Written
from sinks.staging import remove, write_whole

_CURE = "name another folder with --out"


class ResultFolder(ResultPaths):
    """Life of the files of one run, which has the folder for itself.

    1. `claim` takes the folder's lock and refuses what would not be safe; nothing has been touched then.
    2. `prepare` sets the results of runs before aside (a run that adds, or goes on with one that was cut off, leaves them), and
       makes the files that grow during the run.
    3. `begin`: from here on the results of runs before are gone. Until then `discard` puts everything back.
    4. Files are staged in `.footfall/unfinished` and published whole. The manifest names each before it gets its name, so what a
       killed run leaves is known to the next one.
    5. `close` records how the files are left, removes what is unfinished, and lets the lock go.

    Only what the manifest says, and what has not changed since, is ever replaced. It is a `Staging`.

    Args:
        path: The folder.
        plan: What the run writes and reads.
    """

    def __init__(self, path: Path, plan: ResultPlan) -> None:
        super().__init__(path, plan)
        self._manifest = Manifest(self._hidden / "manifest.jsonl")
        self._lock = FolderLock(self._hidden / "lock")
        self._publishing = threading.Lock()
        self._created: list[Path] = []
        self._former: dict[str, Mark] = {}
        self._claims = Claims(path, plan, self._former)
        self._aside = Aside(path, self._unfinished, self._claims, self._manifest)
        self._made: list[Path] = []
        self._adopted: set[str] = set()
        self._written = Written(path)
        self._reserve = Reserve(self._unfinished)
        self._rolled: list[str] = []
        self._identity: FileId | None = None
        self._owned = self._cleared = self._goes_on = False
        self.made: frozenset[str] = frozenset()

    def look(self) -> None:
        """Read what runs have written here, without having the folder."""
        self._former |= self._manifest.read()

    def is_ours(self, name: str) -> bool:
        """Whether a run has written that file, and nobody has changed it since."""
        return self._claims.is_ours(name)

    def written_whole(self) -> list[str]:
        """Files that runs have written whole, this one among them, and that are as they were left."""
        marks = self._manifest.read()
        return [
            name
            for name, mark in sorted(marks.items())
            if mark.size is not None and mark.fits(self.path / name) and not self._claims.is_in_use(name)
        ]

    def former_run(self) -> RunRecord | None:
        """What the run before has said of itself; None where it has said nothing."""
        try:
            return RunRecord.model_validate_json((self.path / RUN).read_bytes())
        except (OSError, ValueError):
            return None

    def claim(self, goes_on: Callable[[], bool] = lambda: False) -> None:
        """Make the folder if it is missing, and have it for this run alone.

        Args:
            goes_on: Asked when it has: whether this run goes on with the one that was cut off there. It may raise to refuse.

        Raises:
            OutputError: Another run has it, it cannot be written, or the run would replace what is not Footfall's or what it reads.
        """
        try:
            self._make()
            if not self._lock.take():
                raise OutputError(
                    f"{shown_name(self.path)} is being written by another run; wait for it or {_CURE}"
                )
            self._owned = True
            self._identity = file_id(self.path, follow=True)
            self._former |= self._manifest.read()
            self._goes_on = goes_on()
            self._claims.check(goes_on=self._goes_on)
        except OSError as error:
            raise OutputError(cannot_write(self.path, error, _CURE)) from error

    def prepare(self) -> None:
        """Make room, and make the files that grow during the run.

        Raises:
            OutputError: It cannot be done.
        """
        try:
            if not self._goes_on:
                self._clear()
                self._cleared = True
            self._unfinished.mkdir(exist_ok=True)
            if self.plan.adds or self._goes_on:
                kept = {name: mark for name, mark in self._former.items() if self._claims.may_replace(name)}
                self._aside.rename_earlier()
            else:
                kept = {}
                self._aside.move_former()
            self._aside.save_manifest()
            self._manifest.begin(kept)
            for name in self.plan.grows:
                self._open(name)
            self.made = frozenset(path.name for path in self._made)
        except OSError as error:
            raise OutputError(cannot_write(self.path, error, _CURE)) from error

    def begin(self) -> None:
        """The run begins: what it replaces is of no use any more."""
        self._aside.let_go()
        self._reserve.keep()

    def discard(self) -> None:
        """Put everything back, for a run that could not begin. A folder that was there before stays."""
        if self._owned:
            self._put_back()
            if self._hidden in self._created:
                for ending in ("", *COMPANIONS):
                    remove(self.spool.with_name(f"{self.spool.name}{ending}"))
            self._release(remove=self._hidden in self._created)
        for folder in reversed(self._created):
            try:
                folder.rmdir()
            except OSError:
                return

    def stage(self, path: Path) -> Path:
        """A place in `.footfall/unfinished`, which the next run clears."""
        return self._unfinished / f"{secrets.token_hex(8)}{path.suffix[:8]}"

    def publish(self, staged: Path, path: Path) -> None:
        """Record the file in the manifest, then give it its name. A file that no run has written keeps it.

        Raises:
            OSError: It cannot be done; the staged file is gone.
        """
        name = self._name(path)
        try:
            with self._publishing:
                self._refuse_foreign(name)
                mark = Mark.of(staged)
                self._manifest.add(name, mark)
                staged.replace(path)
                self._former.pop(name, None)
        except OSError:
            remove(staged)
            raise
        if path.parent == self.path:
            self._written.note(name, mark)

    def can_roll(self, path: Path) -> bool:
        """See `ResultFiles.can_roll`: what no run in this folder has made keeps its name."""
        return self._name(path) not in self._adopted

    def roll(self, path: Path, closed: Path) -> None:
        """See `ResultFiles.roll`. The manifest names the closed file, too, before it is there.

        A crash in between leaves no `path`; the next run makes it.
        """
        with self._publishing:
            closed.parent.mkdir(exist_ok=True)
            staged = self.stage(path)
            staged.touch()
            try:
                self._manifest.add(self._name(closed), Mark.of_open(path))
                path.rename(closed)
                self._begin_anew(staged, path, closed)
            finally:
                remove(staged)
            self._rolled.append(self._name(closed))
            self._written.note(self._name(path))

    def write_summary(self, summary: RunSummary) -> None:
        """Write `summary.json`, whole or not at all.

        Raises:
            OutputError: It cannot be written.
        """
        self._write_json(SUMMARY, summary)

    def write_run(self, run: RunRecord) -> None:
        """Write `run.json`, whole or not at all; once when the run begins, and once when it has ended.

        Raises:
            NoRoom: Its disk is full.
            OutputError: It cannot be written for another reason.
        """
        self._write_json(RUN, run)

    def give_back_reserve(self) -> None:
        """Make the room that was kept for the end of the run: for the summary and the report on a disk that has become full."""
        self._reserve.give_back()

    def problem(self) -> str | None:
        """What has become of the folder against all expectation while the run went on, in one line."""
        if file_id(self.path, follow=True) != self._identity:
            return (
                f"{shown_name(self.path)} was removed or renamed during the run, and what was in it with it"
            )
        gone = self._written.gone()
        return f"{', '.join(gone)} was removed or replaced during the run" if gone else None

    def close(self) -> None:
        """Record how the files are left, remove what is unfinished, and let the folder go. May be called twice."""
        if self._owned:
            shutil.rmtree(self._unfinished, ignore_errors=True)
        self.leave()

    def leave(self) -> None:
        """Record how the files are left, and let the folder go, with what is unfinished in it. May be called twice."""
        if not self._owned:
            return
        with suppress(OSError):
            for name in set(self.plan.grows) - self._adopted:
                if self._written.is_there(name):
                    self._manifest.add(name, Mark.of(self.path / name))
            for name in self._rolled:
                if (self.path / name).is_file():
                    self._manifest.add(name, Mark.of(self.path / name))
        self._manifest.close()
        self._release(remove=False)

    def _write_json(self, name: str, model: BaseModel) -> None:
        path, text = self.path / name, model.model_dump_json(indent=2) + "\n"
        try:
            write_whole(self, path, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            kind = NoRoom if is_full(error) else OutputError
            raise kind(cannot_write(path, error)) from error

    def _make(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise OutputError(f"{shown_name(self.path)} is a file, not a folder: {_CURE}")
        missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        for folder in (*reversed(missing), self._hidden):
            # Another run has made it in this moment.
            with suppress(FileExistsError):
                folder.mkdir()
                self._created.append(folder)
        if self._hidden.is_symlink() or not self._hidden.is_dir():
            raise OutputError(f"{shown_name(self._hidden)} is not a folder: move it away or {_CURE}")

    def _clear(self) -> None:
        """Remove what a killed run has left unfinished."""
        if os.path.lexists(self._unfinished):
            shutil.rmtree(self._unfinished)

    def _open(self, name: str) -> None:
        """Record a file that grows during the run, and make it if it is missing.

        One that no run in this folder has made is added to, but not recorded: it never becomes one that may be replaced.
        """
        path = self.path / name
        if os.path.lexists(path):
            if (self._goes_on and not self.plan.adds) or self._claims.may_replace(name):
                self._manifest.add(name, Mark.of_open(path))
            else:
                self._adopted.add(name)
        else:
            staged = self.stage(path)
            staged.touch()
            self._manifest.add(name, Mark.of_open(staged))
            staged.rename(path)
            self._made.append(path)
        self._written.note(name)

    def _begin_anew(self, staged: Path, path: Path, closed: Path) -> None:
        try:
            self._manifest.add(self._name(path), Mark.of_open(staged))
            staged.rename(path)
        except OSError:
            closed.rename(path)
            raise

    def _name(self, path: Path) -> str:
        return path.relative_to(self.path).as_posix()

    def _refuse_foreign(self, name: str) -> None:
        path = self.path / name
        if not os.path.lexists(path) or self._written.is_as_left(name):
            return
        if not self._claims.may_replace(name) and name not in self.written_whole():
            raise FileExistsError(0, "a file that is not this run's has the name")

    def _put_back(self) -> None:
        for path in self._made:
            remove(path)
            for ending in COMPANIONS if path == self.database else ():
                remove(path.with_name(f"{path.name}{ending}"))
        restored = self._aside.put_back()
        if restored and self._cleared:
            shutil.rmtree(self._unfinished, ignore_errors=True)

    def _release(self, *, remove: bool) -> None:
        self._owned = False
        with suppress(OSError):
            self._lock.release(remove=remove)
