"""Where a person stands of whom a box is all that is known."""

import numpy as np
import pytest

from analytics.feet import FootFinder
from analytics.foot import Foot
from domain.parsing import ParsedFrame
from tests.support.wardrobe import HEIGHT, WIDTH, Person, drawn
from tests.unit.analytics.test_feet import cut, experienced, standing

TRACK = 7


def boxed(box: tuple[float, float, float, float], finder: FootFinder | None = None) -> Foot:
    """The foot point of one box of the track."""
    nothing = np.zeros((HEIGHT, WIDTH), np.uint8)
    parsed = ParsedFrame(
        nothing, nothing.copy(), np.ones(1, np.float32), np.array([box], np.float32), np.zeros(1, np.bool_)
    )
    (foot,) = (finder or FootFinder()).find(parsed.persons(), WIDTH, HEIGHT, [TRACK])
    return foot


def parsed_as(person: Person, finder: FootFinder) -> Foot:
    """The foot point by a parse of the track."""
    _, parsed = drawn([person])
    (foot,) = finder.find(parsed.persons(), WIDTH, HEIGHT, [TRACK])
    return foot


def test_feet_are_a_little_above_the_lower_side_of_a_box() -> None:
    foot = boxed((100, 20, 140, 160))
    assert (foot.state, foot.x, foot.height) == ("seen", 120, 140)
    assert 150 < foot.y < 160


def test_how_far_they_are_above_it_is_learnt_from_those_who_are_parsed() -> None:
    finder = FootFinder()
    for _ in range(100):
        seen = parsed_as(standing(100, 40, 100), finder)
    assert boxed((100, 40, 120, 140), finder).y == pytest.approx(seen.y, abs=0.7)
    assert boxed((100, 40, 120, 140)).y != pytest.approx(seen.y, abs=0.7)


def test_whose_legs_become_hidden_stands_where_the_feet_were_below_the_head() -> None:
    finder = FootFinder()
    before = parsed_as(standing(100, 40, 100), finder)
    behind_a_counter = boxed((104, 40, 124, 95), finder)
    assert behind_a_counter.state == "estimated"
    assert behind_a_counter.y == pytest.approx(before.y, abs=2.5)
    assert behind_a_counter.height == pytest.approx(100)
    again = boxed((108, 40, 128, 140), finder)
    assert again.state == "seen"
    assert again.y == pytest.approx(before.y, abs=2.5)


def test_who_walks_away_becomes_lower_and_narrower_and_hides_no_legs() -> None:
    finder = FootFinder()
    parsed_as(standing(100, 40, 100), finder)
    for tall in range(95, 45, -5):
        foot = boxed((100, 40, 100 + tall / 5, 40 + tall), finder)
        assert foot.state == "seen"
        assert foot.y == pytest.approx(40 + 0.965 * tall, abs=2)


def test_who_sits_down_is_lower_and_wider_and_the_feet_stay() -> None:
    finder = FootFinder()
    before = parsed_as(standing(100, 40, 100), finder)
    for _ in range(3):
        seated = boxed((97, 75, 123, 140), finder)
        assert seated.state == "seen"
        assert seated.y == pytest.approx(before.y, abs=2.5)


def test_who_walks_on_behind_a_counter_stays_hidden() -> None:
    finder = FootFinder()
    before = parsed_as(standing(100, 40, 100), finder)
    for step in range(1, 5):
        foot = boxed((100 + 10 * step, 40 + step, 120 + 10 * step, 95), finder)
        assert foot.state == "estimated"
        assert foot.y == pytest.approx(before.y + step, abs=2.5)


def test_whose_legs_the_parse_did_not_see_is_estimated_until_more_is_shown() -> None:
    finder = experienced()
    hidden = parsed_as(cut(standing(200, 50, 90), 95), finder)
    assert hidden.state == "estimated"
    still = boxed((200, 50, 220, 95), finder)
    assert still.state == "estimated"
    assert still.y == pytest.approx(hidden.y, abs=2)
    whole = boxed((200, 50, 220, 132), finder)
    assert (whole.state, whole.height) == ("seen", 82)
    assert whole.y < 132


def test_a_box_as_wide_as_half_a_person_is_not_believed_to_end_at_the_feet() -> None:
    assert boxed((100, 40, 140, 100)).state == "estimated"


def test_whom_the_lower_border_cuts_stands_below_the_picture() -> None:
    foot = boxed((100, HEIGHT - 80, 150, HEIGHT - 1), experienced())
    assert foot.state == "estimated"
    assert foot.y > HEIGHT
    unknown = boxed((100, HEIGHT - 80, 150, HEIGHT))
    assert (unknown.state, unknown.y) == ("estimated", HEIGHT)


def test_what_is_known_of_tracks_goes_on_from_a_snapshot_and_is_bounded() -> None:
    finder = FootFinder()
    parsed_as(standing(100, 40, 100), finder)
    again = FootFinder(finder.snapshot())
    assert boxed((104, 40, 124, 95), again) == boxed((104, 40, 124, 95), finder)
    _, parsed = drawn([standing(100, 40, 100)])
    for track_id in range(1000, 2000):
        finder.find(parsed.persons(), WIDTH, HEIGHT, [track_id])
    assert len(finder.snapshot().boxed.tracks) == 33
