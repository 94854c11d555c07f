"""Two cameras of one site, killed and started again: every visit is somebody's in the site, once."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import psycopg
import pytest

from domain.events import SiteVisitorSeen, VisitEnded, event_from_json
from tests.chaos.stores import PostgresTables
from tests.chaos.trial import Kill, SqliteFile, Store, Trials
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.integration

DOOR, TILL = (f"synthetic:?persons=4&seconds=12&seed={seed}&size=320x180&fps=5" for seed in (5, 6))
SITE = "analytics: {visitors: {site: mall, return_s: 60}}\n"


def trials_of(folder: Path, stores: Iterable[Store], till: str = TILL) -> Trials:
    config = folder / "site.yaml"
    config.write_text(SITE)
    return Trials(folder, tuple(stores), source=DOOR, flags=(till, "--no-overlay", "--config", str(config)))


def check(out: Path) -> Counter[str]:
    """What `events.jsonl` and the summary say of the site is consistent; ids of its events."""
    events = [event_from_json(line) for line in (out / "events.jsonl").read_text().splitlines()]
    assert len({event.event_id for event in events}) == len(events)
    visits = Counter((one.stream_id, one.track_id) for one in events if isinstance(one, VisitEnded))
    joined = [one for one in events if isinstance(one, SiteVisitorSeen)]
    assert Counter((one.stream_id, one.track_id) for one in joined) == visits
    assert len({one.stream_id for one in joined}) == 2
    firsts = [one.visitor for one in joined if one.seen == "first"]
    assert len(set(firsts)) == len(firsts), "no number is two people's"
    assert {one.visitor for one in joined} == set(firsts)
    (site,) = json.loads((out / "summary.json").read_text())["sites"].values()
    assert (site["visits"], site["visitors"]) == (len(joined), len(firsts))
    return Counter(one.event_id for one in joined)


KILLS = [
    Kill("after a picture", 25),
    Kill("in a transaction of SQL", 2),
    Kill("after a picture", 11, delay_ms=40),
    Kill("before the report", 1),
]


def test_with_sqlite(tmp_path: Path) -> None:
    trials = trials_of(tmp_path, [SqliteFile()])
    assert trials.run("whole") == 0, trials.log("whole")
    assert trials.killed("often", KILLS) == len(KILLS)
    assert check(tmp_path / "often" / "out").keys() == check(tmp_path / "whole" / "out").keys()
    rows = [row for row in SqliteFile().contents(tmp_path / "often") if row.startswith("site_visitors ")]
    assert len(rows) == len(check(tmp_path / "whole" / "out"))


def test_where_one_has_ended_before(tmp_path: Path) -> None:
    short = TILL.replace("seconds=12", "seconds=3")
    trials = trials_of(tmp_path, [SqliteFile()], till=short)
    assert trials.killed("ended", [Kill("after a picture", 60)]) == 1
    check(tmp_path / "ended" / "out")


def test_with_postgresql(tmp_path: Path, postgres: PostgresServer) -> None:
    store = PostgresTables(postgres)
    trials = trials_of(tmp_path, [store])
    assert trials.killed("sites", KILLS[:2]) == 2
    told = check(tmp_path / "sites" / "out")
    with psycopg.connect(store.flags(tmp_path / "sites")[1]) as connection:
        rows = connection.execute("SELECT event_id::text FROM site_visitors").fetchall()
    assert Counter(event_id for (event_id,) in rows) == told
