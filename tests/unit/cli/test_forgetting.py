"""`footfall forget`."""

import gzip
import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from domain.events import Event
from pipeline.forgetting import Before, forget_in
from pipeline.keeping import Keeper
from pipeline.results import ResultFolder, ResultPlan
from service.audit import AuditLog
from service.store import ServiceStore
from sinks.jsonl import JsonlSink, Rotation
from sinks.spool.forgetting import forget_events
from sinks.spool.store import Changes, Cursor, SpoolStore
from sinks.sql import forgetting as of_sql
from sinks.sql.sink import SqlSink
from tests.support.command import Footfall
from tests.support.events import START, frame_event, visit_event
from tests.support.run_events import documents_of
from tests.support.spools import rows_of

MARKER = "marker-of-a-stream-that-is-forgotten"
DAY = (START + timedelta(days=1)).date().isoformat()
BEFORE = Before.everything(START + timedelta(days=1))


def later(event: Event, days: int = 2) -> Event:
    """The same event, so many days later."""
    return event.model_copy(
        update={
            "event_id": f"{event.event_id[:-2]}{days:02}",
            "event_time": event.event_time + timedelta(days=days),
        }
    )


def events() -> list[Event]:
    """Of a stream that is old, and of one of two days later."""
    old = [frame_event(number, MARKER) for number in range(20)] + [visit_event(1, MARKER)]
    return [*old, *(later(event) for event in [frame_event(0), visit_event(1)])]


