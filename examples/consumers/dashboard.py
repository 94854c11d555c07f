"""A live dashboard of Footfall's Kafka topics: `python dashboard.py localhost:9092`, then open http://127.0.0.1:8501."""

import argparse
import json
from collections import Counter, defaultdict, deque
from threading import Lock, Thread

from kafka import KafkaConsumer
from nicegui import ui

TOPICS = ("footfall.visits.v1", "footfall.windows.v1", "footfall.health.v1")
COLORS = {
    "black": "#1f2328", "white": "#eceff1", "grey": "#8d99a6", "red": "#c62828", "orange": "#ef6c00", "yellow": "#f9c80e",
    "green": "#2e7d32", "blue": "#1565c0", "purple": "#6a1b9a", "pink": "#ec6fa5", "brown": "#6d4c41", "beige": "#d7c4a1",
}  # fmt: skip

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("bootstrap", help="HOST:PORT of Kafka")
parser.add_argument("--port", type=int, default=8501, help="where the page is")
given = parser.parse_args()

lock, seen, newest, state = Lock(), set(), {}, {}
visits: Counter[str] = Counter()
worn: Counter[tuple[str, str]] = Counter()
people: defaultdict[str, deque] = defaultdict(lambda: deque(maxlen=120))
newest_visits: deque[dict] = deque(maxlen=8)


def take(event: dict) -> None:
    """One event. Ids are kept, since a topic may hold an event twice where `guarantee` is `at_least_once`."""
    if event["event_id"] in seen:
        return
    seen.add(event["event_id"])
    stream = event["stream_id"]
    if event["event_type"] == "visit":
        visits[stream] += 1
        worn.update((item["part"], item["color"]) for item in event["outfit"])
        outfit = ", ".join(f"{item['color']} {item['part']}" for item in event["outfit"])
        when, seconds = event["event_time"][11:19], round(event["duration_s"])
        newest_visits.appendleft({"when": when, "stream": stream, "seconds": seconds, "outfit": outfit})
    elif event["event_type"] == "health" and event["status"] != "running":
        state[stream] = event["status"]
    elif event["event_type"] == "window" and event["window_s"] <= newest.get(stream, event)["window_s"]:
        newest[stream] = event
        people[stream].append([event["event_time"], event["persons_mean"]])


def listen() -> None:
    """Read everything there is and what comes. No group: every dashboard sees all of it."""
    reading = {"isolation_level": "read_committed", "auto_offset_reset": "earliest"}
    for record in KafkaConsumer(*TOPICS, bootstrap_servers=given.bootstrap, **reading):
        with lock:
            take(json.loads(record.value))


def show() -> None:
    """Everything as it is now."""
    with lock:
        table.rows[:] = [
            {
                "stream": name,
                "state": state.get(name, "running"),
                "visits": visits[name],
                "people": newest[name]["persons_mean"] if name in newest else "",
                "coverage": f"{newest[name]['coverage']['share']:.0%}" if name in newest else "",
            }
            for name in sorted(newest.keys() | visits.keys() | state.keys())
        ]
        latest.rows[:] = list(newest_visits)
        parts = sorted({part for part, _ in worn})
        bars = [
            bar(color, [worn[part, color] for part in parts]) for color in sorted({one for _, one in worn})
        ]
        lines = [{"name": name, "type": "line", "data": list(points)} for name, points in people.items()]
    colors.options.update(xAxis={"type": "category", "data": parts}, series=bars)
    chart.options.update(series=lines)
    for element in (table, latest, colors, chart):
        element.update()


def bar(color: str, counts: list[int]) -> dict:
    """A layer of the stacked bars."""
    style = {"color": COLORS.get(color, "#c9ced6")}
    return {"name": color, "type": "bar", "stack": "all", "itemStyle": style, "data": counts}


def columns(*names: str) -> list[dict]:
    """Of a table."""
    return [{"name": name, "label": name, "field": name, "align": "left"} for name in names]


axes = {"xAxis": {"type": "time"}, "yAxis": {"type": "value"}, "tooltip": {}, "legend": {"bottom": 0}}
table = ui.table(rows=[], columns=columns("stream", "state", "visits", "people", "coverage"), title="Streams")
chart = ui.echart({**axes, "title": {"text": "People in the picture"}, "series": []}).classes("w-full")
colors = ui.echart({**axes, "title": {"text": "Garments by colour"}, "series": []}).classes("w-full")
latest = ui.table(rows=[], columns=columns("when", "stream", "seconds", "outfit"), title="Newest visits")
ui.timer(1.0, show)
Thread(target=listen, daemon=True).start()
ui.run(host="127.0.0.1", port=given.port, title="Footfall", reload=False, show=False)
