"""SpoolOutlet: over crashes nothing lost and nothing twice."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sinks.spool.store import Cursor
from tests.support.events import frame_event
from tests.support.spools import reopened

KILLED = """
import os, signal, sys
from pathlib import Path
from sinks.delivery import DeliveryOptions
from sinks.outlet import Checkpoint
from sinks.spool.options import SpoolOptions, SpoolRun
from sinks.spool.outlet import SpoolOutlet
from sinks.spool.store import SpoolStore
from sinks.sql.sink import SqlSink
from tests.support.events import frame_event
folder, point, nth = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def killing(owner, name, before):
    real, calls = getattr(owner, name), 0
    def wrapped(*arguments):
        nonlocal calls
        calls += 1
        if before and calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*arguments)
        if not before and calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(owner, name, wrapped)

points = {
    "before the commit": (SpoolStore, "commit", True),
    "after the commit": (SpoolStore, "commit", False),
    "before a sink stores": (SqlSink, "store", True),
    "after a sink has stored": (SqlSink, "store", False),
}
if point in points:
    killing(*points[point])
store = SpoolStore(folder / "spool.db")
saved = store.states("run").get("door", b"0")
sink = SqlSink(f"sqlite:///{folder}/footfall.db")
outlet = SpoolOutlet(
    store, SpoolRun("run", "", [sink]),
    options=SpoolOptions(commit_every_s=0.001, states_every_s=0.0, states_share=float("inf"), cursors_every_s=0.001, pending=4),
    delivery=DeliveryOptions(linger_s=0.0, batch_size=7),
)
for number in range(int(saved), 100):
    outlet.publish([frame_event(2 * number), frame_event(2 * number + 1)], Checkpoint("door", lambda: b"%d" % (number + 1)))
outlet.close(60.0)
"""


def _run(folder: Path, point: str, nth: int) -> int:
    command = [sys.executable, "-c", KILLED, str(folder), point, str(nth)]
    return subprocess.run(command, check=False, timeout=120).returncode  # noqa: S603 - this interpreter


@pytest.mark.parametrize(
    "point", ["before the commit", "after the commit", "before a sink stores", "after a sink has stored"]
)
def test_killed_at_any_point_and_started_again_nothing_is_missing_and_nothing_is_there_twice(
    tmp_path: Path, point: str
) -> None:
    assert _run(tmp_path, point, 7) == -signal.SIGKILL
    assert _run(tmp_path, "never", 0) == 0
    store = reopened(tmp_path)
    ids = [frame_event(index).event_id for index in range(200)]
    with sqlite3.connect(tmp_path / "spool.db") as connection:
        assert [row[0] for row in connection.execute("SELECT id FROM event ORDER BY seq")] == ids
    connection.close()
    with sqlite3.connect(tmp_path / "footfall.db") as connection:
        found = [row[0] for row in connection.execute("SELECT event_id FROM frames ORDER BY frame_index")]
    connection.close()
    assert found == ids
    assert store.cursors() == {"sqlite": Cursor(200)}
    store.close()
