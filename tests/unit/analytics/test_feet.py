"""Where a person stands, by what is seen of the body."""

import pytest

from analytics.feet import FootFinder
from analytics.foot import Foot
from analytics.perspective import Lean, Perspective
from domain.labels import BodyPart
from tests.support.wardrobe import BLACK, HEIGHT, WIDTH, Patch, Person, drawn, walker


def standing(left: int, top: int, tall: int) -> Person:
    """Somebody whole, `tall` pixels from hair to soles."""
    head, legs, shoes = top + tall // 8, top + tall // 2, top + tall - tall // 20
    boxes = (
        (BodyPart.HAIR, (left + 5, top, left + 15, head)),
        (BodyPart.COAT, (left, head, left + 20, legs)),
        (BodyPart.PANTS, (left + 2, legs, left + 18, shoes)),
        (BodyPart.SHOE, (left + 2, shoes, left + 18, top + tall)),
    )
    return Person(tuple(Patch(part, BLACK, box) for part, box in boxes))


def cut(person: Person, below: int) -> Person:
    """The same behind a counter that hides everything from that row on."""
    seen = (
        Patch(patch.part, patch.rgb, (*patch.box[:3], min(below, patch.box[3]))) for patch in person.patches
    )
    return Person(tuple(patch for patch in seen if patch.box[1] < patch.box[3]))


def feet(*persons: Person, finder: FootFinder | None = None) -> list[Foot]:
    _, parsed = drawn(persons)
    return (finder or FootFinder()).find(parsed.persons(), WIDTH, HEIGHT)


def experienced() -> FootFinder:
    """Has seen people whole, who are as tall as half their row and 20 pixels more."""
    finder = FootFinder()
    for row in (80, 100, 120, 140, 160) * 4:
        tall = 20 + row // 2
        feet(standing(100, row - tall, tall), finder=finder)
    return finder


def test_where_shoes_are_seen_it_is_between_them() -> None:
    (foot,) = feet(walker(100))
    assert foot.state == "seen"
    assert foot.x == pytest.approx(119, abs=1)
    assert foot.y == pytest.approx(157.5, abs=2)
    assert foot.height == pytest.approx(140, abs=2)


def test_hidden_feet_are_estimated_from_what_the_camera_has_learnt() -> None:
    # Who stands in row 140 is 90 high here.
    (foot,) = feet(cut(standing(200, 50, 90), 95), finder=experienced())
    assert foot.state == "estimated"
    assert foot.y == pytest.approx(140, abs=3)
    assert foot.height == pytest.approx(90, abs=3)
    assert foot.confidence < 0.6


def test_without_experience_they_follow_from_the_head_and_are_trusted_less() -> None:
    (foot,) = feet(cut(standing(200, 60, 80), 95))
    assert foot.state == "estimated"
    assert foot.y == pytest.approx(140, abs=10)
    assert foot.confidence <= 0.3


def test_a_person_cut_off_by_the_lower_edge_stands_below_the_picture() -> None:
    (foot,) = feet(cut(standing(200, 100, 120), HEIGHT), finder=experienced())
    assert foot.state == "estimated"
    assert foot.y > HEIGHT


def test_without_head_and_legs_nothing_is_known() -> None:
    (foot,) = feet(Person((Patch(BodyPart.COAT, BLACK, (100, 60, 130, 90)),)))
    assert (foot.state, foot.known) == ("unknown", False)


def test_a_perspective_believes_no_slope_before_feet_were_seen_far_apart() -> None:
    near = Perspective()
    for _ in range(20):
        near.learn(0.5, 0.3)
        near.learn(0.52, 0.4)
    assert near.height_at(0.9) == pytest.approx(0.35)


def test_a_perspective_goes_on_from_its_snapshot() -> None:
    finder = experienced()
    again = FootFinder(finder.snapshot())
    hidden = cut(standing(200, 60, 80), 95)
    assert feet(hidden, finder=again) == feet(hidden, finder=finder)


def test_a_stride_in_which_one_shoe_shows_more_does_not_move_somebody() -> None:
    finder = FootFinder()
    for _ in range(20):
        feet(standing(200, 40, 100), finder=finder)
    legs, shoes = 90, 135
    ahead = Person(
        (
            *(patch for patch in standing(200, 40, 100).patches if patch.box[1] < legs),
            Patch(BodyPart.PANTS, BLACK, (202, legs, 218, shoes)),
            Patch(BodyPart.SHOE, BLACK, (216, shoes, 232, 140)),
        )
    )
    (foot,) = feet(ahead, finder=finder)
    assert foot.x == pytest.approx(210, abs=6)


def test_how_people_lean_is_learnt_by_the_column_they_are_in() -> None:
    lean = Lean()
    assert (lean.at(0.9), lean.trust) == (0.0, 0.0)
    for column in (0.1, 0.3, 0.5, 0.7, 0.9) * 40:
        lean.learn(column, -0.6 * (column - 0.5))
    assert lean.at(0.9) == pytest.approx(-0.24, abs=0.03)
    assert lean.at(0.5) == pytest.approx(0.0, abs=0.01)
    assert lean.trust > 0.9
    assert Lean(lean.snapshot()).at(0.2) == lean.at(0.2)


def test_what_was_learnt_of_a_camera_that_is_moved_fades() -> None:
    lean = Lean()
    for _ in range(5000):
        lean.learn(0.9, 0.2)
    for _ in range(9000):
        lean.learn(0.9, -0.2)
    assert lean.at(0.9) == pytest.approx(-0.2, abs=0.03)


@pytest.mark.parametrize("hidden", [0, 2, 4])
def test_legs_end_on_the_floor_or_where_shoes_begin_that_are_not_seen(hidden: int) -> None:
    # Who stands in row 140 is 90 high here.
    (foot,) = feet(cut(standing(200, 50, 90), 136), finder=experienced())
    assert foot.state == "seen"
    assert 136 <= foot.y <= 136 + 0.04 * 91
    (lower,) = feet(cut(standing(200, 50, 90), 140 - hidden), finder=experienced())
    assert lower.y == pytest.approx(139, abs=2)
