from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.frame import BgrImage
from domain.labels import BodyPart
from domain.parsing import ParsedFrame, ParserInfo
from pipeline.parsers.numbering import numbered
from pipeline.parsers.tiling import Span, TiledParser, spans


@dataclass
class Truth:
    """Reads labels and persons from the picture itself: blue is the label, green the person's number, red the score in percent."""

    info = ParserInfo("truth", "1", "fp32")
    calls: int = 0

    def parse(self, image: BgrImage) -> ParsedFrame:
        self.calls += 1
        people = np.unique(image[:, :, 1])
        people = people[people > 0]
        table = np.zeros(256, np.uint8)
        table[people] = np.arange(1, len(people) + 1)
        ids = table[image[:, :, 1]]
        scores = np.array([image[:, :, 2][ids == n + 1].max() / 100 for n in range(len(people))], np.float32)
        return numbered(image[:, :, 0].copy(), ids, scores)


def crowd(seed: int, size: tuple[int, int], people: int) -> BgrImage:
    """Boxes anywhere; later ones cover earlier ones only below, so that what is left of each hangs together."""
    random = np.random.default_rng(seed)
    image = np.zeros((*size, 3), np.uint8)
    taken = np.zeros(size, np.bool_)
    for person in range(1, people + 1):
        top, left = random.integers(0, size[0] - 4), random.integers(0, size[1] - 4)
        box = slice(top, top + random.integers(4, 40)), slice(left, left + random.integers(4, 40))
        if not taken[box].any():
            taken[box] = True
            image[box] = BodyPart.COAT, person, random.integers(11, 100)
    return image


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    tiles=st.integers(1, 4),
    height=st.integers(60, 130),
    width=st.integers(60, 170),
    people=st.integers(0, 20),
)
def test_what_every_tile_sees_right_is_right_in_the_whole(
    seed: int, tiles: int, height: int, width: int, people: int
) -> None:
    image = crowd(seed, (height, width), people)

    whole = Truth().parse(image)
    parsed = TiledParser(Truth(), tiles).parse(image)

    assert np.array_equal(parsed.labels, whole.labels)
    assert len(parsed) == len(whole)
    pairs = {
        (int(a), int(b)) for a, b in zip(parsed.person_ids.ravel(), whole.person_ids.ravel(), strict=True)
    }
    assert len(pairs) == len(np.unique(whole.person_ids))
    assert np.sort(parsed.scores) == pytest.approx(np.sort(whole.scores))
    assert (np.diff(parsed.scores) <= 0).all()


@given(length=st.integers(1, 4000), tiles=st.integers(1, 4))
def test_pieces_are_of_one_size_and_decide_everything_once(length: int, tiles: int) -> None:
    pieces = spans(length, tiles)

    assert len(pieces) == tiles
    assert len({piece.stop - piece.start for piece in pieces}) == 1
    assert [piece.own_start for piece in pieces[1:]] == [piece.own_stop for piece in pieces[:-1]]
    assert (pieces[0].own_start, pieces[-1].own_stop) == (0, length)
    for piece in pieces:
        assert 0 <= piece.start <= piece.own_start <= piece.own_stop <= piece.stop <= length


def test_neighbours_overlap_by_a_quarter() -> None:
    assert spans(700, 2) == [Span(0, 400, 0, 350), Span(300, 700, 350, 700)]


def test_each_tile_is_parsed_once() -> None:
    truth = Truth()
    TiledParser(truth, 3).parse(np.zeros((90, 120, 3), np.uint8))
    assert truth.calls == 9


def test_two_persons_of_one_tile_stay_two_though_the_other_sees_one() -> None:
    class Merges(Truth):
        def parse(self, image: BgrImage) -> ParsedFrame:
            if image[0, 0, 0]:  # the tile on the right
                image = image.copy()
                image[:, :, 1] = np.minimum(image[:, :, 1], 1)
            return super().parse(image)

    image = np.zeros((70, 70, 3), np.uint8)
    image[20:50, 20:38] = BodyPart.COAT, 1, 90
    image[20:50, 38:50] = BodyPart.COAT, 2, 80
    image[0, 30, 0] = BodyPart.HAT  # first pixel of the tile on the right

    parsed = TiledParser(Merges(), 2).parse(image)

    assert len(parsed) == 2
    assert parsed.person_ids[30, 25] != parsed.person_ids[30, 45]
