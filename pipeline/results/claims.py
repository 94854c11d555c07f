"""Which files of a folder a run may replace, and which make it refuse."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from domain.errors import OutputError
from domain.file_ids import FileId, file_id
from domain.names import shown_name
from pipeline.results.manifest import Mark
from pipeline.results.plan import COMPANIONS, HIDDEN, ResultPlan
from pipeline.results.recognition import is_footfalls
from pipeline.sources.image_formats import is_picture
from sinks.base import DATABASE, EVENTS
from sinks.names import folded

_NAMED_AT_MOST = 4


class Claims:
    """What a run may do with the files that it finds. Looks only.

    Args:
        folder: Of the results.
        plan: What the run writes and reads.
        former: What the manifest says that runs before have written.
    """

    def __init__(self, folder: Path, plan: ResultPlan, former: Mapping[str, Mark]) -> None:
        self._folder = folder
        self._plan = plan
        self._former = former
        self._in_use = _in_use(plan)

    def check(self, *, goes_on: bool = False) -> None:
        """Refuse a run that would replace what is not Footfall's, or what it reads itself.

        Args:
            goes_on: Whether it goes on with a run that was cut off, and so with the files that grow.

        Raises:
            OutputError: It would; the message names the files.
        """
        for store in self._plan.stores:
            self._check_store(store)
        self._check_sources()
        foreign: list[str] = []
        for name in (*self._plan.files(), *self._in_folders()):
            path = self._folder / name
            if not os.path.lexists(path):
                continue
            if file_id(path) in self._in_use:
                raise OutputError(
                    f"{shown_name(path)} is what this run reads; name another folder with --out"
                )
            # In this order: a database that is looked into gets files beside it.
            if not (
                self.is_ours(name) or self.can_continue(name, goes_on=goes_on) or self.to_set_aside(name)
            ):
                foreign.append(name)
        if foreign:
            raise OutputError(
                f"{shown_name(self._folder)} holds files that no run in it has written, or that were changed since: "
                f"{_listed(foreign)}; move them away or name another folder with --out"
            )

    def is_ours(self, name: str) -> bool:
        """Whether a run has written that file, and nobody has changed it since."""
        mark = self._former.get(name)
        if not self._has_real_folders(name):
            return False
        if mark is None:
            return self._is_companion(name)
        path = self._folder / name
        return mark.fits(path) and (mark.size is not None or is_footfalls(path, name))

    def can_continue(self, name: str, *, goes_on: bool) -> bool:
        """Whether the run adds to that file: an earlier version has left it without saying so, or it was copied while it grew."""
        adds = self._plan.adds or goes_on
        return (adds and name in {EVENTS, DATABASE} and is_footfalls(self._folder / name, name)) or (
            name.startswith(DATABASE) and name != DATABASE and self.can_continue(DATABASE, goes_on=goes_on)
        )

    def to_set_aside(self, name: str) -> bool:
        """Whether that file is a result of an earlier version, to which nothing can be added."""
        return self._plan.adds and name not in self._former and is_footfalls(self._folder / name, name)

    def replaceable(self) -> Iterator[str]:
        """What was written by runs before and is not in use by this one."""
        with_companions = {f"{DATABASE}{ending}" for ending in COMPANIONS if DATABASE in self._former}
        for name in (*self._former, *sorted(with_companions)):
            if os.path.lexists(self._folder / name) and self.may_replace(name):
                yield name

    def may_replace(self, name: str) -> bool:
        """Whether that file, which is there, is ours and not in use by this run."""
        return self.is_ours(name) and not self.is_in_use(name)

    def is_in_use(self, name: str) -> bool:
        """Whether this run reads that file, or has it as a store."""
        return file_id(self._folder / name) in self._in_use

    def _check_store(self, store: Path) -> None:
        hidden = self._folder / HIDDEN
        for name in self._plan.files():
            if _is_same_place(store, self._folder / name):
                raise OutputError(
                    f"{shown_name(store)}, named for the SQL tables, is where a run writes its {name}; name another file"
                )
        if any(_is_same_place(above, hidden) for above in store.parents):
            raise OutputError(
                f"{shown_name(store)} lies in Footfall's own folder {shown_name(hidden)}; name another file"
            )

    def _check_sources(self) -> None:
        hidden = self._folder / HIDDEN
        for source in self._plan.reads:
            if any(_is_same_place(above, hidden) for above in (source, *_resolved(source).parents)):
                raise OutputError(
                    f"{shown_name(source)} lies in Footfall's own folder {shown_name(hidden)}; move it away first"
                )

    def _in_folders(self) -> Iterator[str]:
        """What is in the folders that the run fills, and what stands in their way."""
        for name in self._plan.folders():
            above = [each.as_posix() for each in reversed(PurePosixPath(name).parents)][1:]
            blocked = next((each for each in (*above, name) if self._is_in_the_way(each)), None)
            if blocked is not None:
                yield blocked
            elif file_id(self._folder / name) in self._in_use:
                yield name
            elif (self._folder / name).is_dir():
                yield from (f"{name}/{found.name}" for found in (self._folder / name).iterdir())

    def _is_in_the_way(self, name: str) -> bool:
        path = self._folder / name
        return os.path.lexists(path) and not _is_folder(path)

    def _is_companion(self, name: str) -> bool:
        """Whether it is what SQLite has put beside a database that a run has written."""
        if DATABASE not in self._former or name not in {f"{DATABASE}{ending}" for ending in COMPANIONS}:
            return False
        database, path = self._folder / DATABASE, self._folder / name
        return stat.S_ISREG(path.lstat().st_mode) and (
            not os.path.lexists(database) or self.is_ours(DATABASE)
        )

    def _has_real_folders(self, name: str) -> bool:
        """Whether the way there goes through folders only: a link leads to what is somebody else's."""
        above = [self._folder / folder for folder in PurePosixPath(name).parents]
        return all(folder == self._folder or _is_folder(folder) for folder in above)


def _in_use(plan: ResultPlan) -> frozenset[FileId]:
    """All that the run reads, and the stores that it was told to write to."""
    found: set[FileId | None] = set()
    for source in plan.reads:
        found |= {file_id(source, follow=True), file_id(source)}
        if source.is_dir():
            found |= {file_id(entry, follow=True) for entry in source.iterdir() if is_picture(entry)}
    stores = [each for store in plan.stores for each in (store, _resolved(store))]
    found |= {
        file_id(store.with_name(f"{store.name}{ending}"), follow=follow)
        for store in stores
        for ending in ("", *COMPANIONS)
        for follow in (False, True)
    }
    return frozenset(each for each in found if each is not None)


def _is_same_place(one: Path, other: Path) -> bool:
    """Whether two paths are one file, or would be if it were there."""
    here, there = file_id(one, follow=True), file_id(other)
    if here is not None and here == there:
        return True
    one = _resolved(one)
    above = file_id(one.parent, follow=True)
    same_folder = above is not None and above == file_id(other.parent, follow=True)
    return same_folder and folded(one.name) == folded(other.name)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # links that go round in a circle
        return path.absolute()


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _NAMED_AT_MOST} more" if len(found) > _NAMED_AT_MOST else ""
    return ", ".join(map(shown_name, found[:_NAMED_AT_MOST])) + more
