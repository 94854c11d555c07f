"""What was counted, and events as they happen."""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.events import LineCounts, LineCrossed, VisitEnded, WindowClosed, ZoneCounts
from domain.stores import file_store
from service.feed import EventFeed
from sinks.sql.sink import SqlSink
from tests.support.service import Running, running

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PERIOD = {"since": "2026-05-04T00:00:00Z"}


def window(number: int, stream: str = "door") -> WindowClosed:
    start = NOON + timedelta(minutes=number)
    changed = {
        "event_id": f"w-{stream}-{number}",
        "stream_id": stream,
        "event_time": start + timedelta(minutes=1),
        "window_start": start,
        "window_s": 60,
        "analysis_id": None,
    }
    return WindowClosed.model_validate({**WindowClosed.example, **changed})


def visit(number: int) -> VisitEnded:
    changed = {"event_id": f"v-{number}", "event_time": NOON + timedelta(seconds=number), "analysis_id": None}
    return VisitEnded.model_validate({**VisitEnded.example, **changed})


def crossing(number: int, direction: str) -> LineCrossed:
    changed = {
        "event_id": f"c-{number}",
        "event_time": NOON + timedelta(seconds=number),
        "direction": direction,
        "analysis_id": None,
    }
    return LineCrossed.model_validate({**LineCrossed.example, **changed})


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with closing(SqlSink(file_store(tmp_path / "footfall.db"))) as sink:
        sink.store(
            [
                *[window(number) for number in range(5)],
                window(0, "gate"),
                *[visit(number) for number in range(3)],
            ]
        )
    with running(tmp_path) as started:
        yield started


def asked(service: Running, what: str, **wanted: Any) -> Any:
    answer = service.get(f"/api/stats/{what}", params={**PERIOD, **wanted})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_windows_come_in_pages_without_a_gap_and_without_doubles(service: Running) -> None:
    found, following = [], None
    for _ in range(3):
        page = asked(service, "windows", limit=2, **({"after": following} if following else {}))
        found += [one["event_id"] for one in page["windows"]]
        following = page["next"]
    assert found == ["w-door-0", "w-gate-0", "w-door-1", "w-door-2", "w-door-3", "w-door-4"]
    assert following is None
    assert len(asked(service, "windows", stream="gate")["windows"]) == 1
    assert asked(service, "windows", window_s=10)["windows"] == []
    assert len(asked(service, "windows", until="2026-05-04T12:02:30Z")["windows"]) == 3


def test_sums_visits_and_clothing(service: Running) -> None:
    (totals,) = asked(service, "totals")["streams"]
    assert (totals["stream_id"], totals["visits"]) == ("door", 3)
    assert asked(service, "clothing")["garments"]["upper-clothes"] == {"red": 3}
    assert [one["event_id"] for one in asked(service, "visits", limit=2)["visits"]] == ["v-0", "v-1"]


