"""A disk that becomes full while a run writes its results."""

import json
import os
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.disk import can_mount, on_small_disk

COMMAND = [sys.executable, "-c", "from cli.main import main; main()", "run"]

pytestmark = pytest.mark.skipif(not can_mount(), reason="this user may not mount a disk of its own")


@pytest.mark.parametrize("size", ["240k", "400k"])
def test_what_was_counted_is_printed_and_what_was_stored_can_be_read(
    tmp_path: Path, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    monkeypatch.setenv("FOOTFALL_SHUTDOWN_DEADLINE_S", "0.5")
    # From a spool the recording waits for room, and so would this test.
    monkeypatch.setenv("FOOTFALL_DELIVERY", "memory")
    source = ["synthetic:?persons=2&seconds=12&size=192x108", "--masks", "--out", str(disk / "out")]

    done = on_small_disk(disk, size, [*COMMAND, *source], kept)

    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert "Foot traffic" in done.stdout
    # Which of the two meets the end of the disk depends on its size.
    counted = re.search(
        rf"^(?:jsonl|sqlite): [1-9]\d* events not delivered, {disk}/out/(?:events\.jsonl|footfall\.db)\b.*make room on its disk",
        done.stdout,
        re.MULTILINE,
    )
    assert counted, done.stdout
    lines = (kept / "out" / "events.jsonl").read_bytes().splitlines()
    assert all(json.loads(line)["event_id"] for line in lines)
    with closing(sqlite3.connect(kept / "out" / "footfall.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    left = {path.name for path in kept.rglob("*") if path.name.endswith((".part", ".mp4"))}
    assert left <= {"overlay.mp4"}
    assert not os.path.lexists(kept / "out" / ".footfall" / "unfinished")


@pytest.mark.parametrize("size", ["8k", "64k", "160k", "300k"])
def test_a_store_that_finds_no_room_at_the_start_misses_events_and_the_run_goes_on(
    tmp_path: Path, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    monkeypatch.setenv("FOOTFALL_SHUTDOWN_DEADLINE_S", "0.5")
    source = ["synthetic:?persons=2&seconds=4&size=192x108", "--no-overlay", "--out", str(disk / "out")]

    done = on_small_disk(disk, size, [*COMMAND, *source], kept)

    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert "Foot traffic" in done.stdout
    assert re.search(r"^sqlite: [1-9]\d* events .*make room on its disk", done.stdout, re.MULTILINE), (
        done.stdout
    )
    lines = (kept / "out" / "events.jsonl").read_bytes().splitlines()
    assert all(json.loads(line)["event_id"] for line in lines)
    # Either whole or not there.
    spool = kept / "out" / ".footfall" / "spool.db"
    assert spool.exists() or "this run keeps events in memory" in done.stderr
    for path, table in ((kept / "out" / "footfall.db", "visits"), (spool, "event")):
        if path.exists() and path.stat().st_size:
            with closing(sqlite3.connect(path)) as database:
                assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                database.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own words
    assert not os.path.lexists(kept / "out" / ".footfall" / "unfinished")


def test_a_second_run_on_a_disk_that_is_full_by_then_is_counted_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    monkeypatch.setenv("FOOTFALL_SHUTDOWN_DEADLINE_S", "0.5")
    fill = "head -c 32768 /dev/zero >spare; cat /dev/zero >filler; rm spare"
    twice = f'"$@" >/dev/null && {{ cd "$0"; cp out/.footfall/spool.db .; {fill}; "$@"; }}'
    source = ["synthetic:?seconds=1&size=192x108", "--no-overlay", "--out", str(disk / "out")]

    done = on_small_disk(disk, "4m", ["bash", "-c", twice, str(disk), *COMMAND, *source], kept)

    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert "Foot traffic" in done.stdout
    # What waits in it may be of runs before.
    assert (kept / "out" / ".footfall" / "spool.db").read_bytes() == (kept / "spool.db").read_bytes()


def test_a_folder_that_cannot_be_begun_on_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    filled = 'head -c 16384 /dev/zero > "$0"; exec "$@"'
    command = ["bash", "-c", filled, str(disk / "filler"), *COMMAND, "synthetic:?seconds=2"]

    done = on_small_disk(disk, "16k", [*command, "--out", str(disk / "out")], kept)

    assert done.returncode == 2
    assert re.fullmatch(r"footfall: .*No space left on device.*make room on .*\n", done.stderr), done.stderr
    assert [path.name for path in kept.iterdir()] == ["filler"]
