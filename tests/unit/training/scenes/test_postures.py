"""Every posture stands on the floor, holds what it says it holds, and bends no limb the wrong way."""

import numpy as np
import numpy.typing as npt
import pytest

from domain.labels import SHOES
from tests.unit.training.scenes.cast import somebody, top_and_trousers
from training.scenes.arrays import Vector
from training.scenes.body import Build, Side
from training.scenes.figure import OUTWARDS, Figure
from training.scenes.people import Person
from training.scenes.poses import USUAL_GAIT, standing
from training.scenes.postures import KINDS, Posture, Prop, posture, random_posture
from training.scenes.render import PlacedPerson

pytestmark = pytest.mark.shared_data

BUILDS = (
    Build("female", "old", "asian", weight=0.8, height=-0.4),
    Build("male", "young", "african", weight=-0.5, muscle=0.5, height=0.15),
    Build("female", "child"),
)


def person(number: int) -> Person:
    return somebody(top_and_trousers(build=BUILDS[number]))


def drawn(number: int, kind: str) -> list[tuple[Person, Posture, Figure]]:
    rng = np.random.default_rng(number)
    made = [posture(kind, rng, person(number)) for _ in range(4)]
    return [(person(number), one, Figure(person(number), one.pose)) for one in made]


def both(figure: Figure, bone: str) -> dict[Side, Vector]:
    return {side: figure.joint(f"{bone}.{side}") for side in OUTWARDS}


def prop_of(one: Posture, name: str) -> Prop:
    assert one.prop is not None
    assert one.prop.name == name
    return one.prop


@pytest.mark.parametrize("number", range(len(BUILDS)))
@pytest.mark.parametrize("kind", KINDS)
def test_feet_are_on_the_floor_and_the_head_is_above_the_hips(kind: str, number: int) -> None:
    for who, one, figure in drawn(number, kind):
        surfaces = PlacedPerson(who, one.pose, 1.0, 2.0, 0.7, 1).surfaces()
        shoes = [surface.points for surface in surfaces if surface.parts[0] in SHOES]

        assert min(points[:, 1].min() for points in shoes) == pytest.approx(0, abs=0.012)
        assert min(surface.points[:, 1].min() for surface in surfaces) == pytest.approx(0, abs=1e-5)
        assert figure.joint("head")[1] > figure.joint("spine05")[1] - 0.1
        assert 0.3 * who.height < figure.joint("head")[1] < who.height


@pytest.mark.parametrize("number", range(len(BUILDS)))
@pytest.mark.parametrize("kind", KINDS)
def test_knees_bend_backwards_only(kind: str, number: int) -> None:
    for _, _, figure in drawn(number, kind):
        for hip, knee, ankle in zip(
            *(both(figure, bone).values() for bone in ("upperleg01", "lowerleg01", "foot")), strict=True
        ):
            thigh, shank = knee - hip, ankle - knee
            bend = (
                thigh[2] * -shank[1] - -thigh[1] * shank[2]
            )  # sine of the angle between them, seen from the side
            assert bend > -0.12 * np.linalg.norm(thigh) * np.linalg.norm(shank)


def test_a_seat_is_under_the_buttocks() -> None:
    for number in range(len(BUILDS)):
        for who, one, figure in drawn(number, "sitting"):
            seat = prop_of(one, "seat")
            hips = figure.joint("upperleg01.L")[1]

            assert 0.05 < hips - seat.at[1] < 0.22
            assert seat.size[1] == seat.at[1]
            assert 0.15 * who.height < seat.at[1] < 0.35 * who.height
            assert figure.joint("lowerleg01.L")[2] > seat.at[2] + 0.1


def test_hands_are_on_the_bar_and_the_trolley_is_ahead() -> None:
    for number in (0, 1):
        for _, one, figure in drawn(number, "pushing"):
            trolley = prop_of(one, "trolley")
            for side, wrist in both(figure, "wrist").items():
                bar = np.array(trolley.at) + np.array([OUTWARDS[side] * 0.19, 0.0, 0.0])
                assert np.linalg.norm(wrist - bar) < 0.13
            assert trolley.at[2] > 0.2


def test_a_child_pushes_no_trolley() -> None:
    one = posture("pushing", np.random.default_rng(1), person(2))

    assert one.kind == "walking"
    assert one.prop is None


def test_a_box_is_between_the_hands() -> None:
    for number in range(len(BUILDS)):
        for _, one, figure in drawn(number, "carrying"):
            box = prop_of(one, "box")
            wrists = both(figure, "wrist")
            assert wrists["L"][0] > box.at[0] + 0.4 * box.size[0]
            assert wrists["R"][0] < box.at[0] - 0.4 * box.size[0]
            assert all(abs(wrist[1] - box.at[1]) < 0.2 for wrist in wrists.values())


def test_what_each_kind_does() -> None:
    who = person(1)
    for _, _, figure in drawn(1, "crouching"):
        assert figure.joint("head")[1] < 0.72 * who.height
    for _, _, figure in drawn(1, "bending"):
        assert figure.joint("head")[2] > figure.joint("spine05")[2] + 0.2
    for _, _, figure in drawn(1, "phoning"):
        head = figure.joint("head")
        assert min(np.linalg.norm(wrist - head) for wrist in both(figure, "wrist").values()) < 0.25
    for _, _, figure in drawn(1, "reaching"):
        shoulders, wrists = both(figure, "upperarm01"), both(figure, "wrist")
        assert max(float((wrists[side] - shoulders[side])[2]) for side in OUTWARDS) > 0.15


@pytest.mark.parametrize("side", OUTWARDS)
@pytest.mark.parametrize("place", [(0.2, 1.08, 0.25), (0.1, 1.4, 0.35), (0.3, 1.5, 0.2)])
def test_a_hand_goes_where_it_is_put(side: Side, place: tuple[float, float, float]) -> None:
    figure = Figure(person(1), standing(USUAL_GAIT))
    wanted = np.array(place) * np.array([OUTWARDS[side], 1, 1])

    figure.hand_to(side, wanted, np.array([OUTWARDS[side], -1.0, 0.0]))

    assert figure.joint(f"wrist.{side}") == pytest.approx(wanted, abs=0.01)


def test_a_hand_that_does_not_reach_stretches_towards_the_place() -> None:
    figure = Figure(person(1), standing(USUAL_GAIT))
    far = np.array([0.2, 1.3, 5.0])

    figure.hand_to("L", far, np.array([1.0, -1.0, 0.0]))

    shoulder, wrist = figure.joint("upperarm01.L"), figure.joint("wrist.L")
    way = (wrist - shoulder) / np.linalg.norm(wrist - shoulder)
    assert way @ (far - shoulder) / np.linalg.norm(far - shoulder) == pytest.approx(1, abs=1e-3)


def test_the_same_generator_gives_the_same_posture() -> None:
    def some(seed: int) -> list[tuple[str, npt.NDArray[np.float64]]]:
        rng = np.random.default_rng(seed)
        made = [random_posture(rng, person(1)) for _ in range(12)]
        return [(one.kind, Figure(person(1), one.pose).joint("wrist.R")) for one in made]

    first, again, other = some(3), some(3), some(4)
    assert all(a[0] == b[0] and np.array_equal(a[1], b[1]) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a[1], b[1]) for a, b in zip(first, other, strict=True))


def test_everything_is_done_now_and_then() -> None:
    rng = np.random.default_rng(0)
    assert {random_posture(rng, person(1)).kind for _ in range(200)} == set(KINDS)
