"""Whom the pictures of a stream go to, and when they are drawn."""

import numpy as np

from domain.events import FrameObserved
from domain.frame import BgrImage
from domain.parsing import UNTRACKED, ParsedFrame
from domain.rendering import CoveredFrame, RenderedFrame
from pipeline.pictures import Pictures
from pipeline.privacy import Coverer
from sinks.base import FrameSink
from tests.support.events import frame_event
from tests.support.streams import plain_frame


class Pen:
    """Draws nothing, and says for which frames."""

    def __init__(self) -> None:
        self.drawn: list[int] = []

    def draw(self, frame: CoveredFrame, parsed: ParsedFrame, observed: FrameObserved) -> BgrImage:
        assert len(parsed) == len(observed.persons)
        self.drawn.append(frame.sample_index)
        return frame.image.copy()


class Taken:
    """Keeps whether each frame came drawn."""

    def __init__(self, *, wants_overlay: bool) -> None:
        self.wants_overlay = wants_overlay
        self.drawn: list[bool] = []

    def write(self, rendered: RenderedFrame) -> None:
        self.drawn.append(rendered.overlay is not None)

    def close(self) -> None:
        """Nothing to finish."""


class EveryThird(Taken):
    """Asks for the drawn picture of every third frame."""

    def wants_drawn(self, frame: CoveredFrame, observed: FrameObserved) -> bool:
        return frame.sample_index % 3 == 0 and not observed.persons


def shown(*sinks: FrameSink) -> list[int]:
    """For which of seven frames somebody had to draw."""
    pen = Pen()
    pictures = Pictures("door", Coverer(), pen, sinks)
    for index in range(7):
        frame = plain_frame(index)
        nobody = ParsedFrame.empty(frame.height, frame.width)
        pictures.show(frame, nobody, np.full(0, UNTRACKED), frame_event(index, persons=0))
    return pen.drawn


def test_a_picture_is_drawn_where_a_sink_needs_it() -> None:
    choosing = EveryThird(wants_overlay=True)
    assert shown(choosing, Taken(wants_overlay=False)) == [0, 3, 6]
    assert choosing.drawn == [True, False, False, True, False, False, True]


def test_whoever_does_not_choose_gets_every_picture_drawn() -> None:
    choosing, every = EveryThird(wants_overlay=True), Taken(wants_overlay=True)
    assert shown(choosing, every) == list(range(7))
    assert choosing.drawn == every.drawn == [True] * 7


def test_nothing_is_drawn_for_nobody() -> None:
    assert shown(Taken(wants_overlay=False), EveryThird(wants_overlay=False)) == []
