"""Snapshots that do not fit are refused in one line, and nothing has changed then."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from analytics.building import build_analytics
from analytics.snapshots import StreamSnapshot
from analytics.stages.frames import FramesSettings
from analytics.stream import StreamAnalytics
from domain.errors import SnapshotError, UsageError
from tests.support.analytics import analytics_of
from tests.support.anatomy import anatomy
from tests.support.events import START
from tests.support.wardrobe import drawn, walker

CURE = "begin this stream anew, or go on with the Footfall and the settings that saved it"


def filmed(stream: StreamAnalytics, frames: int = 5) -> StreamAnalytics:
    for index in range(frames):
        frame, parsed = drawn([walker(10)], index, START + timedelta(seconds=index / 5))
        stream.observe(frame, parsed, np.array([1], np.int64))
    return stream


def refusal(saved: StreamSnapshot, stream: StreamAnalytics) -> str:
    before = anatomy(filmed(stream, 2))
    with pytest.raises(SnapshotError) as caught:
        stream.restore(saved)
    assert anatomy(stream) == before
    return str(caught.value)


def test_it_can_be_read_back_from_its_json() -> None:
    snapshot = filmed(analytics_of()).snapshot()
    assert StreamSnapshot.from_json(snapshot.model_dump_json()) == snapshot
    assert issubclass(SnapshotError, UsageError)


def test_another_streams_is_refused() -> None:
    saved = filmed(analytics_of("door")).snapshot()
    assert refusal(saved, analytics_of("yard")) == (
        f"the state of a stream was saved with the name door, now it is yard; {CURE}"
    )


@pytest.mark.parametrize(
    ("before", "now", "message"),
    [
        (
            {"lost_after_s": 2.0},
            {"lost_after_s": 3.0},
            "the state of stream door was saved with lost_after_s 2.0, now it is 3.0",
        ),
        (
            {"min_garment_pixels": 9},
            {},
            "the state of stream door was saved with min_garment_pixels 9, now it is 30",
        ),
        (
            {"lengths_s": (5, 60)},
            {},
            "the state of stage windows of stream door was saved with lengths_s [5, 60], now it is [10, 60]",
        ),
        (
            {"min_visit_frames": 7},
            {},
            "the state of stage visits of stream door was saved with min_visit_frames 7, now it is 2",
        ),
    ],
)
def test_other_settings_are_refused_by_name(
    before: dict[str, Any], now: dict[str, Any], message: str
) -> None:
    assert refusal(filmed(analytics_of(**before)).snapshot(), analytics_of(**now)) == f"{message}; {CURE}"


def test_other_stages_are_refused_by_name() -> None:
    saved = filmed(analytics_of(lost_after_s=3.0)).snapshot()
    few = build_analytics("door", 3.0, {"frames": FramesSettings()})
    assert refusal(saved, few) == (
        f"the state of stream door was saved with stage visits visits, now it is None; {CURE}"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda saved: saved["stages"]["visits"]["state"].update(version=2),
            "the saved state of stage visits of stream door has version 2, this Footfall reads 1",
        ),
        (
            lambda saved: saved["stages"]["windows"]["state"].pop("by_length"),
            "the saved state of stage windows of stream door cannot be read: by_length: Field required",
        ),
        (
            lambda saved: saved["stages"]["totals"]["state"].update(frames=None),
            "the saved state of stage totals of stream door cannot be read: frames: Input should be a valid integer",
        ),
        (
            lambda saved: saved["stream"].update(version=None),
            "the saved state of stream door has version None, this Footfall reads 2",
        ),
        (
            lambda saved: (
                saved["stream"]["seen"]["light"].pop("log_cast")
                and saved["stream"]["seen"]["light"].update(gain=1)
            ),
            "the saved state of stream door cannot be read: seen.light.gain: Extra inputs are not permitted",
        ),
    ],
)
def test_what_is_damaged_or_of_another_version_is_refused(
    change: Callable[[Any], object], message: str
) -> None:
    saved = json.loads(filmed(analytics_of()).snapshot().model_dump_json())
    change(saved)
    assert refusal(StreamSnapshot.from_json(json.dumps(saved)), analytics_of()) == f"{message}; {CURE}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"version": 1, "stream_id": "door", "settings": {}, "stages": {}}', "stream: Field required"),
        (
            '{"version": 9, "stream_id": "door", "settings": {}, "stream": {}, "stages": {}}',
            "version: Input should be 1",
        ),
        ("", "Invalid JSON: EOF while parsing a value at line 1 column 0"),
    ],
)
def test_a_text_that_is_no_snapshot_is_refused(text: str, problem: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        StreamSnapshot.from_json(text)
    assert str(caught.value) == f"a saved state cannot be read: {problem}; {CURE}"
