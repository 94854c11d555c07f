"""HEIC files that are put together from other pictures."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.sources.screening_heif import Malformed, weigh_items
from pipeline.sources.uploads import NoPicture, decode_upload
from tests.support import heif_bombs

MOST = 40_000_000
SMALL = heif_bombs.heic_of_layers(3, 64)


def test_pictures_of_tiles_and_of_layers_are_read() -> None:
    for data, side in (
        (heif_bombs.heic(64), 64),
        (heif_bombs.heic_of_tiles(3, 3, 64, 180), 180),
        (SMALL, 64),
        (heif_bombs.heic_of_layers_of_layers(2, 3), 64),
    ):
        assert decode_upload(data, MOST).shape == (side, side, 3)


@pytest.mark.parametrize(
    "data",
    [
        heif_bombs.heic_of_layers(900, 512),
        heif_bombs.heic_of_layers_of_layers(20, 6),
        heif_bombs.heic_of_tiles(20, 20, 512, 64),
    ],
    ids=["layers", "layers of layers", "tiles"],
)
def test_what_is_made_of_much_more_than_it_has_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture, match="put together"):
        decode_upload(data, MOST)


def test_a_picture_that_is_made_of_itself_is_refused() -> None:
    # Its last item, which is made of the first three, becomes the first of them.
    begin = SMALL.index(b"dimg") + 4
    with pytest.raises(Malformed, match="made of pictures"):
        weigh_items(SMALL[: begin + 4] + b"\0\x04" + SMALL[begin + 6 :])


@given(
    st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), max_size=8), st.integers(0, 700)
)
@example([(8, 0)], 700)
def test_what_is_damaged_is_left_to_whoever_decodes_it(changes: list[tuple[int, int]], length: int) -> None:
    data = bytearray(SMALL)
    for place, value in changes:
        data[place] = value
    with suppress(Malformed):
        weigh_items(bytes(data[:length]))
