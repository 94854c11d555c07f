"""What a camera's connections come to, whatever their time stamps, sizes and clocks do; the connections are scripted."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import SamplingSettings
from domain.frame import Frame, SignalLost, SignalRestored, SourceItem
from pipeline.sources.rtsp import RtspSource
from pipeline.sources.rtsp_session import Shot, SignalGone
from pipeline.sources.rtsp_settings import RtspOptions

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
OPTIONS = RtspOptions(reconnect_min_s=0.001, reconnect_max_s=0.001)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a connection shows: its time stamp, what its camera says of the time, how large it is."""

    stamp_s: float | None
    taken_s: float | None = None
    size: tuple[int, int] = (64, 48)


class Script:
    """Connections, one after the other; each ends as if the camera had closed it."""

    def __init__(self, *connections: Sequence[Picture]) -> None:
        self._connections = iter(connections)
        self._number = 0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=0.1 * self._number)

    def shots(self) -> Iterator[Shot]:
        for index, picture in enumerate(next(self._connections)):
            self._number += 1
            width, height = picture.size
            yield Shot(
                frame=av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), format="bgr24"),
                whole=True,
                pixel_aspect=Fraction(1),
                index=index,
                stamp_s=picture.stamp_s,
                step_s=0.1,
                arrived=self.now(),
                taken=None if picture.taken_s is None else NOON + timedelta(seconds=picture.taken_s),
            )
        raise SignalGone("the camera closed the connection")


def played(script: Script, connections: int, monkeypatch: pytest.MonkeyPatch) -> list[SourceItem]:
    """Everything that a source makes of it."""

    class Session:
        thread = threading.current_thread()
        frames_read = frames_damaged = 0

        def __init__(self, *_: object, **__: object) -> None:
            """Nothing to connect to."""

        def connect(self) -> None:
            """It is there."""

        def shots(self) -> Iterator[Shot]:
            return script.shots()

        def close(self) -> None:
            """Nothing to close."""

    monkeypatch.setattr("pipeline.sources.rtsp.RtspSession", Session)
    monkeypatch.setattr("pipeline.sources.rtsp._MOST_STUCK", 1000)
    source = RtspSource(
        "rtsp://cam/live",
        stream_id="door",
        sampling=SamplingSettings(fps=100.0),
        options=OPTIONS,
        clock=script.now,
    )
    source.open()
    items: list[SourceItem] = []
    for item in source.items():
        items.append(item)
        if sum(isinstance(each, SignalLost) for each in items) == connections:
            source.close()
    return items


def frames(items: Sequence[SourceItem]) -> list[Frame]:
    return [item for item in items if isinstance(item, Frame)]


def test_without_a_clock_of_the_cameras_pictures_have_the_time_of_arrival(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    items = played(Script([Picture(0.1 * index) for index in range(60)]), 1, monkeypatch)
    assert {frame.time_source for frame in frames(items)} == {"arrival"}
    assert len(frames(items)) == 60


def test_pictures_that_change_their_size_in_mid_stream_go_through(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [(64, 48)] * 5 + [(128, 96)] * 5 + [(48, 64)] * 5
    pictures = [Picture(0.1 * index, size=size) for index, size in enumerate(sizes)]
    items = played(Script(pictures), 1, monkeypatch)
    assert [frame.image.shape[1::-1] for frame in frames(items)] == sizes


def test_each_loss_is_told_once_and_time_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = [Picture(0.1 * index) for index in range(10)]
    items = played(Script(connection, [], connection, [], [], connection), 3, monkeypatch)
    told = [type(item) for item in items if not isinstance(item, Frame)]
    assert told == [SignalLost, SignalRestored, SignalLost, SignalRestored, SignalLost]
    assert_in_order(frames(items))


def assert_in_order(seen: Sequence[Frame]) -> None:
    for before, after in pairwise(seen):
        assert after.media_time_s >= before.media_time_s
        assert after.event_time >= before.event_time
        assert after.sample_index == before.sample_index + 1


STAMPS = st.none() | st.floats(-1e5, 1e5, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(
    connections=st.lists(
        st.lists(st.tuples(STAMPS, st.none() | st.floats(-4000, 4000)), min_size=1, max_size=20),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_stamps_and_clocks_do_time_never_runs_back(
    connections: list[list[tuple[float | None, float | None]]],
) -> None:
    script = Script(*([Picture(stamp, taken) for stamp, taken in one] for one in connections))
    with pytest.MonkeyPatch.context() as patch:
        items = played(script, len(connections), patch)
    assert_in_order(frames(items))
    assert all(item.event_time.tzinfo is not None for item in items)
