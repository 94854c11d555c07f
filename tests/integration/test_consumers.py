"""The consumers of `examples/` read a real broker."""

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from random import Random
from threading import Thread
from typing import get_args
from xml.etree import ElementTree

import pytest
from kafka import KafkaProducer
from playwright.sync_api import expect, sync_playwright

from domain.events import ColorName, Event, StreamHealth, VisitEnded, WindowClosed
from sinks.kafka.idempotent import KafkaSink
from tests.support.browser import chromium
from tests.support.kafka import KafkaServer, kafka_settings
from tests.support.kafka import _jars as jars
from tests.support.ports import free_port
from tests.support.shared_data import ROOT

pytestmark = pytest.mark.integration

EXAMPLES = ROOT / "examples" / "consumers"
MINUTE = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def visit(number: int, color: str = "red") -> VisitEnded:
    """One that ends that many seconds after the minute began."""
    worn = {"part": "coat", "color": color, "share": 1.0, "color_share": 1.0, "confidence": 1.0}
    changed = {
        "event_id": f"v{number}",
        "event_time": MINUTE + timedelta(seconds=number),
        "duration_s": 10.0 + number,
    }
    return VisitEnded.model_validate({**VisitEnded.example, **changed, "outfit": [worn]})


def window(number: int, visits: int) -> WindowClosed:
    """The minute that many minutes later."""
    start = MINUTE + timedelta(minutes=number)
    changed = {
        "event_id": f"w{number}",
        "window_start": start,
        "event_time": start + timedelta(minutes=1),
        "window_s": 60,
    }
    return WindowClosed.model_validate(
        {**WindowClosed.example, **changed, "visits_ended": visits, "persons_mean": 1.5}
    )


EVENTS: Sequence[Event] = (
    StreamHealth.model_validate({**StreamHealth.example, "status": "started"}),
    visit(0),
    visit(1, "blue"),
    window(0, 2),
    window(1, 0),
)


@pytest.fixture
def full(broker: KafkaServer) -> KafkaServer:
    """With events, one of them twice, and one that was taken back."""
    sink = KafkaSink(kafka_settings(broker.bootstrap, store_timeout_s=60))
    sink.store(EVENTS)
    sink.store([visit(1, "blue")])
    sink.close()
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id="taken back")
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(VisitEnded.topic, visit(2, "green").model_dump_json().encode(), key=b"door")
    producer.flush()
    producer.abort_transaction()
    producer.close()
    return broker


@contextmanager
def running(command: Sequence[str], folder: Path) -> Iterator["Queue[str]"]:
    """A consumer, and the lines that it prints."""
    # NiceGUI serves nothing where it takes itself for its own test.
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    process = subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines: Queue[str] = Queue()
    assert process.stdout is not None
    output = process.stdout
    thread = Thread(target=lambda: [*map(lines.put, output)])
    thread.start()
    try:
        yield lines
    finally:
        process.kill()
        process.wait(30)
        thread.join()
        output.close()


def objects(lines: "Queue[str]", until: int) -> list[dict[str, object]]:
    """So many JSON objects; other lines are passed over."""
    found: list[dict[str, object]] = []
    passed = []
    while len(found) < until:
        line = lines.get(timeout=120)
        passed.append(line)
        assert "Traceback" not in line, "".join(passed)
        if line.startswith("{"):
            found.append(json.loads(line))
    return found


def test_visits_and_windows_are_joined(full: KafkaServer) -> None:
    with running([sys.executable, "joined.py", full.bootstrap], EXAMPLES) as lines:
        found = sorted(objects(lines, 2), key=lambda one: str(one["window"]))
    first, second = found
    assert (first["visits"], first["mean_visit_s"], first["people"]) == (2, 10.5, 1.5)
    assert first["worn"] == {"red coat": 1, "blue coat": 1}
    assert (second["visits"], second["mean_visit_s"], second["worn"]) == (0, None, {})


def test_in_java(full: KafkaServer) -> None:
    # The libraries of the broker are those that its pom asks for.
    libraries = jars()
    space = {"m": "http://maven.apache.org/POM/4.0.0"}
    for needed in ElementTree.parse(EXAMPLES / "java" / "pom.xml").findall(".//m:dependency", space):  # noqa: S314 - ours
        name, version = (needed.findtext(f"m:{tag}", namespaces=space) for tag in ("artifactId", "version"))
        assert (libraries / f"{name}-{version}.jar").exists()
    command = ["java", "-cp", f"{libraries}/*", "Garments.java", full.bootstrap]
    with running(command, EXAMPLES / "java") as lines:
        counts: dict[str, object] = {}
        while len(counts) < 2:
            counts = objects(lines, 1)[0]
    assert counts == {"blue coat": 1, "red coat": 1}


def an_hour() -> Iterator[Event]:
    """Of another stream, for something to look at."""
    chance = Random(1)  # noqa: S311 - for a picture
    garments, colors = ("coat", "upper-clothes", "pants", "skirt", "shoe", "bag"), get_args(ColorName)
    for number in range(60):
        one = window(number, 0)
        people = 2 + 1.5 * math.sin(number / 9) + chance.random() / 2
        yield one.model_copy(
            update={"event_id": f"g{number}", "stream_id": "gate", "persons_mean": round(people, 2)}
        )
        for _ in range(3):
            item = visit(0).outfit[0]
            worn = tuple(
                item.model_copy(update={"part": part, "color": chance.choice(colors)})
                for part in sorted(chance.sample(garments, 3))
            )
            moment = MINUTE + timedelta(minutes=number, seconds=chance.randrange(60))
            changed = {
                "event_id": str(chance.random()),
                "stream_id": "gate",
                "event_time": moment,
                "outfit": worn,
            }
            yield visit(0).model_copy(update=changed)


def test_the_dashboard_shows_what_comes(full: KafkaServer, update_golden: bool) -> None:
    sink = KafkaSink(kafka_settings(full.bootstrap, store_timeout_s=60))
    sink.store(list(an_hour()))
    sink.close()
    port = free_port()
    command = [sys.executable, "-u", "dashboard.py", full.bootstrap, "--port", str(port)]
    with running(command, EXAMPLES) as lines:
        told = ""
        while "ready" not in told:
            told = lines.get(timeout=120)
        with sync_playwright() as playwright:
            browser = chromium(playwright)
            page = browser.new_page(viewport={"width": 1100, "height": 1200})
            page.set_default_timeout(120_000)
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(f"http://127.0.0.1:{port}")
            row = page.get_by_role("row", name=re.compile("door started 2 1.5"))
            expect(row).to_be_visible(timeout=60_000)
            expect(page.get_by_role("row", name=re.compile("gate running 180 "))).to_be_visible(
                timeout=30_000
            )
            if update_golden:
                # For a moment of calm after the charts have grown.
                page.wait_for_timeout(2500)
                page.screenshot(path=ROOT / "docs" / "images" / "consumer-dashboard.png", full_page=True)
            browser.close()
    assert [url for url in asked if f"127.0.0.1:{port}" not in url and not url.startswith("data:")] == []


def test_it_is_short() -> None:
    assert len((EXAMPLES / "dashboard.py").read_text().splitlines()) < 100
