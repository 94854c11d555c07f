"""Streams that come and go, requests beside them, and the end of it all."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from domain.errors import UsageError
from domain.parsing import ParsedFrame, ParserInfo
from domain.rendering import RenderedFrame
from sinks.memory import MemorySink
from tests.support.runtimes import LIVE_FRAMES, TEN_FRAMES, Harness, broken_camera, camera, later_camera
from tests.support.streams import ListSource, ScriptedParser, plain_frame
from tests.support.waiting import assert_set, eventually


def test_streams_come_and_go_while_others_run(harness: Harness) -> None:
    harness.add(ListSource(TEN_FRAMES, live=True))
    with harness.runtime as runtime:
        harness.add(
            ListSource([plain_frame(index, stream_id="yard") for index in range(6)], stream_id="yard")
        )
        eventually(lambda: runtime.state().streams["yard"].status == "ended")
        summary = runtime.remove_stream("yard")
        assert list(runtime.state().streams) == ["door"]
        assert runtime.state().streams["door"].status == "live"
        harness.add(
            ListSource([plain_frame(index, stream_id="yard") for index in range(4)], stream_id="yard")
        )

    assert summary.frames_parsed == 6
    assert [each.stream_id for each in runtime.result().streams] == ["door", "yard"]
    assert [order.part for order in harness.factory.orders] == [1, 1, 2]
    assert harness.health("yard").count("ended") == 2


def test_a_camera_that_is_removed_ends_in_order(harness: Harness) -> None:
    source = ListSource(LIVE_FRAMES, live=True)
    harness.add(source)
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 10)
        summary = runtime.remove_stream("door")
        assert source.closed.is_set()

    assert (summary.visits, summary.problem) == (1, None)
    assert harness.health() == ["started", "ended"]


def test_what_cannot_be_added_or_removed_is_one_line(harness: Harness) -> None:
    harness.add(ListSource(TEN_FRAMES))
    with pytest.raises(UsageError) as error:
        harness.runtime.add_stream(camera("door"))
    assert str(error.value) == (
        "there is a stream called door already: remove it, or give this one another id"
    )
    with pytest.raises(UsageError, match=r"^yard cannot be reached$"):
        harness.runtime.add_stream(camera("yard"))
    with pytest.raises(UsageError) as error:
        harness.runtime.remove_stream("yard")
    assert str(error.value) == "there is no stream called yard: there are door"
    with pytest.raises(UsageError) as error:
        harness.runtime.add_stream({"id": "yard", "sorce": "synthetic:"})
    assert str(error.value) == (
        "cameras[0].source (add_stream): is needed here\n"
        "cameras[0].sorce = (hidden) (add_stream): no such key; did you mean source?"
    )


def test_nothing_is_taken_after_the_end(harness: Harness) -> None:
    harness.run(ListSource(TEN_FRAMES))
    harness.factory.sources["yard"] = harness.factory.sources["door"]

    with pytest.raises(RuntimeError, match=r"^the runtime is closed$"):
        harness.runtime.add_stream(camera("yard"))
    with pytest.raises(RuntimeError, match=r"^a picture was to be parsed after the parser was closed$"):
        harness.runtime.parse(TEN_FRAMES[0].image)
    harness.runtime.close()


def test_it_closes_in_order() -> None:
    order: list[str] = []

    class Last(MemorySink):
        def close(self) -> None:
            order.append(f"sink, {len(self.events)} events")

    class Pictures:
        wants_overlay = True

        def write(self, rendered: RenderedFrame) -> None:
            """Nothing goes wrong here."""

        def close(self) -> None:
            order.append("pictures")

    harness = Harness(sinks=[Last("last")])
    harness.factory.frame_sinks = (Pictures(),)
    harness.add(ListSource(TEN_FRAMES, live=True))
    for number in (1, 2):
        harness.runtime.at_end(lambda number=number: order.append(f"at end {number}"))  # type: ignore[misc]
    harness.runtime.after_end(lambda: order.append("after end"))
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed > 0)
        assert not runtime.wait(0.0)

    events = f"sink, {len(harness.memory.events)} events"
    assert order == ["pictures", "at end 2", "at end 1", events, "after end"]
    assert runtime.wait(0.0)


def test_pictures_are_parsed_for_others_between_those_of_cameras(harness: Harness) -> None:
    harness.add(ListSource(TEN_FRAMES, live=True))
    with harness.runtime as runtime, ThreadPoolExecutor(4) as threads:
        parsed = list(threads.map(runtime.parse, [TEN_FRAMES[0].image] * 20))
        again = runtime.parser.parse(TEN_FRAMES[0].image)

    assert [len(each) for each in [*parsed, again]] == [1] * 21
    assert runtime.state().parser.parsed >= 21


class Named(ScriptedParser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.info = ParserInfo(name, "1", "none")


def test_after_a_switch_cameras_begin_again_and_recordings_go_on_as_they_were() -> None:
    harness = Harness(Named("old"))
    harness.factory.parsers = {"new": Named("new")}
    gate = Event()
    recording = ListSource(
        [plain_frame(index, stream_id="film") for index in range(6)],
        stream_id="film",
        before_each=lambda position: None if position < 3 else assert_set(gate),
    )
    harness.add(broken_camera(position=99), later_camera())
    harness.add(recording)
    with harness.runtime as runtime:
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 10)
        eventually(lambda: runtime.state().streams["film"].progress.frames_parsed == 3)
        runtime.switch_parser("new")
        assert runtime.parser.info.name == "new"
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 20)
        gate.set()
        eventually(lambda: runtime.state().streams["film"].status == "ended")

    door, film = runtime.result().streams
    assert (door.parser.name, door.faults, door.problem) == ("new", 0, None)
    assert (film.parser.name, film.frames_parsed) == ("old", 6)
    assert harness.health("door") == ["started", "ended", "started", "ended"]
    assert harness.pauses.seconds == []


def test_the_newest_picture_is_there_for_whoever_asks(harness: Harness) -> None:
    harness.add(ListSource(LIVE_FRAMES, live=True))
    with harness.runtime as runtime:
        first = runtime.picture("door", timeout_s=30)
        assert first is not None
        eventually(lambda: runtime.state().streams["door"].progress.frames_parsed == 10)
        picture = runtime.picture("door", newer_than=9, timeout_s=30)
        assert picture is not None
        assert (picture.number, picture.rendered.frame.index) == (10, 18)
        assert picture.overlay().shape == (48, 64, 3)
        assert picture.overlay() is picture.overlay()
        assert runtime.picture("door", newer_than=10) is None
        assert runtime.state().streams["door"].last_picture_at == picture.finished_at
    assert runtime.picture("door", newer_than=10, timeout_s=30) is None


def test_another_parser_can_be_asked_beside_that_of_the_cameras() -> None:
    harness = Harness(Named("old"))
    other = ScriptedParser(lambda image: ParsedFrame.empty(*image.shape[:2]))
    harness.factory.parsers = {"other": other}
    with harness.runtime as runtime:
        loaded = runtime.load_parser("other")
        found = [len(runtime.parse(TEN_FRAMES[0].image, parser=each)) for each in (None, loaded)]
        runtime.switch_parser(loaded)
        after = len(runtime.parse(TEN_FRAMES[0].image))

    assert (found, after) == ([1, 0], 0)
    assert runtime.state().parser.parsed == 3
