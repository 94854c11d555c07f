"""The events that a run wrote into its folder, whatever files they lie in.

A camera begins a new file at midnight, so whoever reads `events.jsonl` alone may miss what came before.
"""

import json
from pathlib import Path
from typing import Any

from domain.events import Event, event_from_json
from sinks.base import EVENTS
from sinks.jsonl_files import event_lines


def whole_lines(out: Path) -> list[bytes]:
    """All lines that are written to their end, in order; none before there is a file."""
    if not (out / EVENTS).exists():
        return []
    return [line for line in event_lines(out) if line.endswith(b"\n")]


def events_of(out: Path) -> list[Event]:
    """All events, in order."""
    return [event_from_json(line) for line in whole_lines(out)]


def documents_of(out: Path) -> list[dict[str, Any]]:
    """The same as plain JSON."""
    return [json.loads(line) for line in whole_lines(out)]
