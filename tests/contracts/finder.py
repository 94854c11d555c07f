"""What every finder must keep, however it finds."""

from abc import ABC, abstractmethod

import numpy as np
import pytest

from domain.frame import BgrImage
from pipeline.finders.base import PersonFinder


class FinderContract(ABC):
    """Inherit, and give `make` and `somebody`."""

    @abstractmethod
    def make(self) -> PersonFinder:
        """A finder that is ready."""

    @abstractmethod
    def somebody(self) -> BgrImage:
        """A picture in which it finds at least one person."""

    @pytest.mark.parametrize("size", [(1, 1), (33, 31), (720, 1280), (500, 90)])
    def test_a_grey_picture_of_any_size_has_nobody(self, size: tuple[int, int]) -> None:
        found = self.make().find(np.full((*size, 3), 128, np.uint8))
        assert len(found) == 0
        assert found.boxes.shape == (0, 4)
        assert found.boxes.dtype == found.scores.dtype == np.float32

    def test_boxes_lie_in_the_picture_and_the_surest_comes_first(self) -> None:
        picture = self.somebody()
        found = self.make().find(picture)
        assert len(found) > 0
        assert found.boxes.shape == (len(found), 4)
        assert found.boxes.dtype == found.scores.dtype == np.float32
        assert (found.boxes >= 0).all()
        assert (found.boxes[:, 2:] > found.boxes[:, :2]).all()
        assert (found.boxes[:, 2:] <= [picture.shape[1], picture.shape[0]]).all()
        assert ((found.scores >= 0) & (found.scores <= 1)).all()
        assert (np.diff(found.scores) <= 0).all()

    def test_the_same_picture_gives_the_same_persons_and_is_not_changed(self) -> None:
        picture = self.somebody()
        before, finder = picture.copy(), self.make()
        first, second = finder.find(picture), finder.find(picture)
        assert np.array_equal(first.boxes, second.boxes)
        assert np.array_equal(first.scores, second.scores)
        assert np.array_equal(picture, before)

    def test_it_says_who_it_is(self) -> None:
        info = self.make().info
        assert info.name
        assert info.version
