"""The stage that docs/stages.md shows is one."""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from analytics.building import build_analytics
from analytics.snapshots import StreamSnapshot
from analytics.stages.base import StageSettings
from analytics.stages.visits import VisitsSettings
from domain.events import Event
from domain.stores import file_store
from sinks.report.page import render
from sinks.sql.reader import SqlReader
from sinks.sql.sink import SqlSink
from tests.contracts.stage import StageContract
from tests.support.outside import installed
from tests.support.reports import example_run
from tests.support.shared_data import ROOT
from tests.support.wardrobe import drawn, walker

_CODE = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "stages.md").read_text(encoding="utf-8"), flags=re.DOTALL
)[0]


def _module() -> Any:
    module = ModuleType("shop_lines")
    sys.modules["shop_lines"] = module
    exec(compile(_CODE, "docs/stages.md", "exec"), vars(module))  # noqa: S102 - what the page tells its reader to run
    return module


LINES: Any = _module()


class TestLines(StageContract):
    chosen: ClassVar[StageSettings] = LINES.LinesSettings(at_x=50)


def walk(lefts: Sequence[int], *, stop_at: int | None = None) -> list[str]:
    """Kinds of events that somebody makes who walks along; stopped and restored before a frame if wanted."""
    settings = {"entrance": LINES.LinesSettings(at_x=100), "visits": VisitsSettings(min_visit_s=0)}
    stream = build_analytics("door", 2.0, settings)
    kinds: list[str] = []
    for index, left in enumerate(lefts):
        if index == stop_at:
            saved = stream.snapshot().model_dump_json()
            stream = build_analytics("door", 2.0, settings)
            stream.restore(StreamSnapshot.from_json(saved))
        frame, parsed = drawn([walker(left)], index)
        kinds += [event.event_type for event in stream.observe(frame, parsed, np.array([7], np.int64))]
    return [*kinds, *[event.event_type for event in stream.finish(len(lefts), len(lefts))]]


def test_it_counts_beside_the_others_wherever_the_stream_stops() -> None:
    lefts = [10, 60, 110, 160, 60]
    kinds = walk(lefts)
    assert kinds == ["frame", "frame", "frame", "passing", "frame", "frame", "passing", "visit"]
    assert all(walk(lefts, stop_at=cut) == kinds for cut in range(len(lefts)))


def test_its_events_are_stored_and_listed(tmp_path: Path) -> None:
    stream = build_analytics("door", 2.0, {"lines": LINES.LinesSettings(at_x=100)})
    events: list[Event] = []
    for index, left in enumerate((10, 60, 110, 60)):
        frame, parsed = drawn([walker(left)], index)
        events += stream.observe(frame, parsed, np.array([7], np.int64))
    crossed = [event for event in events if isinstance(event, LINES.LineCrossed)]
    with installed(passing=LINES.LineCrossed):
        sink = SqlSink(file_store(tmp_path / "footfall.db"))
        sink.store(events)
        sink.close()
        reader = SqlReader(file_store(tmp_path / "footfall.db"))
        assert reader.events(LINES.LineCrossed) == crossed
        reader.close()
        page = render(replace(example_run(), listed=crossed))
    assert [event.model_dump(include={"track_id", "to"}) for event in crossed] == [
        {"track_id": 7, "to": "right"},
        {"track_id": 7, "to": "left"},
    ]
    assert '<h2 id="list-passing">Passings</h2>' in page
