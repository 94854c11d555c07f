import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

import pipeline.sources.synthetic.source as module
from domain.errors import SourceError
from domain.frame import Frame
from domain.labels import BodyPart
from pipeline.sources.base import FrameSource, SourceStats
from pipeline.sources.synthetic.source import SyntheticSource

SMALL = "synthetic:?persons=3&seconds=20&seed=5&size=320x180&fps=8"


def source_of(location: str = SMALL, **options: Any) -> SyntheticSource:
    return SyntheticSource(location, **{"stream_id": "shop", "sample_fps": 1000.0, **options})


def frames_of(source: SyntheticSource) -> list[Frame]:
    source.open()
    return [item for item in source.items() if isinstance(item, Frame)]


def test_is_a_source_that_waits() -> None:
    source: FrameSource = source_of()

    assert (source.stream_id, source.location, source.live, source.duration_s) == ("shop", SMALL, False, 20.0)
    assert source.stats() == SourceStats(0, 0, 0.0)


def test_frames_come_in_order_with_their_times() -> None:
    source = source_of(recorded_at=datetime(2026, 5, 1, 8, tzinfo=timezone(timedelta(hours=2))))

    frames = frames_of(source)

    assert [frame.index for frame in frames] == list(range(160))
    assert [frame.sample_index for frame in frames] == list(range(160))
    assert frames[3].media_time_s == 0.375
    assert frames[8].event_time == datetime(2026, 5, 1, 6, 0, 1, tzinfo=UTC)
    assert {(frame.width, frame.height, frame.time_source, frame.stream_id) for frame in frames} == {
        (320, 180, "file", "shop")
    }
    assert source.stats() == SourceStats(160, 160, 20.0)


def test_event_times_do_not_depend_on_the_day_it_runs() -> None:
    assert next(iter(frames_of(source_of()))).event_time == datetime(2026, 1, 1, 9, tzinfo=UTC)


def test_sampling_leaves_out_frames_and_counts_them() -> None:
    source = source_of(sample_fps=2.0)

    frames = frames_of(source)

    assert [frame.index for frame in frames] == list(range(0, 160, 4))
    assert source.stats() == SourceStats(160, 40, 20.0)


def test_the_same_location_gives_the_same_pictures_whatever_is_sampled() -> None:
    whole = frames_of(source_of())
    some = frames_of(source_of(sample_fps=2.0))
    other = frames_of(source_of(SMALL.replace("seed=5", "seed=6")))

    assert all(np.array_equal(frame.image, whole[frame.index].image) for frame in some)
    assert any(not np.array_equal(a.image, b.image) for a, b in zip(whole, other, strict=True))


def test_the_limit_cuts_frames_and_truth() -> None:
    source = source_of(limit_s=6.0)

    assert len(frames_of(source)) == 48
    assert source.duration_s == 6.0
    truth = source.truth()
    assert truth.frames == 48
    assert all(visit.leave_s < 6.0 for visit in truth.visits)


def test_closing_ends_it_soon() -> None:
    source = source_of()
    source.open()
    items = source.items()
    next(items)

    source.close()
    source.close()

    assert list(items) == []
    assert source.stats().frames_read == 1


def test_everybody_comes_once_and_leaves() -> None:
    truth = source_of().truth()

    assert [visit.visit for visit in truth.visits] == [1, 2, 3]
    assert all(0 <= visit.enter_s < visit.leave_s < 20 for visit in truth.visits)
    assert [visit.enter_s for visit in truth.visits] == sorted(visit.enter_s for visit in truth.visits)
    uppers = [
        garment.color
        for visit in truth.visits
        for garment in visit.garments
        if garment.part == "upper-clothes"
    ]
    assert len(set(uppers)) == 3
    for visit in truth.visits:
        parts = [garment.part for garment in visit.garments]
        assert parts.count("upper-clothes") == 1
        assert len({"pants", "skirt"} & set(parts)) == 1
        assert "shoe" in parts


