"""FrameThinner: which frame events are published."""

import pytest

from domain.events import FrameObserved
from pipeline.thinning import Frames, FrameThinner
from tests.support.events import frame_event


def walk() -> list[FrameObserved]:
    """Nobody; one person for two frames; two; one in another colour; nobody twice."""
    frames = [frame_event(index, persons=count) for index, count in enumerate((0, 1, 1, 2, 1, 0, 0))]
    person = frames[4].persons[0]
    blue = person.model_copy(update={"garments": (person.garments[0].model_copy(update={"color": "blue"}),)})
    frames[4] = frames[4].model_copy(update={"persons": (blue,)})
    frames[2] = frames[2].model_copy(
        update={"persons": (frames[2].persons[0].model_copy(update={"box": (1, 2, 3, 4)}),)}
    )
    return frames


@pytest.mark.parametrize(
    ("which", "published"), [("all", [0, 1, 2, 3, 4, 5, 6]), ("changed", [0, 1, 3, 4, 5]), ("none", [])]
)
def test_frames_are_published_as_asked(which: Frames, published: list[int]) -> None:
    thinner = FrameThinner(which)
    assert [event.frame_index for event in walk() if thinner.lets_through(event)] == published


def test_it_goes_on_from_its_state() -> None:
    frames = walk()
    for cut in range(len(frames) + 1):
        first, second = FrameThinner("changed"), FrameThinner("changed")
        before = [event.frame_index for event in frames[:cut] if first.lets_through(event)]
        second.restore(first.state)
        after = [event.frame_index for event in frames[cut:] if second.lets_through(event)]
        assert before + after == [0, 1, 3, 4, 5], cut
