"""No pixel of a face leaves, whatever parser and tracker miss: drawn people with faces of a colour that nothing else has."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, cycle
from pathlib import Path
from typing import get_args

import av
import cv2
import numpy as np
import pytest

from config.adding import camera_from, settings_from
from domain.frame import BgrImage
from domain.parsing import ParsedFrame
from domain.rendering import OverlayStyle, RenderedFrame
from pipeline.building import Shared, build_stream
from pipeline.drawing import drawing_of
from pipeline.latest import LatestPicture
from pipeline.looking_ahead import LookAhead, Ready
from pipeline.privacy import Coverer
from pipeline.results import ResultFolder
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings
from service.previews import Look, Previews
from sinks.memory import MemorySink
from sinks.outlet import FanOut
from sinks.report.stills import StillCollector
from tests.support.marked import (
    GREEN,
    MAGENTA,
    BreakingTracker,
    ErringParser,
    MarkedPeople,
    Marker,
    is_near,
)
from tests.support.results import result_plan

FRAMES = 1000


def covered(
    people: MarkedPeople, parser: ErringParser, look_ahead_s: float = 0.0
) -> Iterator[tuple[BgrImage, BgrImage]]:
    """Each picture as it came, and covered."""
    tracker, coverer, ahead = BreakingTracker(ByteTracker()), Coverer(), LookAhead(look_ahead_s)
    came: Iterator[Iterable[Ready]] = (
        ahead.put((frame, parser.parse(frame.image))) for frame in people.items()
    )
    for item, later in chain.from_iterable(chain(came, (ahead.flush(),))):
        assert isinstance(item, tuple)
        frame, parsed = item
        assert isinstance(parsed, ParsedFrame)
        yield frame.image, coverer.cover(frame, parsed, tracker.update(frame, parsed), later).image


@pytest.mark.timeout(1800)
def test_covered_pictures_are_the_same_whatever_the_faces_look_like() -> None:
    seed = 1
    green, magenta = MarkedPeople(FRAMES, GREEN, seed=seed), MarkedPeople(FRAMES, MAGENTA, seed=seed)
    parsers = ErringParser(green, seed), ErringParser(magenta, seed)
    faces = 0
    pairs = zip(covered(green, parsers[0]), covered(magenta, parsers[1]), strict=True)
    for number, ((one, one_covered), (other, other_covered)) in enumerate(pairs):
        faces += not np.array_equal(one, other)
        assert np.array_equal(one_covered, other_covered), f"a face shows in picture {number}"
    assert faces > FRAMES / 2
    assert all(len(when) > FRAMES / 20 for when in parsers[0].errors.values())
    assert len(parsers[0].errors) == 9


@pytest.mark.timeout(900)
def test_whoever_is_seen_late_is_covered_from_the_first_picture_on_by_what_comes_later() -> None:
    shows: dict[float, int] = {}
    for look_ahead_s in (0.0, 0.4):
        people = MarkedPeople(FRAMES // 4, GREEN, seed=2)
        parser = ErringParser(people, seed=2, late=1)
        shows[look_ahead_s] = sum(
            bool(is_near(after, GREEN).any()) for _, after in covered(people, parser, look_ahead_s)
        )
        assert len(parser.errors["late"]) > FRAMES / 100
    assert shows[0.4] == 0
    assert shows[0.0] > 0


@dataclass
class Watcher:
    """A `FrameSink` that looks as the service's clients do: at live pictures, drawn in each style in turn and undrawn."""

    stream_id: str
    shown: list[BgrImage] = field(default_factory=list)
    wants_overlay: bool = True

    def __post_init__(self) -> None:
        self._previews, self._number = Previews(), 0
        self._styles: Iterator[OverlayStyle] = cycle(get_args(OverlayStyle))
        self._camera = camera_from(settings_from({}), {"id": self.stream_id, "source": "synthetic:"})

    def write(self, rendered: RenderedFrame) -> None:
        self._number += 1
        style = next(self._styles)
        picture = LatestPicture(
            self._number, datetime.now(UTC), rendered, lambda style: drawing_of(self._camera, style)
        )
        for look in (Look(384, overlay="none"), Look(384, overlay=style), Look(200)):
            self.shown.append(decoded(self._previews.of(picture, look)))

    def close(self) -> None:
        pass


def decoded(file: bytes) -> BgrImage:
    image = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)


def run(tmp_path: Path, cover: str, frames: int, marker: Marker) -> dict[str, list[BgrImage]]:
    """All pictures that leave a run, decoded, by where they lie."""
    people = MarkedPeople(frames, marker)
    settings = settings_from(
        {"privacy": {"overlay": cover}, "pictures": {"masks": None}, "sampling": {"fps": 5}}
    )
    folder = ResultFolder(tmp_path, result_plan(masks=True))
    outlet, stills, watcher = FanOut([MemorySink()]), StillCollector(), Watcher("door")
    folder.claim()
    folder.prepare()
    folder.begin()
    shared = Shared(folder, ErringParser(people), outlet, stills, (watcher,))
    camera = camera_from(settings, {"id": "door", "source": "synthetic:"})
    stream = build_stream(settings, camera, shared, people)
    stream.start()
    assert stream.join(1700)
    outlet.close(10.0)
    assert stream.failure is None
    assert not stream.sink_problems
    with av.open(str(folder.overlay("door"))) as video:
        overlay = [
            np.asarray(picture.to_ndarray(format="bgr24"), np.uint8) for picture in video.decode(video=0)
        ]
    masks = [cv2.imread(str(path)) for path in sorted(folder.masks.rglob("*_parts.png"))]
    kept = [path.read_bytes() for path in folder.path.rglob("still-*.jpg")]
    return {
        "overlay.mp4": overlay,
        "live": watcher.shown,
        "stills": [decoded(still.image) for still in stills.stills],
        "kept stills": [decoded(still) for still in kept],
        "masks": [np.asarray(mask, np.uint8) for mask in masks],
    }


@pytest.fixture
def _tracks_break(monkeypatch: pytest.MonkeyPatch) -> None:
    build = ByteTrackSettings.build
    monkeypatch.setattr(ByteTrackSettings, "build", lambda self: BreakingTracker(build(self)))


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("_tracks_break")
def test_no_pixel_of_a_face_leaves_in_any_output(tmp_path: Path) -> None:
    outputs = run(tmp_path, "heads", FRAMES, GREEN)
    assert len(outputs["overlay.mp4"]) == FRAMES
    assert len(outputs["live"]) == 3 * FRAMES
    assert len(outputs["masks"]) == FRAMES
    assert outputs["stills"]
    for where, pictures in outputs.items():
        for number, picture in enumerate(pictures):
            assert not is_near(picture, GREEN).any(), f"a face shows in {where}, {number}"


def test_without_a_cover_faces_show_in_every_output(tmp_path: Path) -> None:
    outputs = run(tmp_path, "none", 40, GREEN)
    for where in ("overlay.mp4", "live", "stills"):
        assert any(is_near(picture, GREEN).any() for picture in outputs[where]), where
    assert not any(is_near(picture, GREEN).any() for picture in outputs["masks"])
