"""Colours come out as they were meant, however they are coded."""

import gc
import logging

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorTrc

from domain.frame import BgrImage
from pipeline.sources.hdr import DeepRgb, Primaries, Transfer, mapped, to_screen
from pipeline.sources.pictures import ColorCheck, PictureConverter, untrusted_colors

RGB = (200, 60, 120)
LUMA = {"BT.709": (1, 0.2126, 0.0722), "BT.601": (6, 0.299, 0.114), "BT.2020": (9, 0.2627, 0.0593)}
"""Of each matrix FFmpeg's number, and what red and blue add to the luma."""
UNNAMED = 2


def coded(
    rgb: tuple[float, float, float],
    matrix: str,
    *,
    full: bool,
    bits: int = 8,
    size: tuple[int, int] = (64, 48),
) -> av.VideoFrame:
    """A picture of one colour (each from 0 to 1) in Y'CbCr without subsampling, after ITU-R BT.709, BT.601, BT.2020."""
    number, of_red, of_blue = LUMA[matrix]
    red, green, blue = rgb
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    chroma = ((blue - luma) / (2 * (1 - of_blue)), (red - luma) / (2 * (1 - of_red)))
    step, most = 2 ** (bits - 8), 2**bits - 1
    if full:
        values = [luma * most, *(part * most + 128 * step for part in chroma)]
    else:
        values = [(16 + 219 * luma) * step, *((128 + 224 * part) * step for part in chroma)]
    frame = av.VideoFrame(*size, "yuv444p" if bits == 8 else f"yuv444p{bits}le")
    depth = np.dtype(np.uint8 if bits == 8 else np.uint16)
    for plane, value in zip(frame.planes, values, strict=True):
        plane.update(np.full(plane.buffer_size // depth.itemsize, round(value), depth).tobytes())
    frame.colorspace, frame.color_range = number, 2 if full else 1
    return frame


def middle(frame: av.VideoFrame) -> list[int]:
    """Red, green, blue of the converted picture."""
    image = PictureConverter().to_bgr(frame)
    assert (image == image[0, 0]).all()
    return [int(value) for value in image[20, 20, ::-1]]


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", LUMA)
def test_matrix_range_and_depth(matrix: str, full: bool, bits: int) -> None:
    red, green, blue = (value / 255 for value in RGB)
    assert middle(coded((red, green, blue), matrix, full=full, bits=bits)) == pytest.approx(RGB, abs=2)


@pytest.mark.parametrize(("height", "matrix"), [(720, "BT.709"), (576, "BT.601")])
def test_an_unnamed_matrix_follows_the_height(height: int, matrix: str) -> None:
    red, green, blue = (value / 255 for value in RGB)
    frame = coded((red, green, blue), matrix, full=False, size=(64, height))
    frame.colorspace = UNNAMED
    assert middle(frame) == pytest.approx(RGB, abs=2)


def hdr(signal: float, transfer: ColorTrc) -> av.VideoFrame:
    """A grey picture of that signal level."""
    frame = coded((signal, signal, signal), "BT.2020", full=False, bits=10)
    frame.color_trc, frame.color_primaries = transfer, ColorPrimaries.BT2020
    return frame


@pytest.mark.parametrize(
    ("transfer", "signal", "shown"),
    [
        # ITU-R BT.2408, table 1: reference white is 203 cd/m2, a grey card 26; BT.1886 shows that at (26 / 203) ** (1 / 2.4)
        pytest.param(ColorTrc.SMPTE2084, 0.58, 241, id="white in PQ"),
        pytest.param(ColorTrc.ARIB_STD_B67, 0.75, 241, id="white in HLG"),
        pytest.param(ColorTrc.SMPTE2084, 0.38, 108, id="grey in PQ"),
        pytest.param(ColorTrc.ARIB_STD_B67, 0.38, 108, id="grey in HLG"),
        pytest.param(ColorTrc.SMPTE2084, 0.0, 0, id="black in PQ"),
        pytest.param(ColorTrc.ARIB_STD_B67, 1.0, 255, id="brightest in HLG"),
    ],
)
def test_hdr_is_mapped_to_an_ordinary_screen(transfer: ColorTrc, signal: float, shown: int) -> None:
    frame = hdr(signal, transfer)
    assert middle(frame) == pytest.approx([shown] * 3, abs=4)
    frame.colorspace, frame.color_primaries = UNNAMED, ColorPrimaries.UNSPECIFIED
    assert middle(frame) == pytest.approx([shown] * 3, abs=4)


def test_a_red_in_bt2020_is_the_same_red() -> None:
    linear = np.array([0.5, 0.1, 0.1])
    to_bt2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
    red, green, blue = (to_bt2020 @ linear) ** (1 / 2.4)  # ITU-R BT.2087
    frame = coded((red, green, blue), "BT.2020", full=False, bits=10)
    frame.color_trc, frame.color_primaries = ColorTrc.BT2020_10, ColorPrimaries.BT2020
    assert middle(frame) == pytest.approx(255 * linear ** (1 / 2.4), abs=4)


@pytest.mark.parametrize("transfer", Transfer)
@pytest.mark.parametrize("primaries", Primaries)
def test_looking_up_is_nearly_computing(transfer: Transfer, primaries: Primaries) -> None:
    picture: DeepRgb = np.random.default_rng(3).integers(0, 2**16, (100, 100, 3), np.uint16)
    quick: BgrImage = to_screen(picture, transfer, primaries)
    exact = mapped(picture, transfer, primaries)
    assert np.abs(quick.astype(int) - exact).mean() < 1.0


@pytest.mark.parametrize(("matrix", "transfer"), [(8, None), (14, None), (15, None), (9, ColorTrc.LOG)])
def test_what_cannot_be_mapped_is_told_once(
    matrix: int, transfer: ColorTrc | None, caplog: pytest.LogCaptureFixture
) -> None:
    frame = coded((0.5, 0.5, 0.5), "BT.2020", full=False)
    frame.colorspace = matrix
    if transfer is not None:
        frame.color_trc = transfer
    check = ColorCheck("door.mp4")

    with caplog.at_level(logging.WARNING):
        assert [check.known(frame) for _ in range(3)] == [False] * 3

    [message] = caplog.messages
    assert message == (
        f"door.mp4: its colours are coded in a way that cannot be converted ({untrusted_colors(frame)}); "
        "persons are counted, colours are unknown"
    )


def test_ordinary_and_hdr_colours_are_known() -> None:
    for frame in (coded((0.5, 0.5, 0.5), "BT.709", full=False), hdr(0.5, ColorTrc.SMPTE2084)):
        assert untrusted_colors(frame) is None


def test_a_picture_is_free_as_soon_as_nobody_has_it() -> None:
    """Circles of PyAV's frames are as large as their pictures, and Python is in no hurry to look for them."""
    converter = PictureConverter()
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(found, av.VideoFrame) for found in gc.get_objects())
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")
            converter.to_bgr(frame)
            untrusted_colors(frame)
        del frame
        assert sum(isinstance(found, av.VideoFrame) for found in gc.get_objects()) == before
    finally:
        gc.enable()
