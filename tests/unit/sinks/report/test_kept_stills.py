"""KeptStills: whoever goes on with a run has the pictures for the report of one that never stopped."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinks.base import RewindableFrameSink
from sinks.report.kept_stills import KeptStills
from sinks.report.stills import StillCollector
from tests.unit.sinks.report.test_stills import rendered


@given(
    seen=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), min_size=1, max_size=30),
    data=st.data(),
)
@settings(max_examples=40, deadline=None)
def test_going_on_from_a_mark_is_never_having_stopped(
    tmp_path_factory: pytest.TempPathFactory, seen: list[tuple[int, int]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    cut = data.draw(st.integers(0, len(seen)))
    frames = [rendered(float(time), persons) for time, persons in sorted(seen)]
    whole, first, second = StillCollector(), StillCollector(), StillCollector()
    for frame in frames:
        whole.write(frame)
    before = KeptStills(first, "door", folder)
    for frame in frames[:cut]:
        before.write(frame)
        before.mark()
    mark = before.mark()
    for frame in frames[cut:]:
        before.write(frame)
    after = KeptStills(second, "door", folder)
    after.rewind(mark)
    for frame in frames[cut:]:
        after.write(frame)
    shown = [[(still.caption, still.image) for still in collector.stills] for collector in (second, whole)]
    assert shown[0] == shown[1]
    floors = [[(still.caption, still.image) for still in one.floors.values()] for one in (second, whole)]
    assert floors[0] == floors[1]


def test_a_picture_that_is_lost_is_left_out(tmp_path: Path) -> None:
    collector = StillCollector()
    kept = KeptStills(collector, "door", tmp_path)
    assert isinstance(kept, RewindableFrameSink)
    kept.write(rendered(0, 1))
    mark = kept.mark()
    for file in tmp_path.iterdir():
        file.unlink()
    other = StillCollector()
    KeptStills(other, "door", tmp_path).rewind(mark)
    assert other.stills == []
    assert other.floors == {}
    KeptStills(other, "door", tmp_path).rewind(None)
