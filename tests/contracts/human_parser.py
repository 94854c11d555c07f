"""What every parser must keep, however it finds persons."""

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from domain.frame import BgrImage
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from pipeline.parsers.base import HumanParser


class ParserContract(ABC):
    """Inherit, and give `parser` and `crowd`."""

    @pytest.fixture
    @abstractmethod
    def parser(self) -> HumanParser:
        """A parser, loaded."""

    @pytest.fixture
    @abstractmethod
    def crowd(self) -> BgrImage:
        """A picture of persons whom it finds."""

    def test_persons_are_found_and_numbered(self, parser: HumanParser, crowd: BgrImage) -> None:
        parsed = parser.parse(crowd)
        assert len(parsed) > 0
        assert parsed.labels.shape == parsed.person_ids.shape == crowd.shape[:2]
        assert set(np.unique(parsed.labels)) <= {int(part) for part in BodyPart}
        assert int(parsed.person_ids.max()) <= len(parsed)
        assert ((parsed.scores >= 0) & (parsed.scores <= 1)).all()

    def test_who_has_an_id_has_a_part(self, parser: HumanParser, crowd: BgrImage) -> None:
        parsed = parser.parse(crowd)
        assert (parsed.labels[parsed.person_ids > 0] != BodyPart.BACKGROUND).all()

    def test_boxes_hold_their_persons(self, parser: HumanParser, crowd: BgrImage) -> None:
        parsed = parser.parse(crowd)
        for person in parsed.persons():
            rows, columns = np.nonzero(parsed.person_ids == person.person_id)
            assert person.left <= columns.min()
            assert columns.max() < person.right
            assert person.top <= rows.min()
            assert rows.max() < person.bottom

    @pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (65, 97)])
    def test_a_picture_of_any_size_without_anybody(self, parser: HumanParser, size: tuple[int, int]) -> None:
        parsed = parser.parse(np.full((*size, 3), 127, np.uint8))
        assert parsed.labels.shape == size
        assert len(parsed) == 0

    def test_the_picture_is_left_as_it_is(self, parser: HumanParser, crowd: BgrImage) -> None:
        before = crowd.copy()
        parser.parse(crowd)
        assert np.array_equal(crowd, before)

    def test_any_thread_and_the_same_answer(self, parser: HumanParser, crowd: BgrImage) -> None:
        with ThreadPoolExecutor(3) as threads:
            answers = list(threads.map(parser.parse, [crowd] * 3))
        assert all(_same(answers[0], answer) for answer in answers)

    def test_it_says_what_it_is(self, parser: HumanParser) -> None:
        info = parser.info
        assert info.name
        assert info.version
        assert info.precision in {"fp32", "bf16", "int8"}


def _same(one: ParsedFrame, other: ParsedFrame) -> bool:
    return np.array_equal(one.labels, other.labels) and np.array_equal(one.person_ids, other.person_ids)
