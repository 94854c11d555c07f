"""Streams whose finder rests: from settings, through their threads, and on where they were cut off."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from config import Settings
from config.adding import camera_from, settings_from
from domain.events import Event
from domain.frame import BgrImage, Frame
from domain.summary import StreamSummary
from pipeline.building import Shared, build_stream
from pipeline.checkpoint import StreamCheckpoint
from pipeline.finders.base import Found
from pipeline.results import ResultFolder, ResultPlan
from pipeline.resuming import Resumption
from pipeline.stream import StreamRun
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from tests.support.streams import ListSource
from tests.support.views import CountingViews, picture, shown


class Looking(CountingViews):
    """Counts the pictures in which it was asked to find somebody."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def find(self, image: BgrImage) -> Found:
        self.looks += 1
        return super().find(image)


def frames() -> list[Frame]:
    """Somebody walks in, stands still for 4 s, walks out, and 4 s nobody is there."""
    ways = [*range(0, 200, 20), *[200] * 20, *range(200, 600, 40)]
    there = [picture((left, 100, left + 40, 220)) for left in ways]
    return [shown(image, 0.2 * number) for number, image in enumerate([*there, *[picture()] * 20])]


class Room:
    """Runs a recording, and keeps what came out."""

    def __init__(self, folder: Path, rest_s: float = 1.0, views: str = "best") -> None:
        self._folder = folder
        self._settings: Settings = settings_from(
            {
                "parser": {"views": views},
                "finder": {"kind": "lite", "rest_s": rest_s},
                "pictures": {"overlay": False},
            }
        )
        self.parser = Looking()

    def run(
        self, saved: StreamCheckpoint | None = None, until: int | None = None, camera: Sequence[Frame] = ()
    ) -> tuple[list[Event], StreamSummary, StreamCheckpoint]:
        """From a state on; told to suspend before that frame. Of a recording, or of a camera with these frames."""
        memory, began = MemorySink(), list[StreamRun]()
        outlet = FanOut([memory])
        shared = Shared(
            ResultFolder(self._folder, ResultPlan(streams=("door",))),
            self.parser,
            outlet,
            former=Resumption(states={"door": saved} if saved else {}),
        )

        def before_each(number: int) -> None:
            if number == until:
                began[0].suspend()

        source = ListSource(camera or frames(), live=bool(camera), before_each=before_each)
        door = camera_from(self._settings, {"id": "door", "source": "synthetic:"})
        began.append(build_stream(self._settings, door, shared, source))
        began[0].start()
        assert began[0].join(30)
        outlet.close(10.0)
        assert began[0].failure is None
        return list(memory.events), began[0].summary(), began[0]._parts.post_processor.snapshot()


def test_the_summary_says_in_how_many_frames_it_rested_and_they_count_as_looked_at(tmp_path: Path) -> None:
    room = Room(tmp_path)
    _, summary, _ = room.run()
    assert summary.frames_parsed == len(frames())
    assert room.parser.looks == summary.frames_parsed - summary.frames_rested
    assert 20 <= summary.frames_rested <= 32
    assert summary.visits == 1


def test_with_0_it_looks_at_every_frame_and_counts_the_same(tmp_path: Path) -> None:
    awake, resting = Room(tmp_path, rest_s=0.0), Room(tmp_path)
    (events, summary, state), (others, *_) = awake.run(), resting.run()
    assert (awake.parser.looks, summary.frames_rested, state.sight) == (len(frames()), 0, None)
    assert [event.model_dump_json() for event in events] == [event.model_dump_json() for event in others]


def test_where_everybody_is_parsed_in_every_frame_it_rests_where_nobody_is(tmp_path: Path) -> None:
    awake, resting = Room(tmp_path, rest_s=0.0, views="every"), Room(tmp_path, views="every")
    (events, summary, state), (others, rested, _) = awake.run(), resting.run()
    assert (summary.frames_rested, state.sight) == (0, None)
    assert [event.model_dump_json() for event in events] == [event.model_dump_json() for event in others]
    assert 12 <= rested.frames_rested < 20
    assert resting.parser.looks == len(frames()) - rested.frames_rested


@pytest.mark.parametrize("views", ["best", "every"])
@pytest.mark.parametrize("until", [1, 13, 16, 29, 34, 45, 52, 59])
def test_a_run_that_goes_on_rests_in_the_same_frames(tmp_path: Path, until: int, views: str) -> None:
    events, summary, state = Room(tmp_path, views=views).run()
    before, _, saved = Room(tmp_path, views=views).run(until=until)
    after, last, again = Room(tmp_path, views=views).run(StreamCheckpoint.from_json(saved.model_dump_json()))
    assert saved.sight is not None
    assert before + after == events
    assert last.frames_rested == summary.frames_rested
    for part in ("sight", "tracker", "views", "analytics", "position"):
        assert getattr(again, part) == getattr(state, part)


def test_what_a_camera_showed_before_a_run_was_cut_off_is_not_held(tmp_path: Path) -> None:
    *_, saved = Room(tmp_path).run(until=56)
    assert saved.sight is not None
    assert saved.sight.settled
    here = saved.position.items
    room, camera = Room(tmp_path), [replace(frame, may_wait=True) for frame in frames()[here : here + 3]]
    room.run(saved.model_copy(update={"live": True}), until=2, camera=camera)
    assert room.parser.looks == 2
