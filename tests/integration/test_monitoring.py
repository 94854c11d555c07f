"""A real Prometheus looks at a running service, and every question of every board has an answer."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import psycopg
import pytest
import yaml

from domain.events import GarmentName
from monitoring.boards.every import FOLDER
from sinks.sql.schema import migrate
from tests.integration.test_serve import serving
from tests.support.grafana import POSTGRES, PROMETHEUS, Question, in_promql, in_sql, questions
from tests.support.postgres import PostgresServer
from tests.support.prometheus import Prometheus, scraping
from tests.support.waiting import eventually

pytestmark = pytest.mark.integration

BOARDS = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
ROOT = Path(__file__).parents[2]


def asked_of(source: str) -> list[Question]:
    return [question for board in BOARDS for question in questions(board) if question.source == source]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """One that looks at a service which counts a camera, answers requests and tries a second parser."""
    out, data = tmp_path_factory.mktemp("service"), tmp_path_factory.mktemp("prometheus")
    arguments = ["--config", "examples/demo-serve.yaml", "--out", str(out), "--port", "0"]
    with serving(*arguments) as (client, _), scraping(data, urlsplit(str(client.base_url)).netloc) as running:
        assert client.post("/api/models", json={"name": "lite-cc0"}).status_code == 200
        assert client.post("/api/models/lite-cc0/share", json={"share": 1.0}).status_code == 200
        eventually(lambda: client.get("/api/streams/shop/snapshot.jpg").status_code == 200, within_s=60)
        picture = client.get("/api/streams/shop/snapshot.jpg?overlay=none").content
        assert client.post("/api/parse", files={"image": picture}).status_code == 200
        eventually(lambda: running.query("sum(footfall_visit_garments_total) > 0") != [], within_s=180)
        yield running


def test_it_finds_the_service_up_and_all_rules_well(prometheus: Prometheus) -> None:
    assert [value for _, value in (one["value"] for one in prometheus.query('up{job="footfall"}'))] == ["1"]

    def evaluated() -> bool:
        rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
        return len(rules) > 10 and all(rule["health"] == "ok" for rule in rules)

    eventually(evaluated, within_s=60)
    firing = prometheus.query('ALERTS{alertstate="firing", severity="critical"}')
    assert firing == []


@pytest.mark.parametrize("question", asked_of(PROMETHEUS), ids=lambda question: question.panel)
def test_prometheus_answers_every_panel(question: Question, prometheus: Prometheus) -> None:
    expression = in_promql(question.text)
    eventually(lambda: prometheus.query(expression) != [], within_s=60, what=f"data for {expression}")
    for series in prometheus.query(expression):
        assert series["value"][1] != "NaN" or "quantile" in expression


NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
READER = "read'er"
CHOSEN: dict[str, str | list[str]] = {
    "stream": ["door", "gate"],
    "window": "60",
    "zone": "Europe/Berlin",
    "garment": list(get_args(GarmentName)),
}


PLACES = {
    "lines": {"entrance": {"from": [0.4, 0.2], "to": [0.4, 0.98], "in": "right"}},
    "zones": {"shelf": {"polygon": [[0.5, 0.3], [0.98, 0.3], [0.98, 0.98], [0.5, 0.98]]}},
    "rooms": {"shop": {"doors": ["entrance"], "reset_at": "04:00", "time_zone": "Europe/Berlin"}},
}


@pytest.fixture(scope="module")
def filled(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database after a run over two recordings, one of this day and one of a week before."""
    folder, database = tmp_path_factory.mktemp("run"), postgres.create_database("boards")
    migrate(database)
    clip = ROOT / "cli" / "demo" / "demo.mp4"
    # The same pictures in a file of other content: a box of eight bytes that players pass over.
    (folder / "other.mp4").write_bytes(clip.read_bytes() + (8).to_bytes(4, "big") + b"free")
    cameras = [
        {
            "id": name,
            "source": {"kind": "file", "path": str(path), "recorded_at": (NOW - before).isoformat()},
            "sampling": {"fps": 2, "limit_s": 45},
            **PLACES,
        }
        for name, path, before in (
            ("door", clip, timedelta(hours=3)),
            ("gate", folder / "other.mp4", timedelta(days=7, hours=3)),
        )
    ]
    settings = {"cameras": cameras, "sinks": {"sql": {"url": database}}, "pictures": {"overlay": False}}
    (folder / "run.yaml").write_text(yaml.safe_dump(settings))
    arguments = ["run", "--config", str(folder / "run.yaml"), "--out", str(folder / "out")]
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "footfall", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return as_reader(database)


def as_reader(database: str) -> str:
    """The same database, as Grafana enters it; its login is made twice, as after a restart of compose."""
    environment = {**os.environ, "READER_PASSWORD": READER}
    script = ROOT / "monitoring" / "grafana" / "reader.sql"
    for _ in range(2):
        subprocess.run(  # noqa: S603 - our own words
            ["psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={script}", database],  # noqa: S607 - Debian's
            env=environment,
            check=True,
            timeout=60,
        )
    parts = urlsplit(database)
    return parts._replace(netloc=f"footfall_reader:{quote(READER)}@{parts.hostname}:{parts.port}").geturl()


def test_grafana_may_read_and_nothing_else(filled: str) -> None:
    with psycopg.connect(filled) as connection:
        assert connection.execute("SELECT count(*) FROM visits").fetchone() != (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM visits")


@pytest.mark.parametrize("question", asked_of(POSTGRES), ids=lambda question: question.panel)
def test_postgresql_answers_every_panel(question: Question, filled: str) -> None:
    sql = in_sql(question.text, NOW - timedelta(days=1), NOW, CHOSEN)
    with psycopg.connect(filled) as connection:
        cursor = connection.execute(sql.encode())
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
    assert rows, sql
    # A number alone may be 0, as the part of colours that could not be told.
    nothing = {None, 0} if question.form == "time_series" else {None}
    assert any(value not in nothing for row in rows for value in row[1:] or row), sql
    if question.form == "time_series":
        # What Grafana needs to draw it: moments that rise, and numbers beside them.
        moments = [row[names.index("time")] for row in rows]
        assert moments == sorted(moments)
        assert all(moment.tzinfo is not None for moment in moments)
        assert {type(row[-1]) for row in rows} <= {int, float, Decimal}


def test_hours_and_days_are_those_of_the_shop_and_holes_have_no_coverage(filled: str) -> None:
    (by_day,) = [
        one.text for one in asked_of(POSTGRES) if one.panel == "People by day" and "coverage" in one.text
    ]
    sql = in_sql(by_day, NOW - timedelta(days=3), NOW, CHOSEN)
    with psycopg.connect(filled) as connection:
        rows = connection.execute(sql.encode()).fetchall()
    assert {moment.astimezone(ZoneInfo("Europe/Berlin")).hour for moment, _ in rows} == {0}
    shares = [float(share) for _, share in rows]
    assert len(shares) == 4
    assert shares.count(0) >= 2
    assert 0 < max(shares) < 0.01, "45 s are not a hundredth of a day"
