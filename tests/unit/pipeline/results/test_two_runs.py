"""Whatever runs and users do to one folder, in whatever order: nobody's files are lost, and no run disturbs another."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.errors import OutputError
from domain.summary import RunSummary
from pipeline.results import ResultFolder
from sinks.jsonl import JsonlSink
from sinks.staging import write_whole
from tests.support.events import frame_event
from tests.support.results import result_plan

SUMMARY = RunSummary(footfall_version="0", interrupted=False, streams=(), sinks=())
NAMES = (
    "events.jsonl",
    "footfall.db",
    "summary.json",
    "report.html",
    "overlay.mp4",
    "overlay-door.mp4",
    "masks/door/1_parts.png",
    "masks/door/mine.png",
    "notes.txt",
)


@dataclass
class Run:
    """A run that is going on, in small."""

    folder: ResultFolder
    sink: JsonlSink
    database: BinaryIO | None
    """Held open as by a store, so that no other file gets its number while the run lasts."""
    written: dict[str, bytes] = field(default_factory=dict)
    events: int = 0

    def close(self) -> None:
        """What sinks do at the end."""
        self.sink.close()
        if self.database:
            self.database.close()

    def end_of_process(self) -> None:
        """What the system does for a process that is killed: its locks go."""
        self.close()
        self.folder._lock.release()


class OneFolder(RuleBasedStateMachine):
    """Runs that come, go and are killed; a user who puts, changes and removes files; links to the folder and to what is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.above = Path(tempfile.mkdtemp())
        self.out = self.above / "out"
        self.link = self.above / "link"
        self.link.symlink_to(self.out)
        self.users: dict[str, bytes] = {}
        self.run: Run | None = None
        self.refusals: list[str] = []
        self.serial = 0

    def teardown(self) -> None:
        if self.run:
            self.run.end_of_process()
        shutil.rmtree(self.above)

    def content(self) -> bytes:
        self.serial += 1
        return b"%06d" % self.serial

    @rule(
        adds=st.booleans(),
        streams=st.sampled_from([("door",), ("door", "yard")]),
        masks=st.booleans(),
        overlay=st.booleans(),
        through_link=st.booleans(),
        reads=st.none() | st.sampled_from(NAMES),
        named=st.none() | st.sampled_from(NAMES),
    )
    def a_run_begins(  # noqa: PLR0917 - what hypothesis chooses
        self,
        adds: bool,
        streams: tuple[str, ...],
        masks: bool,
        overlay: bool,
        through_link: bool,
        reads: str | None,
        named: str | None,
    ) -> None:
        plan = result_plan(
            streams=streams,
            adds=adds,
            masks=masks,
            overlay=overlay,
            database=named is None,
            reads=(self.out / reads,) if reads else (),
            stores=(self.out / named,) if named else (),
        )
        before = self.everything()
        used = {name: before[name] for name in (reads, named) if name in before}
        folder = ResultFolder(self.link if through_link and self.out.exists() else self.out, plan)
        try:
            folder.claim()
            folder.prepare()
            sink = JsonlSink(folder.events)
        except OutputError as refusal:
            self.refusals.append(str(refusal))
            folder.discard()
            assert self.everything() == before, "a run that was refused has left a trace"
            return
        assert self.run is None, "two runs have one folder"
        folder.begin()
        own = self.out / "footfall.db"
        self.run = Run(folder, sink, own.open("rb") if own.exists() and own.name not in self.users else None)
        now = self.everything()
        assert {name: now.get(name) for name in used} == used, "what the run uses is gone"
        # What a run has read or was told to write to is the user's from then on.
        self.users |= used

    @precondition(lambda self: self.run is not None)
    @rule(name=st.sampled_from(["report.html", "overlay.mp4", "masks/door/1_parts.png"]))
    def it_writes(self, name: str) -> None:
        assert self.run
        path, data = self.run.folder.path / name, self.content()
        path.parent.mkdir(parents=True, exist_ok=True)
        known = name in self.users
        try:
            write_whole(self.run.folder, path, data)
        except FileExistsError:
            return
        assert not known, "a file of the user's was replaced"
        self.run.written[name] = data

    @precondition(lambda self: self.run is not None)
    @rule()
    def it_counts(self) -> None:
        assert self.run
        if (self.out / "events.jsonl").exists() and "events.jsonl" not in self.users:
            self.run.sink.store([frame_event(self.run.events)])
            self.run.events += 1

    @precondition(lambda self: self.run is not None)
    @rule(killed=st.booleans())
    def it_ends(self, killed: bool) -> None:
        assert self.run
        run, self.run = self.run, None
        if killed:
            run.folder.stage(run.folder.report).write_bytes(b"half")
            run.end_of_process()
            return
        run.close()
        if not (self.out / "summary.json").exists() or "summary.json" not in self.users:
            try:
                run.folder.write_summary(SUMMARY)
            except OutputError:
                assert (self.out / "summary.json").exists()
        run.folder.close()
        assert not (self.out / ".footfall" / "unfinished").exists()

    @rule(name=st.sampled_from(NAMES), replaces=st.booleans())
    def the_user_puts_a_file(self, name: str, replaces: bool) -> None:
        path = self.out / name
        if path.exists() and not replaces:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self.users[name] = self.content()
        path.write_bytes(self.users[name])
        if self.run:
            self.run.written.pop(name, None)

    @rule(name=st.sampled_from(NAMES))
    def the_user_removes_a_file(self, name: str) -> None:
        (self.out / name).unlink(missing_ok=True)
        self.users.pop(name, None)
        if self.run:
            self.run.written.pop(name, None)

    def everything(self) -> dict[str, bytes]:
        """What is to be seen in the folder."""
        found = {str(path.relative_to(self.out)): path for path in self.out.rglob("*") if path.is_file()}
        return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".footfall/")}

    @invariant()
    def nobodys_files_are_lost(self) -> None:
        now = self.everything()
        assert not any("\n" in refusal for refusal in self.refusals)
        assert {name: now.get(name) for name in self.users} == self.users
        if self.run:
            assert {name: now.get(name) for name in self.run.written} == self.run.written
            if "events.jsonl" in now and "events.jsonl" not in self.users:
                assert now["events.jsonl"].count(b"\n") >= self.run.events


TestOneFolder = OneFolder.TestCase
TestOneFolder.settings = settings(max_examples=60, stateful_step_count=25)
