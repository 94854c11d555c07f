"""What every source must keep, wherever its frames come from."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.errors import SourceError
from domain.frame import Frame, SourceItem
from pipeline.sources.base import FrameSource, SourcePosition
from tests.support.anatomy import anatomy


class SourceContract(ABC):
    """Inherit, and give `source`."""

    @pytest.fixture
    @abstractmethod
    def source(self) -> FrameSource:
        """A source of the stream `door` with several frames, not opened yet."""

    def test_frames_come_in_order_and_are_numbered(self, source: FrameSource) -> None:
        source.open()
        frames = [item for item in source.items() if isinstance(item, Frame)]
        source.close()
        assert len(frames) > 2
        assert [frame.sample_index for frame in frames] == list(range(len(frames)))
        assert {frame.stream_id for frame in frames} == {source.stream_id} == {"door"}
        indexes = [frame.index for frame in frames]
        assert indexes == sorted(set(indexes))
        times = [(frame.event_time, frame.media_time_s) for frame in frames]
        assert times == sorted(times)

    def test_what_was_yielded_is_what_is_counted(self, source: FrameSource) -> None:
        source.open()
        frames = sum(isinstance(item, Frame) for item in source.items())
        stats = source.stats()
        source.close()
        assert stats.frames_sampled == frames
        assert stats.frames_read >= frames
        assert stats.media_seconds >= 0

    def test_it_says_how_far_its_pictures_are_apart(self, source: FrameSource) -> None:
        source.open()
        assert source.picture_step_s > 0
        assert source.duration_s is None or source.duration_s > 0
        source.close()

    def test_it_ends_soon_after_it_is_closed(self, source: FrameSource) -> None:
        source.open()
        items = source.items()
        next(items)
        source.close()
        assert sum(1 for _ in items) <= 1

    def test_closing_any_number_of_times(self, source: FrameSource) -> None:
        source.open()
        source.close()
        source.close()
        assert source.stats().frames_sampled >= 0

    def test_pictures_cannot_be_changed(self, source: FrameSource) -> None:
        source.open()
        frame = next(item for item in source.items() if isinstance(item, Frame))
        source.close()
        with pytest.raises(ValueError, match="read-only"):
            frame.image[0, 0] = 0


class RefusingSourceContract(SourceContract):
    """Besides, a source that may turn out not to be usable: give `wrong`, too."""

    @pytest.fixture
    @abstractmethod
    def wrong(self) -> FrameSource:
        """One that cannot be used."""

    def test_one_that_cannot_be_used_is_refused_in_one_line(self, wrong: FrameSource) -> None:
        with pytest.raises(SourceError) as refused:
            wrong.open()
        wrong.close()
        assert "\n" not in str(refused.value)
        assert wrong.location in str(refused.value)


class ResumingSourceContract(SourceContract):
    """Besides, a recording that can be gone on with: give `again`, too."""

    @pytest.fixture
    @abstractmethod
    def again(self) -> Callable[[], FrameSource]:
        """Makes another source of the same recording, not opened yet, with the stream `door`."""

    def test_going_on_behind_a_position_is_never_having_stopped(
        self, again: Callable[[], FrameSource]
    ) -> None:
        whole = again()
        whole.open()
        items = [_told(item) for item in whole.items()]
        for done in range(len(items) + 1):
            source = again()
            source.open()
            source.resume(SourcePosition(done, whole.started_at))
            assert [_told(item) for item in source.items()] == items[done:]
            assert source.stats() == whole.stats()
            source.close()
        whole.close()

    def test_times_are_those_of_the_beginning_then(self, again: Callable[[], FrameSource]) -> None:
        whole, source = again(), again()
        whole.open()
        source.open()
        assert whole.started_at is not None
        source.resume(SourcePosition(1, whole.started_at - timedelta(days=3)))
        shifted = [item.event_time + timedelta(days=3) for item in source.items()]
        assert shifted == [item.event_time for item in whole.items()][1:]
        source.close()
        whole.close()


def _told(item: SourceItem) -> object:
    """All that an item says, its pixels included."""
    if isinstance(item, Frame):
        return anatomy(
            {name: getattr(item, name) for name in Frame.__slots__ if name != "image"}
        ), item.image.tobytes()
    return item
