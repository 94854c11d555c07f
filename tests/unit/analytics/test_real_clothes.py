"""Colours of real clothes: the clip of six persons, one after the other, whose clothes were noted by eye."""

from collections.abc import Iterator
from datetime import timedelta

import cv2
import numpy as np
import pytest

from analytics.building import build_analytics
from domain.events import BodyWorn, Event, VisitEnded
from domain.frame import Frame
from domain.parsing import UNTRACKED, ParsedFrame, TrackIds
from pipeline.parsers.lite.parser import LiteParser
from tests.support.events import START
from tests.support.shared_data import shared_file

CLIP_FPS = 10
EVERY = 20  # frames; one in two seconds keeps the test short
SMALLEST = 1500  # visible pixels of somebody who has come in
UPPER = ("grey", "black", "black", "black", "grey", "grey")
UPPER_NAMES = ("coat", "coat", "upper-clothes", "upper-clothes", "upper-clothes", "upper-clothes")
LOWER = ({"black", "grey"}, {"black"}, {"black"}, {"black"}, {"black", "blue"}, {"blue"})

pytestmark = pytest.mark.shared_data


def frames() -> Iterator[Frame]:
    clip = cv2.VideoCapture(str(shared_file("data/video/one-by-one-person-detection.mp4")))
    index = 0
    while clip.grab():
        if index % EVERY == 0:
            image = np.asarray(clip.retrieve()[1], np.uint8)
            seconds = index / CLIP_FPS
            yield Frame(
                "clip", index, index // EVERY, image, seconds, START + timedelta(seconds=seconds), "file"
            )
        index += 1


class Presence:
    """Never more than one person is in view, so whoever comes after an empty frame is the next one."""

    def __init__(self) -> None:
        self._track = 0
        self._empty = True

    def tracks(self, parsed: ParsedFrame) -> TrackIds:
        tracks = np.full(len(parsed), UNTRACKED, np.int64)
        sizes = [np.count_nonzero(person.mask) for person in parsed.persons()]
        present = max(sizes, default=0) > SMALLEST
        if present:
            self._track += self._empty
            tracks[int(np.argmax(sizes))] = self._track
        self._empty = not present
        return tracks


@pytest.fixture(scope="module")
def visits() -> list[VisitEnded]:
    parser, presence = LiteParser(), Presence()
    stream = build_analytics("clip", lost_after_s=2.5)
    events: list[Event] = []
    for frame in frames():
        parsed = parser.parse(frame.image)
        events += stream.observe(frame, parsed, presence.tracks(parsed))
    events += stream.finish(0, 0)
    return [event for event in events if isinstance(event, VisitEnded)]


def group(visit: VisitEnded, part: str) -> BodyWorn:
    return next(group for group in visit.body if group.part == part)


def test_every_person_is_one_visit(visits: list[VisitEnded]) -> None:
    assert len(visits) == 6


def test_upper_colours_are_right(visits: list[VisitEnded]) -> None:
    assert [group(visit, "upper-body").color for visit in visits] == list(UPPER)


def test_lower_colours_are_right(visits: list[VisitEnded]) -> None:
    colors = [group(visit, "lower-body").color for visit in visits]
    assert all(seen in worn for seen, worn in zip(colors, LOWER, strict=True)), colors


def test_no_upper_garment_is_named_wrongly_and_some_are_named(visits: list[VisitEnded]) -> None:
    names = [group(visit, "upper-body").garment for visit in visits]
    told = [(seen, worn) for seen, worn in zip(names, UPPER_NAMES, strict=True) if seen != "unknown"]
    assert all(seen == worn for seen, worn in told), names
    assert len(told) >= 2, names