@pytest.fixture
def footfall(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Footfall:
    return Footfall(monkeypatch, capsys)


def folder(path: Path) -> ResultFolder:
    """A folder of a camera's run, open."""
    results = ResultFolder(path, ResultPlan(streams=("door",), adds=True))
    results.claim()
    results.prepare()
    results.begin()
    return results


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """What a run has left: two closed files of events, one that grows, a database, a spool, a picture, audit log and a job."""
    results = folder(tmp_path / "out")
    sink = JsonlSink(results.events, rotation=Rotation(results, 1 << 30, compress=False))
    closing_sink = [events()[:20], events()[20:21], events()[21:]]
    for batch in closing_sink:
        sink.store(batch)
        sink._roll(sink._rotation, sink._current()) if batch is not closing_sink[-1] else None  # type: ignore[arg-type]
    sink.close()
    with closing(SqlSink(f"sqlite:///{results.database}")) as store:
        store.store(events())
    with closing(SpoolStore(results.spool)) as spool:
        spool.commit("r", Changes(rows_of(events()), cursors={"sql": Cursor(len(events()))}))
    for name in ("overlay.mp4", "mine.mp4", "report.html"):
        staged = results.stage(results.path / name)
        staged.write_bytes(b"picture")
        results.publish(staged, results.path / name)
    os.utime(results.path / "overlay.mp4", (START.timestamp(), START.timestamp()))
    (results.path / "mine.mp4").write_bytes(b"changed by somebody")
    os.utime(results.path / "mine.mp4", (START.timestamp(), START.timestamp()))
    results.close()
    _service(results.path / "service")
    return results.path


def _service(own: Path) -> None:
    (own / "jobs" / "old").mkdir(parents=True)
    (own / "jobs" / "old" / "result.json").write_text("{}", encoding="utf-8")
    with closing(ServiceStore(own / "service.db")) as store, store.transaction() as connection:
        rows = connection.execute("PRAGMA table_info(jobs)").fetchall()
        kinds = {name: kind for _, name, kind, needed, _, key in rows if needed and not key}
        given = {"id": "old", "created_at": START.isoformat(), "state": "done"}
        values = [given.get(name, "" if kind == "TEXT" else 0) for name, kind in kinds.items()]
        marks = ", ".join("?" for _ in kinds)
        connection.execute(f"INSERT INTO jobs ({', '.join(kinds)}) VALUES ({marks})", values)  # noqa: S608 - its columns
    lines = [json.dumps({"time": moment.isoformat(), "who": "x"}) for moment in (START, datetime.now(UTC))]
    (own / "audit.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def everywhere(path: Path) -> dict[str, bytes]:
    """All files with what is in them, unpacked."""
    files = [file for file in sorted(path.rglob("*")) if file.is_file()]
    return {
        str(file.relative_to(path)): gzip.decompress(file.read_bytes())
        if file.suffix == ".gz"
        else file.read_bytes()
        for file in files
    }


def test_what_is_older_is_in_no_byte_of_any_file(footfall: Footfall, out: Path) -> None:
    assert any(MARKER.encode() in content for content in everywhere(out).values())
    outcome = footfall("forget", "--before", DAY, "--out", out)
    assert outcome.code == ExitCode.OK
    left = everywhere(out)
    assert [name for name, content in left.items() if MARKER.encode() in content] == []
    for words in (
        "rows of frames",
        "rows of visits",
        "lines of events",
        "events on their way",
        "jobs with",
        "audit log",
    ):
        assert words in outcome.out
    assert "overlay.mp4" not in left
    assert left["mine.mp4"] == b"changed by somebody"
    assert not (out / "service" / "jobs" / "old").exists()
    assert len(left["service/audit.jsonl"].splitlines()) == 1


def test_nothing_of_its_own_is_left_behind(footfall: Footfall, out: Path) -> None:
    footfall("forget", "--before", DAY, "--out", out)
    assert not (out / ".footfall" / "unfinished").exists()


@pytest.mark.parametrize("goes_on", [False, True])
def test_pictures_of_a_run_that_was_cut_off_go_with_its_states(
    footfall: Footfall, out: Path, *, goes_on: bool
) -> None:
    unfinished = out / ".footfall" / "unfinished"
    unfinished.mkdir()
    for name in ("overlay-1.mp4", "still-2.jpg", "manifest"):
        (unfinished / name).write_bytes(b"")
        os.utime(unfinished / name, (START.timestamp(), START.timestamp()))
    (unfinished / "overlay-2.mp4").write_bytes(b"newer")
    with closing(SpoolStore(out / ".footfall" / "spool.db")) as spool:
        spool.begin_run("cut-off", "same", Changes(rows_of([later(frame_event(7), 3)]), {"door": b"{}"}))
    # The last event says when it was cut off: now, or when that is too long ago.
    with closing(sqlite3.connect(out / ".footfall" / "spool.db")) as connection:
        if not goes_on:
            connection.execute("UPDATE event SET at = ?", (1000 * START.timestamp(),))
            connection.commit()
    outcome = footfall("forget", "--before", DAY, "--out", out)
    assert ("pictures of a run that was cut off" in " ".join(outcome.out.split())) != goes_on
    left = {path.name for path in unfinished.iterdir()} - {"manifest", "reserve"}
    assert left == ({"overlay-1.mp4", "overlay-2.mp4", "still-2.jpg"} if goes_on else {"overlay-2.mp4"})


def test_a_folder_of_pictures_is_one_line(footfall: Footfall, out: Path) -> None:
    results = folder(out)
    for number in range(3):
        path = results.masks / "door" / f"00000{number}_parts.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = results.stage(path)
        staged.write_bytes(b"outlines")
        results.publish(staged, path)
        os.utime(path, (START.timestamp(), START.timestamp()))
    results.close()
    outcome = footfall("forget", "--before", DAY, "--out", results.path)
    rows = [line.split("│") for line in outcome.out.splitlines() if "│ pictures" in line]
    assert [row[-3].split() for row in rows] == [["3"], ["1"]]
    assert not results.masks.exists()


def test_what_is_newer_stays(footfall: Footfall, out: Path) -> None:
    footfall("forget", "--before", DAY, "--out", out)
    with closing(sqlite3.connect(out / "footfall.db")) as store:
        assert store.execute("SELECT count(*), min(stream_id) FROM frames").fetchone() == (1, "door")
        assert store.execute("SELECT count(*) FROM persons").fetchone() == (1,)
    lines = documents_of(out)
    assert [line["stream_id"] for line in lines] == ["door", "door"]
    assert list((out / "events").iterdir()) == []
    with closing(SpoolStore(out / ".footfall" / "spool.db")) as spool:
        assert spool.count() == 2
        assert spool.last_seq == len(events())
    # A run goes on in the folder: what was written anew is Footfall's, and where a sink was is known.
    folder(out).close()


def test_nothing_is_touched_by_a_dry_run(footfall: Footfall, out: Path) -> None:
    before = everywhere(out)
    outcome = footfall("forget", "--before", DAY, "--out", out, "--dry-run")
    assert "Would be forgotten" in outcome.out
    assert "rows of frames" in outcome.out
    after = everywhere(out)
    # A reader of SQLite may make and leave the file of its memory.
    assert {name: content for name, content in after.items() if not name.endswith(("-shm", "-wal"))} == {
        name: content for name, content in before.items() if not name.endswith(("-shm", "-wal"))
    }


def test_pictures_that_were_written_since_are_told_of(footfall: Footfall, out: Path) -> None:
    outcome = footfall("forget", "--before", DAY, "--out", out)
    assert (out / "report.html").exists()
    assert "may show a time before, too" in " ".join(outcome.out.split())


def test_without_overwriting_the_bytes_would_be_there(monkeypatch: pytest.MonkeyPatch, out: Path) -> None:
    monkeypatch.setattr(of_sql, "_tidy", lambda *_: None)
    # Some builds of SQLite overwrite unasked.
    off = "PRAGMA secure_delete=OFF"
    monkeypatch.setattr(of_sql, "overwrite_what_goes", lambda execute: execute(off))
    results = ResultFolder(out, ResultPlan(streams=(), adds=True))
    results.claim(lambda: True)
    results.prepare()
    list(forget_in(results, BEFORE))
    results.leave()
    # The log of SQLite is a file, too.
    assert any(
        MARKER.encode() in content
        for name, content in everywhere(out).items()
        if name.startswith("footfall.db")
    )


def test_what_a_store_has_not_got_stays_in_the_spool(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    with closing(SpoolStore(path)) as spool:
        spool.commit("r", Changes(rows_of(events()), cursors={"sql": Cursor(23), "kafka": Cursor(5)}))
    found = forget_events(path, BEFORE.is_old, None)
    assert (found.events, found.waiting) == (5, 16)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--before", "soon"], "must be a day"),
        (["--before", "2026-05-04T10:00"], "must name its time zone"),
        (["--before", "2190-01-01"], "lies ahead"),
        (["--before", "2020-01-01"], "name one place to forget in"),
        (["--before", "2020-01-01", "--out", "a", "--store", "b"], "name one place to forget in"),
        (["--before", "2020-01-01", "--out", "/nowhere/at/all"], "is not there"),
        (["--before", "2020-01-01", "--out", "/"], "holds no results of a run"),
        (["--before", "2020-01-01", "--store", "mysql://x"], "must be sqlite:///FILE or postgresql://"),
        (["--before", "2020-01-01", "--store", "sqlite:////nowhere/x.db"], "there is no such file"),
        (
            ["--before", "2020-01-01", "--store", "postgresql://127.0.0.1:9/x"],
            "nothing more can be deleted there",
        ),
    ],
)
def test_mistakes_are_one_line(footfall: Footfall, arguments: list[str], said: str) -> None:
    outcome = footfall("forget", *arguments)
    assert outcome.code == ExitCode.USAGE
    assert said in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_folder_in_use_is_refused(footfall: Footfall, out: Path) -> None:
    results = folder(out)
    outcome = footfall("forget", "--before", DAY, "--out", out)
    results.close()
    assert outcome.code == ExitCode.USAGE
    assert "is being written by another run" in outcome.err


def test_a_database_of_something_else_is_refused(footfall: Footfall, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    outcome = footfall("forget", "--before", DAY, "--store", f"sqlite:///{path}")
    assert (outcome.code, "holds no tables of Footfall" in outcome.err) == (ExitCode.USAGE, True)


def test_kafka_is_told_of(footfall: Footfall, out: Path, tmp_path: Path) -> None:
    config = tmp_path / "shop.yaml"
    config.write_text(
        f"output: {{dir: {out}}}\nsinks: {{kafka: {{bootstrap_servers: 'kafka.example:9092'}}}}\n",
        encoding="utf-8",
    )
    outcome = footfall("forget", "--before", DAY, "--config", config)
    assert outcome.code == ExitCode.OK
    assert "retention.ms of each topic" in " ".join(outcome.out.split())


def test_lines_and_pictures_go_while_a_run_goes_on(out: Path) -> None:
    for path in (out / "events").glob("*.jsonl"):
        packed = path.with_name(f"{path.name}.gz")
        packed.write_bytes(
            gzip.compress(path.read_bytes().replace(b'"time_source":"file"', b'"time_source":"arrival"'))
        )
    results = folder(out)
    for path in sorted((out / "events").glob("*.gz")):
        staged = results.stage(path)
        staged.write_bytes(path.read_bytes())
        path.unlink()
        results.publish(staged, path)
        path.with_suffix("").unlink()
    keeper = Keeper(results, {"frames": 1.0, "pictures": 1.0}, now=lambda: START + timedelta(days=2))
    keeper.tidy()
    left = [
        line
        for path in (out / "events").iterdir()
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    results.close()
    assert {json.loads(line)["event_type"] for line in left} == {"visit"}
    assert not (out / "overlay.mp4").exists()
    assert (out / "mine.mp4").exists()


def test_the_audit_log_goes_on_behind_what_is_forgotten(tmp_path: Path) -> None:
    _service(tmp_path)
    log = AuditLog(tmp_path / "audit.jsonl")
    assert log.forget(START + timedelta(days=1)) == 1
    log.note("me", "127.0.0.1", "POST /api/parse", 200)
    log.close()
    assert len((tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()) == 2