@pytest.mark.parametrize(("what", "rows"), [("totals", 1), ("clothing", 4), ("windows", 6), ("visits", 3)])
def test_tables_for_spreadsheets(service: Running, what: str, rows: int) -> None:
    answer = service.get(f"/api/stats/{what}", params={**PERIOD, "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(table) == rows
    assert all(None not in row and None not in row.values() for row in table)


def test_lines_and_zones_of_windows_are_tables_in_pages(service: Running, tmp_path: Path) -> None:
    line = LineCounts(line="till, left", came_in=3, went_out=1, staff_in=1)
    zones = [
        ZoneCounts(
            zone=name,
            entries=2,
            ended=1,
            occupancy_min=0,
            occupancy_mean=0.5,
            occupancy_max=2,
            dwell_median_s=dwell,
        )
        for name, dwell in (("shelf", 7.5), ("queue", None))
    ]
    with closing(SqlSink(file_store(tmp_path / "footfall.db"))) as sink:
        sink.store(
            [
                window(number, "hall").model_copy(update={"lines": (line,), "zones": tuple(zones)})
                for number in range(3)
            ]
        )
    rows: list[dict[str, str]] = []
    after: str | None = None
    for _ in range(2):
        answer = service.get(
            "/api/stats/windows/zones.csv",
            params={**PERIOD, "limit": 2, **({"after": after} if after else {})},
        )
        rows += csv.DictReader(io.StringIO(answer.text))
        after = answer.headers.get("x-next")
    assert after is None
    assert [row["zone"] for row in rows] == ["shelf", "queue"] * 3
    assert {row["stream_id"] for row in rows} == {"hall"}
    assert (rows[0]["dwell_median_s"], rows[1]["dwell_median_s"]) == ("7.5", "")
    assert rows[0]["window_start"] == "2026-05-04T12:00:00Z"
    lines = service.get("/api/stats/windows/lines.csv", params={**PERIOD, "stream": "hall"}).text.splitlines()
    assert lines[0].startswith(
        "stream_id,window_start,window_s,coverage.share,line,came_in,went_out,staff_in"
    )
    assert lines[1] == 'hall,2026-05-04T12:00:00Z,60,1.0,"till, left",3,1,1,0,0,0'
    assert service.get("/api/stats/windows/rooms.csv", params=PERIOD).text.count("\n") == 1
    assert service.get("/api/stats/windows/stairs.csv", params=PERIOD).status_code in {400, 404}


def test_a_table_of_windows_says_what_windows_say(service: Running) -> None:
    answer = service.get("/api/stats/windows", params={**PERIOD, "format": "csv", "limit": 2})
    row = next(csv.DictReader(io.StringIO(answer.text)))
    told = service.get("/api/stats/windows", params=PERIOD).json()["data"]["windows"][0]
    assert row == {
        name: str(told["coverage"]["share"] if name == "coverage.share" else told[name]) for name in row
    }
    assert {"staff_ended", "groups_ended", "grouped_ended", "visitors_first"} <= row.keys()


def test_crossings_are_summed_by_line(service: Running, tmp_path: Path) -> None:
    with closing(SqlSink(file_store(tmp_path / "footfall.db"))) as sink:
        sink.store([crossing(number, "in" if number % 3 else "out") for number in range(6)])
    entrance = {"stream_id": "door", "line": "entrance", "came_in": 4, "went_out": 2}
    assert asked(service, "crossings")["lines"] == [entrance]
    assert asked(service, "crossings", stream="gate")["lines"] == []
    assert asked(service, "crossings", since="2026-05-04T12:00:04Z")["lines"] == [
        {**entrance, "came_in": 2, "went_out": 0}
    ]
    table = service.get("/api/stats/crossings", params={**PERIOD, "format": "csv"}).text
    assert table == "stream_id,line,came_in,went_out\r\ndoor,entrance,4,2\r\n"


@pytest.mark.parametrize(
    "wanted",
    [
        {"after": "x"},
        {"after": "W10="},
        {"limit": 0},
        {"since": "yesterday"},
        {"since": "2026-05-04T12:00:00"},
        {"since": "2026-05-04"},
        {"since": "2026-05-04T12:00:00Z", "until": "2026-05-04T12:00:00Z"},
        {"stream_id": "door"},
    ],
)
def test_questions_that_are_none(service: Running, wanted: dict[str, Any]) -> None:
    answer = service.get("/api/stats/windows", params=wanted)
    assert (answer.status_code, answer.json()["code"]) == (400, 1001)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "since: must be a moment with its time zone, as in"),
        ("since=2026-05-04", "since: must be a moment with its time zone, as in"),
        ("stream_id=door", "stream_id: no such option; did you mean stream?"),
        ("limit=0", "limit: must be greater than or equal to 1"),
        ("format=xml", "format: must be 'json' or 'csv'"),
        ("since=2026-05-05T00:00:00Z&until=2026-05-04T00:00:00Z", "until: must be later than since"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_in_words(service: Running, query: str, said: str) -> None:
    assert service.get(f"/api/stats/windows?{query}").json()["message"].startswith(said)


def test_a_plus_sign_that_was_not_escaped_is_understood(service: Running) -> None:
    answers = [
        service.client.get(f"/api/stats/visits?since=2026-05-04T00:00:00{zone}").json()
        for zone in ("+01:00", "%2B01:00")
    ]
    assert answers[0]["code"] == 0
    assert answers[0] == answers[1]


def test_where_there_is_no_store_it_is_said(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        answer = service.get("/api/stats/windows", params=PERIOD)
        assert (answer.status_code, answer.json()["code"]) == (503, 1305)
        assert "Traceback" not in answer.text


def listen(service: Running, count: int, last: str | None = None, **wanted: str) -> list[str]:
    """Ids of the first events that come."""
    headers = {"last-event-id": last} if last else {}
    found: list[str] = []
    with service.client.stream("GET", "/api/events", params=wanted, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("id: "):
                found.append(line.removeprefix("id: "))
            if len(found) == count:
                break
    return found


def test_events_come_as_they_happen_and_go_on_where_one_has_stopped(service: Running) -> None:
    service.service.feed.take([window(0), visit(0), window(1)])
    assert listen(service, 2, "w-door-0") == ["v-0", "w-door-1"]
    assert listen(service, 3, "long ago") == ["w-door-0", "v-0", "w-door-1"]
    assert listen(service, 1, "long ago", kind="visit") == ["v-0"]
    assert service.get("/api/events", params={"kind": "frame"}).json()["code"] == 1001


def test_a_feed_remembers_so_many_and_waits_for_new_ones() -> None:
    feed = EventFeed(2)
    now = feed.place(None)
    feed.take([window(0), window(1), window(2)])
    assert [event.event_id for event in feed.after(now, 0)[1]] == ["w-door-1", "w-door-2"]
    place, _ = feed.after(now, 0)
    assert feed.after(place, 0.01) == (place, [])
    assert feed.place("w-door-0") == 0


def test_what_was_worn_together_is_counted_by_visits(service: Running, tmp_path: Path) -> None:
    coat = {"part": "coat", "color": "black", "share": 0.9, "color_share": 0.8, "confidence": 0.7}
    with closing(SqlSink(file_store(tmp_path / "footfall.db"))) as sink:
        sink.store([dressed(10, [coat, {**coat, "part": "skirt"}]), dressed(11, [{**coat, "part": "bag"}])])
        # The shirt below the coat covers less of the person.
        sink.store(
            [dressed(12, [{**coat, "part": "upper-clothes", "share": 0.2}, coat, {**coat, "part": "skirt"}])]
        )
    found = asked(service, "outfits")["outfits"]
    assert found == [
        {"upper": worn("upper-clothes", "red"), "lower": worn("pants", "unknown"), "visits": 3},
        {"upper": worn("coat", "black"), "lower": worn("skirt", "black"), "visits": 2},
    ]
    assert asked(service, "outfits", limit=1)["outfits"] == found[:1]
    table = service.get("/api/stats/outfits", params={**PERIOD, "format": "csv"}).text
    assert list(csv.reader(io.StringIO(table)))[2] == ["coat", "black", "skirt", "black", "2"]


def worn(part: str, color: str) -> dict[str, str]:
    return {"part": part, "color": color}


def dressed(number: int, outfit: list[dict[str, Any]]) -> VisitEnded:
    return VisitEnded.model_validate({**visit(number).model_dump(), "outfit": outfit})


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    with closing(SqlSink(file_store(tmp_path / "footfall.db"))) as sink:
        merged = [window(number).model_copy(update={"min_group": 4, "visits_ended": 4}) for number in (5, 6)]
        sink.store([window(0), window(1), visit(0), *merged])
    return tmp_path


@pytest.mark.parametrize("what", ["stats/visits", "stats/outfits", "events?kind=visit"])
def test_what_the_settings_do_not_keep_is_told_as_that(filled: Path, what: str) -> None:
    with running(filled, privacy={"events": "windows"}) as service:
        answer = service.get(f"/api/{what}")
    assert (answer.status_code, answer.json()["code"]) == (404, 1204)
    assert answer.json()["message"] == "not kept by privacy.events: windows"


def test_totals_come_from_windows_where_nothing_else_is_kept(filled: Path) -> None:
    with running(filled, privacy={"events": "windows"}) as service:
        (totals,) = asked(service, "totals")["streams"]
        assert (totals["visits"], totals["frames"]) == (10, 200)
        assert asked(service, "clothing")["garments"]["upper-clothes"] == {"red": 4}


def test_what_was_kept_of_fewer_people_before_is_not_told(filled: Path) -> None:
    with running(filled, privacy={"min_group": 4}) as service:
        assert [one["min_group"] for one in asked(service, "windows")["windows"]] == [4, 4]
        assert [one["visits"] for one in asked(service, "totals")["streams"]] == [8]