def test_the_truth_of_a_frame_agrees_with_its_visits() -> None:
    truth = source_of().truth()
    seen: dict[int, list[float]] = {}

    for index in range(truth.frames):
        frame = truth.at(index)
        assert len(frame.boxes) == len(frame.visits) == len(set(frame.visits))
        assert np.array_equal(frame.labels > 0, frame.visit_map > 0)
        assert set(np.unique(frame.visit_map)) <= {0, *frame.visits}
        for visit, (left, top, right, bottom) in zip(frame.visits, frame.boxes, strict=True):
            seen.setdefault(visit, []).append(index / 8)
            rows, columns = np.nonzero(frame.visit_map == visit)
            assert rows.size == 0 or (left <= columns.min() and columns.max() < right)
            assert rows.size == 0 or (top <= rows.min() and rows.max() < bottom)
            assert 0 <= left < right <= 320
            assert 0 <= top < bottom <= 180

    assert {visit.visit: (visit.enter_s, visit.leave_s) for visit in truth.visits} == {
        visit: (times[0], times[-1]) for visit, times in seen.items()
    }


def test_people_are_where_the_truth_says_and_the_rest_is_the_empty_shop() -> None:
    frames = frames_of(source_of())
    truth = source_of().truth()
    empty = frames_of(source_of("synthetic:?persons=0&seconds=20&seed=5&size=320x180&fps=8"))

    for frame in frames[::20]:
        shown = truth.at(frame.index)
        changed = np.abs(frame.image.astype(int) - empty[frame.index].image).max(2) > 60
        # Garments may have the colour of what is behind them, so not every pixel of a person differs.
        assert np.count_nonzero(changed & (shown.labels == 0)) <= 0.1 * np.count_nonzero(shown.labels) + 5
        if np.count_nonzero(shown.labels) > 300:
            assert np.count_nonzero(changed & (shown.labels > 0)) > 0.3 * np.count_nonzero(shown.labels)


def test_in_a_crowd_people_hide_each_other() -> None:
    truth = source_of("synthetic:?persons=40&seconds=6&seed=1&size=320x180&fps=4").truth()
    frame = truth.at(12)

    shown = [int(np.count_nonzero(frame.visit_map == visit)) for visit in frame.visits]
    boxes = [(right - left) * (bottom - top) for left, top, right, bottom in frame.boxes]

    assert len(frame.visits) > 10
    assert sum(pixels < 0.2 * box for pixels, box in zip(shown, boxes, strict=True)) >= 3


def test_left_and_right_are_told() -> None:
    truth = source_of().truth()
    shown = np.unique(np.concatenate([np.unique(truth.at(index).labels) for index in range(0, 160, 8)]))

    assert {BodyPart.LEFT_ARM, BodyPart.RIGHT_ARM, BodyPart.LEFT_SHOE, BodyPart.RIGHT_SHOE} <= set(shown)
    assert not {BodyPart.ARM, BodyPart.LEG, BodyPart.SHOE} & set(shown)


def test_many_people_in_little_time() -> None:
    truth = source_of("synthetic:?persons=200&seconds=1&size=64x64&fps=1").truth()

    assert truth.frames == 1
    assert len(truth.visits) <= 200
    assert len(frames_of(source_of("synthetic:?persons=0&seconds=0.1&fps=1"))) == 1


def test_tall_and_wide_pictures() -> None:
    for size in ("180x400", "640x100"):
        truth = source_of(f"synthetic:?persons=2&seconds=12&seed=2&size={size}&fps=4").truth()
        assert len(truth.visits) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sample_fps": 0.0}, "sample_fps must be a positive number, got 0.0"),
        ({"limit_s": 0.0}, "limit_s must be above 0, got 0.0"),
        (
            {"recorded_at": datetime(2026, 1, 1)},
            "recorded_at must carry a time zone, got 2026-01-01T00:00:00",
        ),
    ],
)
def test_wrong_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        source_of(**options)


def test_no_frame_beyond_the_end() -> None:
    with pytest.raises(IndexError, match=r"^there are frames 0 to 159, got 160$"):
        source_of().truth().at(160)


def test_sprites_that_are_gone_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(module, "load_sprites", gone)

    message = f"{SMALL}: Footfall's own sprites cannot be read (No such file or directory); install it again"
    with pytest.raises(SourceError, match=f"^{re.escape(message)}$"):
        source_of().open()
