"""VideoSink: what a browser is given."""

import shutil
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import OutputError
from domain.frame import BgrImage
from sinks.video import VideoSink, fit
from tests.support.disk import files_of_at_most
from tests.support.rendered import rendered


def bars(width: int, height: int) -> BgrImage:
    """Blue, green and red, a third each."""
    image = np.zeros((height, width, 3), np.uint8)
    for channel in range(3):
        image[:, channel * width // 3 : (channel + 1) * width // 3, channel] = 220
    return image


def decoded(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def test_plays_in_browsers(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    sink = VideoSink(path, fps_hint=5)
    for index in range(7):
        sink.write(rendered(index))
    sink.close()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert container.duration == pytest.approx(7 / 5 * 1e6, rel=0.01)
    boxes = path.read_bytes()
    assert 0 < boxes.index(b"moov") < boxes.index(b"mdat"), (
        "the index must come first for playing while loading"
    )


def test_frames_keep_their_media_time_from_the_first_one_on(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    sink = VideoSink(path, fps_hint=5)
    times = [3.0, 3.04, 4.5, 4.52, 60.0]
    for index, seconds in enumerate(times):
        sink.write(rendered(index, media_time_s=seconds))
    sink.close()
    assert [frame.time for frame in decoded(path)] == pytest.approx([t - 3.0 for t in times], abs=1e-4)


def test_a_time_that_does_not_grow_still_gives_every_frame(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    sink = VideoSink(path, fps_hint=25)
    for index, seconds in enumerate([0.0, 0.4, 0.4, 0.1, 0.8]):
        sink.write(rendered(index, media_time_s=seconds))
    sink.close()
    times = [frame.time for frame in decoded(path)]
    assert len(times) == 5
    assert all(earlier < later for earlier, later in pairwise(times))


def test_colours_survive(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    sink = VideoSink(path, fps_hint=5)
    sink.write(rendered(0, image=bars(96, 64)))
    sink.close()
    back = decoded(path)[0].to_ndarray(format="bgr24").astype(int)
    for column in (16, 48, 80):
        assert np.abs(back[32, column] - bars(96, 64)[32, column].astype(int)).max() < 12


@pytest.mark.parametrize(("width", "height"), [(65, 49), (64, 49), (3, 3), (1, 1), (2, 300)])
def test_odd_sizes_are_made_even(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "overlay.mp4"
    sink = VideoSink(path, fps_hint=5)
    sink.write(rendered(0, image=bars(width, height)))
    sink.close()
    frame = decoded(path)[0]
    assert frame.width % 2 == frame.height % 2 == 0
    assert abs(frame.width - width) <= 1
    assert abs(frame.height - height) <= 1


def test_a_picture_too_large_for_a_browser_is_scaled_down(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    sink = VideoSink(path, fps_hint=5)
    sink.write(rendered(0, image=np.zeros((64, 8192, 3), np.uint8)))
    sink.close()
    assert (decoded(path)[0].width, decoded(path)[0].height) == (4096, 32)


def test_another_size_is_fitted_into_the_first(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    sink = VideoSink(path, fps_hint=5)
    sink.write(rendered(0, image=np.full((60, 100, 3), 90, np.uint8)))
    sink.write(rendered(1, image=np.full((200, 100, 3), 250, np.uint8)))
    sink.close()
    second = decoded(path)[1].to_ndarray(format="gray")
    assert second.shape == (60, 100)
    assert second[30, 50] > 200
    assert second[30, 10] < 40


@pytest.mark.parametrize(("killed", "behind"), [(8, 0), (47, 3), (90, 0), (120, 7)])
def test_a_crash_leaves_a_file_that_plays_and_whoever_goes_on_adds_to_it(
    tmp_path: Path, killed: int, behind: int
) -> None:
    path, folder = tmp_path / "overlay.mp4", tmp_path / "unfinished"
    folder.mkdir()
    first = VideoSink(path, fps_hint=5, unfinished=folder)
    marks: list[str] = []
    for index in range(killed):
        first.write(rendered(index, media_time_s=2 + index / 5))
        marks.append(first.mark())
    left = _as_after_a_crash(folder, tmp_path / "left")
    with av.open(str(left / "overlay-1.mp4")) as container:
        shown = len([packet for packet in container.demux(video=0) if packet.pts is not None])
    assert killed - 27 <= shown <= killed
    second = VideoSink(path, fps_hint=5, unfinished=left)
    second.rewind(marks[killed - behind - 1])
    for index in range(killed - behind, 150):
        second.write(rendered(index, media_time_s=2 + index / 5))
    second.close()
    times = [frame.time for frame in decoded(path)]
    missing = [index for index in range(150) if not any(abs(time - index / 5) < 0.01 for time in times)]
    assert times == sorted(set(times))
    assert missing == list(range(shown, killed - behind))
    assert second.missing_s == pytest.approx(len(missing) / 5, abs=0.01)
    assert second.missing_s <= 10
    assert list(left.iterdir()) == []
    first.close()


def test_a_piece_that_is_lost_is_missing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "overlay.mp4"
    first = VideoSink(path, fps_hint=5, unfinished=tmp_path)
    for index in range(60):
        first.write(rendered(index))
    mark = first.mark()
    first.suspend()
    (tmp_path / "overlay-1.mp4").unlink()
    second = VideoSink(path, fps_hint=5, unfinished=tmp_path)
    second.rewind(mark)
    second.write(rendered(60))
    second.close()
    assert len(decoded(path)) == 1
    assert second.missing_s == pytest.approx(12.0, abs=0.01)
    assert caplog.messages == [f"the rest of {tmp_path / 'overlay-1.mp4'} is lost: No such file or directory"]


@pytest.mark.parametrize("drawn_again", [0, 1, 20])
@pytest.mark.parametrize("times", [1, 2])
def test_killed_when_the_video_was_put_together_and_nobody_knew_yet(
    tmp_path: Path, drawn_again: int, times: int
) -> None:
    """The pieces are gone then; what is missing is the same, however often that happens."""
    path, marks = tmp_path / "overlay.mp4", []
    first = VideoSink(path, fps_hint=5, unfinished=tmp_path)
    for index in range(20):
        first.write(rendered(index))
    mark = first.mark()
    first.suspend()
    second = VideoSink(path, fps_hint=5, unfinished=tmp_path)
    second.rewind(mark)
    for index in range(25, 60):
        second.write(rendered(index))
        marks.append(second.mark())
    second.close()
    assert second.missing_s == pytest.approx(1.0, abs=0.01)
    whole, mark = len(decoded(path)), marks[-1 - drawn_again]
    for _ in range(times):
        later = VideoSink(path, fps_hint=5, unfinished=tmp_path)
        later.rewind(mark)
        for index in range(60 - drawn_again, 60):
            later.write(rendered(index))
        mark = later.mark() if drawn_again == 0 else mark
        later.close()
        assert len(decoded(path)) == whole
        assert later.missing_s == pytest.approx(1.0, abs=0.01)
    assert [file.name for file in tmp_path.iterdir()] == ["overlay.mp4"]


@pytest.mark.parametrize("drawn", [0, 3])
def test_a_video_that_begins_late_still_does_so_for_whoever_goes_on(tmp_path: Path, drawn: int) -> None:
    first = VideoSink(tmp_path / "overlay.mp4", fps_hint=5, unfinished=tmp_path)
    first.rewind(None)
    for index in range(60, 60 + drawn):
        first.write(rendered(index))
    mark = first.mark()
    first.suspend()
    second = VideoSink(tmp_path / "overlay.mp4", fps_hint=5, unfinished=tmp_path)
    second.rewind(mark)
    second.write(rendered(60 + drawn))
    second.close()
    assert second.missing_s == pytest.approx(12.0, abs=0.01)


def test_pictures_from_before_there_was_a_video_are_missing(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "overlay.mp4", fps_hint=5, unfinished=tmp_path)
    sink.rewind(None)
    sink.write(rendered(60, media_time_s=12.0))
    sink.close()
    assert sink.missing_s == 12.0


def _as_after_a_crash(folder: Path, copy: Path) -> Path:
    """What is on the disk by now, and no more."""
    shutil.copytree(folder, copy)
    return copy


def test_no_frame_no_file(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "overlay.mp4", fps_hint=5)
    sink.close()
    sink.close()
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_folder_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "absent" / "overlay.mp4"
    sink = VideoSink(path, fps_hint=5)
    with pytest.raises(OutputError) as caught:
        sink.write(rendered(0))
    assert str(caught.value) == (
        f"{path} cannot be written: No such file or directory; make room or run without --overlay"
    )
    sink.close()


def test_a_full_disk_leaves_the_earlier_video_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    path.write_bytes(b"earlier")
    noise = np.random.default_rng(7).integers(0, 255, (256, 256, 3)).astype(np.uint8)
    sink = VideoSink(path, fps_hint=5)

    def whole_video() -> None:
        for index in range(20):
            sink.write(rendered(index, image=noise.copy()))
        sink.close()

    with files_of_at_most(20_000), pytest.raises(OutputError, match=r"overlay.mp4 cannot be written: .+"):
        whole_video()
    sink.close()
    assert [file.name for file in tmp_path.iterdir()] == ["overlay.mp4"]
    assert path.read_bytes() == b"earlier"


def test_an_overlay_must_be_there(tmp_path: Path) -> None:
    frame = rendered(0)
    without = type(frame)(frame=frame.frame, parsed=frame.parsed, observed=frame.observed, overlay=None)
    with pytest.raises(ValueError, match="a video needs overlays"):
        VideoSink(tmp_path / "overlay.mp4", fps_hint=5).write(without)


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(1, 30).map(lambda n: 2 * n),
    st.integers(1, 30).map(lambda n: 2 * n),
)
def test_fitting_keeps_the_middle_and_the_size(columns: int, rows: int, width: int, height: int) -> None:
    fitted = fit(np.full((rows, columns, 3), 200, np.uint8), width, height)
    assert fitted.shape == (height, width, 3)
    assert fitted[(height - 1) // 2 : height // 2 + 1, (width - 1) // 2 : width // 2 + 1].max() == 200
