"""A recording that is run with somebody else's parser, stops, and goes on."""

from itertools import count
from pathlib import Path
from threading import Event

import av
import numpy as np
import pytest

from config.adding import settings_from
from config.settings import Settings
from domain.errors import UsageError
from domain.frame import BgrImage
from domain.parsing import ParsedFrame
from domain.summary import RunSummary
from pipeline.background import Command, run_recording
from pipeline.privacy.coverer import COLOR
from pipeline.stream import StreamProgress
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.run_events import documents_of
from tests.support.streams import ScriptedParser, one_person
from tests.support.waiting import eventually


def settings(clip: Path, out: Path, **others: object) -> Settings:
    camera = {"id": "recording", "source": {"kind": "file", "path": str(clip)}, "sampling": {"fps": 5}}
    given = {"cameras": [camera], "output": {"dir": str(out)}, "sinks": {"jsonl": True}}
    return settings_from({**given, **others})


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", steady(150, 10))


def go_on(_: StreamProgress) -> Command:
    return "go-on"


def run_until(chosen: Settings, pictures: int, command: Command) -> RunSummary | None:
    """Run it until so many pictures were parsed, and then say that."""
    seen: list[int] = []
    told: list[bool] = []

    def parse(image: BgrImage) -> ParsedFrame:
        seen.append(1)
        if len(seen) > pictures:
            eventually(lambda: bool(told))
        return one_person(image)

    def ask(_: StreamProgress) -> Command:
        if len(seen) <= pictures:
            return "go-on"
        told.append(True)
        return command

    return run_recording(chosen, ScriptedParser(parse), ask)


def ids(out: Path) -> list[str]:
    return [event["event_id"] for event in documents_of(out)]


def pictures(video: Path) -> int:
    with av.open(str(video)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_one_that_was_suspended_goes_on_as_if_nothing_had_been(tmp_path: Path, clip: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    expected = run_recording(settings(clip, whole), ScriptedParser(), go_on)
    assert expected is not None
    for _ in range(3):
        assert run_until(settings(clip, parts), 10, "suspend") is None
        assert not (parts / "summary.json").exists()
    summary = run_recording(settings(clip, parts), ScriptedParser(), go_on)
    assert summary is not None
    assert summary.streams[0].frames_parsed == expected.streams[0].frames_parsed == 75
    assert summary.resumed == 3
    assert ids(parts) == ids(whole)
    assert len(set(ids(parts))) == len(ids(parts))
    assert pictures(parts / "overlay.mp4") == pictures(whole / "overlay.mp4") == 75
    assert (parts / "report.html").exists()
    assert not any(sink.problem for sink in summary.sinks)


def test_one_that_is_given_up_leaves_no_results(tmp_path: Path, clip: Path) -> None:
    assert run_until(settings(clip, tmp_path / "out"), 5, "give-up") is None
    assert not (tmp_path / "out" / "summary.json").exists()


def test_what_cannot_begin_is_said(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no recording")
    with pytest.raises(UsageError, match="not a video"):
        run_recording(settings(tmp_path / "clip.mp4", tmp_path / "out"), ScriptedParser(), go_on)


def test_one_that_ends_while_it_is_suspended_has_ended(tmp_path: Path, clip: Path) -> None:
    asked = Event()

    def parse(image: BgrImage) -> ParsedFrame:
        assert asked.wait(30)
        return one_person(image)

    def ask(_: StreamProgress) -> Command:
        asked.set()
        eventually((tmp_path / "out" / "overlay.mp4").exists)
        return "suspend"

    summary = run_recording(settings(clip, tmp_path / "out"), ScriptedParser(parse), ask)
    assert summary is not None
    assert summary.streams[0].frames_parsed == 75


@pytest.mark.parametrize("look_ahead_s", [0.4, 0.0])
def test_what_is_drawn_is_covered_by_what_comes_next(tmp_path: Path, look_ahead_s: float) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(20, 5), ClipOptions(size=(320, 240)), dark)
    parsed = count()

    def parse(image: BgrImage) -> ParsedFrame:
        if next(parsed) < 10:
            return ParsedFrame.empty(*image.shape[:2])
        person_ids = np.zeros(image.shape[:2], np.uint8)
        person_ids[100:220, 140:180] = 1
        boxes = np.array([[140, 100, 180, 220]], np.float32)
        return ParsedFrame(person_ids * np.uint8(5), person_ids, np.array([0.9], np.float32), boxes)

    chosen = settings(clip, tmp_path / "out", privacy={"look_ahead_s": look_ahead_s})
    assert run_recording(chosen, ScriptedParser(parse), go_on) is not None
    with av.open(str(tmp_path / "out" / "overlay.mp4")) as video:
        heads = [frame.to_ndarray(format="bgr24")[105:125, 150:170] for frame in video.decode(video=0)]
    covered = [bool(np.abs(head.astype(int) - COLOR).max() < 30) for head in heads]
    early = (8, 9) if look_ahead_s else ()
    assert [number for number in range(10) if covered[number]] == list(early)


def dark(_: int, size: tuple[int, int]) -> BgrImage:
    """A picture of nothing."""
    width, height = size
    return np.full((height, width, 3), 20, np.uint8)
