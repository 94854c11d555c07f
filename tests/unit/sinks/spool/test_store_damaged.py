"""SpoolStore on a file that was damaged or cut off."""

import random
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from domain.events import event_from_json
from sinks.spool.rows import row_of
from sinks.spool.settings import SpoolSettings
from sinks.spool.status import status_of
from sinks.spool.store import Changes, Cursor, Refusal, SpoolStore
from tests.support.events import frame_event
from tests.unit.sinks.spool.stored import RUN, events_in, rows


def test_a_spool_whose_making_was_cut_off_is_made_again(path: Path) -> None:
    path.touch()
    store = SpoolStore(path)
    assert store.commit(RUN, rows(1)) == 1
    store.close()


@pytest.mark.parametrize("seed", range(0, 200, 10))
def test_a_damaged_spool_is_moved_aside_and_what_can_be_read_is_kept(
    tmp_path: Path, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten files each, 200 in all."""
    path = tmp_path / "spool.db"
    store = SpoolStore(path)
    store.begin_run(RUN, "")
    bodies = {event.event_id: row_of(event)[-1] for event in map(frame_event, range(100))}
    changes = Changes(rows(100).rows, {"door": b"{}"}, {"sql": Cursor(60)}, [Refusal("sql", 7, "no")])
    store.commit(RUN, changes)
    store.close()
    whole = path.read_bytes()
    for number in range(seed, seed + 10):
        _check_damaged(tmp_path / str(number), whole, random.Random(number), bodies, caplog)  # noqa: S311 - a test that can be repeated


def _check_damaged(
    folder: Path,
    whole: bytes,
    dice: random.Random,
    bodies: Mapping[str, bytes],
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder.mkdir()
    path, content = folder / "spool.db", bytearray(whole)
    for _ in range(dice.choice((1, 1, 20))):
        at = dice.randrange(len(content))
        content[at : at + dice.choice((1, 100, 4096))] = dice.randbytes(dice.choice((1, 100, 4096)))
    path.write_bytes(content[: dice.choice((len(content), dice.randrange(len(content))))])
    caplog.clear()

    SpoolSettings().look_back(path)
    damaged = [record.getMessage() for record in caplog.records]
    assert len(damaged) == len(list(folder.glob("spool-damaged-*.db"))) <= 1
    assert all("is damaged" in line and "\n" not in line for line in damaged)
    again = SpoolStore(path)
    found = again.read(0, 10**6)
    if damaged:
        assert all(body == bodies[event_from_json(body).event_id] for _, body in found)
    fresh = again.commit(RUN, rows(1, 999))
    assert fresh > max([0, *(seq for seq, _ in found)])
    assert all(cursor.seq < fresh for cursor in again.cursors().values())
    again.close()
    assert status_of(path).events == len(found) + 1


def test_of_a_torn_page_only_its_own_events_are_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "spool.db"
    store = SpoolStore(path)
    store.commit(RUN, Changes(rows(300).rows, cursors={"sql": Cursor(120), "kafka": Cursor(299)}))
    spool_id = store.spool_id
    store.close()
    content = bytearray(path.read_bytes())
    torn = content.find(b'"frame_index":150,') // 4096 * 4096
    content[torn : torn + 4096] = bytes(4096)
    path.write_bytes(content)

    again = SpoolStore(path)
    assert again.spool_id != spool_id, "a sink with a cursor of its own begins anew"
    saved = {event.event_id for event in events_in(again)}
    missing = [index for index in range(300) if frame_event(index).event_id not in saved]
    assert 150 in missing
    assert len(missing) < 12
    assert again.cursors() == {"sql": Cursor(120), "kafka": Cursor(299)}
    assert (
        caplog.records[-1]
        .getMessage()
        .endswith(
            f"): {len(saved)} events and 2 cursors could be read and are kept; the damaged file is now spool-damaged-1.db"
        )
    )
    again.close()


@pytest.mark.parametrize("cut", range(0, 100, 7))
def test_a_power_cut_takes_whole_commits_from_the_end_and_no_cursor_stays_ahead(
    tmp_path: Path, cut: int
) -> None:
    path, after = tmp_path / "spool.db", tmp_path / "after"
    after.mkdir()
    store = SpoolStore(path)
    for number in range(20):
        upto = 10 * (number + 1)
        store.commit(RUN, Changes(rows(10, 10 * number).rows, {"door": b"%d" % upto}, {"sql": Cursor(upto)}))
    for ending in ("", "-wal"):
        shutil.copyfile(f"{path}{ending}", after / f"spool.db{ending}")
    store.close()
    log = after / "spool.db-wal"
    log.write_bytes(log.read_bytes()[: log.stat().st_size * cut // 100])

    again = SpoolStore(after / "spool.db")
    assert again.last_seq % 10 == 0
    assert events_in(again) == [frame_event(index) for index in range(again.last_seq)]
    state = again.states(RUN).get("door", b"0")
    assert int(state) == again.last_seq == again.cursors().get("sql", Cursor()).seq
    again.close()
