"""The empty scene of a camera."""

import numpy as np
import pytest

from domain.errors import SourceError
from domain.frame import BgrImage, BoolMask
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.empty_picture import empty_picture, without_people
from pipeline.ruler import with_ruler
from pipeline.sources.synthetic.source import SyntheticSource

GREY = 120


def picture(color: int) -> BgrImage:
    return np.full((20, 30, 3), color, np.uint8)


def nobody() -> BoolMask:
    return np.zeros((20, 30), np.bool_)


def test_it_is_the_median_of_the_pictures() -> None:
    done = without_people([picture(10), picture(20), picture(90)], [nobody()] * 3)
    assert (done == 20).all()


def test_where_somebody_is_the_other_pictures_tell() -> None:
    here = nobody()
    here[5:10, 5:10] = True
    pictures = [picture(20), picture(20), picture(20)]
    pictures[0][here] = 255
    assert (without_people(pictures, [here, nobody(), nobody()]) == 20).all()


def test_where_somebody_always_is_nothing_is_shown() -> None:
    here = nobody()
    here[5:10, 5:10] = True
    pictures = [picture(20) for _ in range(3)]
    for one in pictures:
        one[here] = 255
    done = without_people(pictures, [here] * 3)
    assert (done[here] == GREY).all()
    assert (done[~here] == 20).all()


class Knowing:
    """Sees everybody: whatever is not the shop."""

    def __init__(self, empty: BgrImage) -> None:
        self._empty = empty
        self.info = ParserInfo("knowing", "1", "none")

    def parse(self, image: BgrImage) -> ParsedFrame:
        ids = (np.abs(image.astype(int) - self._empty).max(axis=2) > 20).astype(np.uint8)
        return ParsedFrame(ids, ids, np.ones(1, np.float32), np.array([[0, 0, 160, 90]], np.float32))


def frames_of(location: str) -> list[BgrImage]:
    source = SyntheticSource(location, stream_id="shop", sample_fps=1)
    return [item.image for item in source.items() if hasattr(item, "image")]


def test_people_who_walk_through_are_not_in_it() -> None:
    shop = frames_of("synthetic:?persons=0&seconds=1&size=160x90")[0]
    source = SyntheticSource("synthetic:?persons=6&seconds=12&size=160x90", stream_id="shop", sample_fps=1)
    done = empty_picture(source, Knowing(shop))
    assert np.abs(done.astype(int) - shop).max() <= 20 or (done == GREY).any()
    assert np.abs(done.astype(int) - shop).mean() < 3


def test_a_source_without_pictures_is_refused() -> None:
    source = SyntheticSource("synthetic:?seconds=1", stream_id="shop", sample_fps=1)
    source.close()
    with pytest.raises(SourceError, match="there is no picture in it"):
        empty_picture(source, Knowing(picture(0)))


def test_the_ruler_is_drawn_on_a_copy_and_has_a_line_at_each_tenth() -> None:
    plain = np.full((200, 400, 3), 90, np.uint8)
    ruled = with_ruler(plain)
    assert (plain == 90).all()
    assert all((ruled[143, 40 * step] == 255).all() for step in range(1, 10))
    assert all((ruled[20 * step, 390] == 255).all() for step in range(1, 10))
