"""Joins visits to the windows that they ended in, and prints a line of JSON for each window: `python joined.py localhost:9092`.

A window says how many visits ended in it, so it is known when all of them have come: topics have no order between them.
"""

import argparse
import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from kafka import KafkaConsumer

TOPICS = ("footfall.visits.v1", "footfall.windows.v1")


class Join:
    """Holds what waits for its other half.

    Args:
        window_s: Length of the windows that are joined, seconds.
    """

    def __init__(self, window_s: int) -> None:
        self._window_s = window_s
        self._seen: set[str] = set()
        self._visits: defaultdict[tuple[str, datetime], list[dict]] = defaultdict(list)
        self._windows: dict[tuple[str, datetime], dict] = {}

    def take(self, event: dict) -> dict | None:
        """One event; what is known of a window where that completes one."""
        if event["event_id"] in self._seen:
            return None
        self._seen.add(event["event_id"])
        if event["event_type"] == "visit":
            key = self._key(event, event["event_time"])
            self._visits[key].append(event)
        elif event["window_s"] == self._window_s:
            key = self._key(event, event["window_start"])
            self._windows[key] = event
        else:
            return None
        window = self._windows.get(key)
        if window is None or len(self._visits[key]) < window["visits_ended"]:
            return None
        del self._windows[key]
        return joined(window, self._visits.pop(key))

    def _key(self, event: dict, moment: str) -> tuple[str, datetime]:
        """Stream, and the beginning of the window that a moment lies in: windows are aligned to the epoch."""
        at = datetime.fromisoformat(moment)
        epoch = datetime.fromtimestamp(0, at.tzinfo)
        length = timedelta(seconds=self._window_s)
        return event["stream_id"], epoch + (at - epoch) // length * length


def joined(window: dict, visits: list[dict]) -> dict:
    """A window, and what is known of the visits that ended in it."""
    seconds = [visit["duration_s"] for visit in visits]
    worn = Counter(f"{item['color']} {item['part']}" for visit in visits for item in visit["outfit"])
    return {
        "stream": window["stream_id"],
        "window": window["window_start"],
        "people": window["persons_mean"],
        "coverage": window["coverage"]["share"],
        "visits": len(visits),
        "mean_visit_s": round(sum(seconds) / len(seconds), 1) if seconds else None,
        "worn": dict(worn.most_common(5)),
    }


def main() -> None:
    """Read everything there is and what comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap", help="HOST:PORT of Kafka")
    parser.add_argument("--window", type=int, default=60, help="length of the windows, seconds")
    given = parser.parse_args()
    # With a group_id and commits of its own it would go on where it was; what waits for its half would have to be kept, too.
    consumer = KafkaConsumer(
        *TOPICS,
        bootstrap_servers=given.bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    join = Join(given.window)
    for record in consumer:
        complete = join.take(json.loads(record.value))
        if complete is not None:
            print(json.dumps(complete), flush=True)


if __name__ == "__main__":
    main()
