"""Who counts."""

import numpy as np

from analytics.people import persons_of
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from tests.support.wardrobe import Patch, Person, drawn, walker


def test_everybody_whom_the_parser_reports_counts_whatever_the_score() -> None:
    _, parsed = drawn([walker(10), walker(100)])
    doubtful = ParsedFrame(parsed.labels, parsed.person_ids, np.array([0.05, 0.9], np.float32), parsed.boxes)
    assert [person.person_id for person in persons_of(doubtful)] == [1, 2]


def test_an_id_without_pixels_counts_nowhere() -> None:
    _, parsed = drawn([walker(10), walker(10), walker(100)])  # the second hides the first
    assert [person.person_id for person in persons_of(parsed)] == [2, 3]


def test_smaller_persons_than_asked_for_are_left_out() -> None:
    speck = Person((Patch(BodyPart.FACE, (200, 150, 120), (5, 5, 10, 10)),))
    _, parsed = drawn([walker(100), speck])
    assert len(persons_of(parsed, min_pixels=25)) == 2
    assert [person.person_id for person in persons_of(parsed, min_pixels=26)] == [1]
