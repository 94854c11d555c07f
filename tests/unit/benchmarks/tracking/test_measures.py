"""Figures that can be reckoned by hand."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks.tracking.clips import (
    ClipFrames,
    ParsedClip,
    TrueFrame,
    by_boxes,
    by_masks,
    by_seen_boxes,
    parsed_clip,
)
from benchmarks.tracking.measures import score
from benchmarks.tracking.switches import kinds_of
from domain.frame import BgrImage, Frame
from domain.parsing import UNTRACKED, ParsedFrame, ParserInfo, TrackIds
from tests.support.walkers import Walker, scene

_TWO = [Walker(20), Walker(100)]


class Scripted:
    """Says the same track ids whatever it sees."""

    def __init__(self, *ids: Sequence[int]) -> None:
        self._ids = iter(ids)

    def update(self, frame: Frame, parsed: ParsedFrame) -> TrackIds:
        del frame, parsed
        return np.array(next(self._ids), np.int64)


def clip(frames: int) -> ParsedClip:
    """Two persons who stand, and a parser that is right."""
    shown = tuple(scene(number / 5, _TWO) for number in range(frames))
    truth = TrueFrame(np.array([7, 9]), np.eye(2), np.ones(2, np.bool_))
    return ParsedClip("two", shown, (truth,) * frames)


def test_a_tracker_that_is_right() -> None:
    result = score(clip(4), lambda: Scripted(*[[3, 4]] * 4))
    assert (result.hota, result.idf1, result.mota, result.switches) == pytest.approx((1, 1, 1, 0))


def test_two_who_swap_their_numbers_are_two_switches() -> None:
    result = score(clip(4), lambda: Scripted([1, 2], [1, 2], [2, 1], [2, 1]))
    assert result.switches == 2
    assert result.mota == pytest.approx(1 - 2 / 8)
    assert result.idf1 == pytest.approx(0.5)


def test_who_is_untracked_was_not_found() -> None:
    result = score(clip(4), lambda: Scripted([UNTRACKED, 2], *[[1, 2]] * 3))
    assert result.switches == 0
    assert result.mota == pytest.approx(7 / 8)


def test_a_switch_has_a_kind() -> None:
    def told(*ids: Sequence[int], seconds: float = 0.2) -> list[str]:
        frames = [scene(number * seconds, _TWO) for number in range(len(ids))]
        whole = clip(len(ids))
        return list(kinds_of(ParsedClip("two", tuple(frames), whole.truth), lambda: Scripted(*ids)))

    assert told([1, 2], [1, 2]) == []
    assert told([1, 2], [2, 1], [1, 2]) == ["another's", "another's", "own again", "own again"]
    assert told([1, 2], [3, 2]) == ["new"]
    assert told([1, 2], [UNTRACKED, 2], [UNTRACKED, 2], [3, 2], seconds=0.9) == ["new, late"]


def test_boxes_are_compared_with_those_around_what_is_seen() -> None:
    _, parsed = scene(0.0, [Walker(20, size=(20, 20)), Walker(100, size=(20, 20))])
    truth = np.zeros_like(parsed.person_ids)
    left, top, right, bottom = parsed.boxes[0].astype(int)
    truth[top:bottom, left:right] = 4
    left, top, right, bottom = parsed.boxes[1].astype(int)
    # Too little to be judged, and all of the other box.
    truth[top, left:right] = truth[bottom - 1, left:right] = 9
    found = by_seen_boxes(truth, parsed)
    assert found.ids.tolist() == [4]
    np.testing.assert_allclose(found.similarities, [[1, 0]])
    assert found.judged.tolist() == [True, False]


def test_masks_are_compared_pixel_by_pixel() -> None:
    _, parsed = scene(0.0, [Walker(20, size=(20, 20)), Walker(100, size=(20, 20))])
    truth = np.zeros_like(parsed.person_ids)
    truth[30:50, 25:45] = 4
    found = by_masks(truth, parsed)
    assert found.ids.tolist() == [4]
    np.testing.assert_allclose(found.similarities, [[300 / 500, 0.0]])
    assert found.judged.tolist() == [True, True]


def test_of_whom_little_is_seen_counts_neither_way() -> None:
    _, parsed = scene(0.0, [Walker(20, size=(10, 10)), Walker(100, size=(20, 20))])
    truth = np.where(parsed.person_ids == 1, 4, 0).astype(np.uint8)
    found = by_masks(truth, parsed)
    assert found.ids.tolist() == []
    assert found.judged.tolist() == [False, True]


def test_boxes_are_compared_where_there_is_nothing_else() -> None:
    _, parsed = scene(0.0, [Walker(20, size=(20, 20))])
    found = by_boxes({5: [25, 30, 45, 50], 2: [100, 0, 110, 10]}, parsed)
    assert found.ids.tolist() == [2, 5]
    np.testing.assert_allclose(found.similarities, [[0.0], [300 / 500]])


def test_a_clip_is_parsed_once(tmp_path: Path) -> None:
    calls: list[int] = []

    class Parser:
        info = ParserInfo("scripted", "1", "none")

        def parse(self, image: BgrImage) -> ParsedFrame:
            del image
            calls.append(1)
            return scene(0.0, _TWO)[1]

    def frames() -> ClipFrames:
        for number in range(3):
            frame, parsed = scene(number / 5, _TWO)
            yield frame, partial(by_masks, parsed.person_ids)

    first = parsed_clip("two", frames, Parser, tmp_path)
    again = parsed_clip("two", frames, Parser, tmp_path)
    assert len(calls) == 3
    for one, other in zip(first.frames, again.frames, strict=True):
        assert one[0].media_time_s == other[0].media_time_s
        np.testing.assert_array_equal(one[0].image, other[0].image)
        np.testing.assert_array_equal(one[1].person_ids, other[1].person_ids)
    assert [truth.ids.tolist() for truth in again.truth] == [[1, 2]] * 3
    np.testing.assert_array_equal(again.truth[0].similarities, np.eye(2))
