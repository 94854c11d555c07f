"""Rendered people: what is asked for is what is seen, and every label is right."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from analytics.cielab import lab_from_linear
from analytics.color_names import NAMES, name_indices
from domain.events import ColorName
from domain.labels import BodyPart
from tests.support.shared_data import shared_file
from training.scenes.arrays import srgb_to_linear
from training.scenes.assets import Assets
from training.scenes.body import Build
from training.scenes.camera import Camera
from training.scenes.fabrics import Fabric, NamedColor
from training.scenes.film import Actor, Film, visits
from training.scenes.garments import Garment
from training.scenes.lighting import Lighting
from training.scenes.looks import Look
from training.scenes.people import Person, make_person
from training.scenes.plate import empty_plate, room_plate
from training.scenes.poses import USUAL_GAIT, standing, walking
from training.scenes.render import PlacedPerson, Renderer, Rendering
from training.scenes.rig import carry
from training.scenes.rooms import box, paint
from training.scenes.walks import Walk

pytestmark = pytest.mark.shared_data

CAMERA = Camera(120, 180, np.deg2rad(22), (0.0, 1.6, 6.0), np.deg2rad(6))
NEUTRAL = Lighting()


def cloth(color: ColorName) -> Fabric:
    return Fabric(NamedColor.called(color))


def top_and_trousers(upper: ColorName = "red", lower: ColorName = "blue") -> Look:
    return Look(
        Build(),
        (
            Garment(BodyPart.PANTS, cloth(lower)),
            Garment(BodyPart.UPPER_CLOTHES, cloth(upper), sleeves="short"),
        ),
    )


@lru_cache(maxsize=12)
def somebody(look: Look) -> Person:
    return make_person(Assets(shared_file("data/makehuman_cc0")), look)


def standing_at(
    person: Person, number: int = 1, x: float = 0.0, z: float = 0.0, heading: float = 0.0
) -> PlacedPerson:
    return PlacedPerson(person, standing(person.look.gait), x, z, heading, number)


def picture(*people: PlacedPerson) -> Rendering:
    return Renderer(CAMERA, empty_plate(CAMERA, NEUTRAL)).draw(people)


def column(rendering: Rendering, part: BodyPart) -> float:
    return float(np.nonzero(rendering.labels == part)[1].mean())


def row(rendering: Rendering, part: BodyPart) -> float:
    return float(np.nonzero(rendering.labels == part)[0].mean())


def test_the_same_look_gives_the_same_picture() -> None:
    again = make_person(Assets(shared_file("data/makehuman_cc0")), top_and_trousers())

    first, second = picture(standing_at(somebody(top_and_trousers()))), picture(standing_at(again))

    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.labels, second.labels)


def test_left_is_the_persons_own_left() -> None:
    facing = picture(standing_at(somebody(top_and_trousers())))
    turned = picture(standing_at(somebody(top_and_trousers()), heading=np.pi))

    for left, right in ((BodyPart.LEFT_ARM, BodyPart.RIGHT_ARM), (BodyPart.LEFT_SHOE, BodyPart.RIGHT_SHOE)):
        assert column(facing, left) > column(facing, right) + 5
        assert column(turned, left) < column(turned, right) - 5


def test_parts_are_where_they_belong_and_nothing_else_is_seen() -> None:
    seen = picture(standing_at(somebody(top_and_trousers())))

    order = [BodyPart.HAIR, BodyPart.FACE, BodyPart.UPPER_CLOTHES, BodyPart.PANTS, BodyPart.LEFT_SHOE]
    rows = [row(seen, part) for part in order]
    assert rows == sorted(rows)
    assert not {BodyPart.LEFT_LEG, BodyPart.RIGHT_LEG, BodyPart.ARM} & set(np.unique(seen.labels))
    assert np.array_equal(seen.labels > 0, seen.person_ids > 0)
    assert (seen.coverage[seen.labels > 0] > 0).all()


@pytest.mark.parametrize(
    "color", ["black", "white", "red", "yellow", "green", "blue", "purple", "orange", "pink"]
)
def test_cloth_has_the_colour_asked_for(color: ColorName) -> None:
    seen = picture(standing_at(somebody(top_and_trousers(color, "grey"))))

    for part, name in ((BodyPart.UPPER_CLOTHES, color), (BodyPart.PANTS, "grey")):
        median = np.median(seen.image[seen.labels == part], axis=0)
        linear = srgb_to_linear((median / 255)[None].astype(np.float32))
        assert NAMES[int(name_indices(lab_from_linear(linear))[0])] == name


def test_sleeves_and_hems_show_skin() -> None:
    def skin(sleeves: str, length: str) -> tuple[int, int]:
        look = Look(
            Build(),
            (
                Garment(BodyPart.PANTS, cloth("blue"), length="short" if length == "short" else "long"),
                Garment(
                    BodyPart.UPPER_CLOTHES, cloth("red"), sleeves="short" if sleeves == "short" else "long"
                ),
            ),
        )
        labels = picture(standing_at(somebody(look))).labels
        arms = np.isin(labels, [BodyPart.LEFT_ARM, BodyPart.RIGHT_ARM])
        legs = np.isin(labels, [BodyPart.LEFT_LEG, BodyPart.RIGHT_LEG])
        return int(arms.sum()), int(legs.sum())

    covered, bare = skin("long", "long"), skin("short", "short")
    assert bare[0] > 2.5 * covered[0] > 0
    assert covered[1] == 0
    assert bare[1] > 150


@pytest.mark.parametrize(
    ("garment", "shown", "hidden"),
    [
        (Garment(BodyPart.SKIRT, cloth("green"), length="knee"), BodyPart.SKIRT, None),
        (Garment(BodyPart.DRESS, cloth("green"), sleeves="short", length="knee"), BodyPart.DRESS, None),
        (Garment(BodyPart.COAT, cloth("beige"), length="knee"), BodyPart.COAT, BodyPart.LEFT_LEG),
    ],
)
def test_other_garments(garment: Garment, shown: BodyPart, hidden: BodyPart | None) -> None:
    under = (
        ()
        if garment.part == BodyPart.DRESS
        else top_and_trousers().garments[garment.part == BodyPart.SKIRT :]
    )
    garments = (garment, *under) if garment.part == BodyPart.SKIRT else (*under, garment)
    person = somebody(replace(top_and_trousers(), garments=garments))

    walked = picture(PlacedPerson(person, walking(0.1, USUAL_GAIT), 0, 0, 0.3, 1))

    assert np.count_nonzero(walked.labels == shown) > 0.2 * np.count_nonzero(walked.labels)
    if hidden is not None:
        assert not (walked.labels == hidden).any()


def test_everybody_keeps_a_number_and_the_nearer_hides_the_farther() -> None:
    person = somebody(top_and_trousers())
    other = somebody(top_and_trousers("yellow", "black"))

    apart = picture(standing_at(person, 1, -0.5), standing_at(other, 2, 0.5))
    assert sorted(np.unique(apart.person_ids)) == [0, 1, 2]
    assert np.nonzero(apart.person_ids == 1)[1].max() < np.nonzero(apart.person_ids == 2)[1].min() + 8

    behind = picture(standing_at(person, 7, z=0.6), standing_at(other, 9, z=-0.6))
    alone = picture(standing_at(other, 9, z=-0.6))
    assert np.count_nonzero(behind.person_ids == 9) < 0.4 * np.count_nonzero(alone.person_ids == 9)
    front = picture(standing_at(person, 7, z=0.6))
    assert np.array_equal(behind.person_ids == 7, front.person_ids == 7)


def test_a_counter_hides_the_legs_behind_it() -> None:
    counter = box((-1, 0, 0.5), (1, 0.8, 0.7), paint((150, 120, 90)))
    seen = Renderer(CAMERA, room_plate(CAMERA, NEUTRAL, [counter], finer=1)).draw(
        [standing_at(somebody(top_and_trousers()))]
    )

    assert (seen.labels == BodyPart.UPPER_CLOTHES).any()
    assert not np.isin(seen.labels, [BodyPart.LEFT_SHOE, BodyPart.RIGHT_SHOE]).any()


def test_feet_stand_on_the_floor_and_do_not_slide() -> None:
    person = somebody(top_and_trousers())
    ball = person.skeleton.tail(person.body, "foot.L")
    foot = person.skeleton.index("foot.L")
    on_floor = []
    for metres in np.linspace(0.12, 0.38, 9) * person.stride.length:
        pose = walking(person.stride.phase(float(metres)), person.look.gait)
        bones = person.skeleton.transforms(person.body, pose)
        on_floor.append(carry(ball, bones[foot])[2] + metres)
        lowest = min(
            surface.points[:, 1].min() for surface in PlacedPerson(person, pose, 0, 0, 0, 1).surfaces()
        )
        assert lowest == pytest.approx(0, abs=1e-5)

    assert np.ptp(on_floor) < 0.02
    assert 0.9 < person.stride.length < 1.6


def test_bodies_differ_as_asked() -> None:
    def broad(weight: float) -> int:
        look = replace(top_and_trousers(), build=Build("male", "old", "african", weight=weight, muscle=-0.8))
        return int(np.count_nonzero(picture(standing_at(somebody(look))).labels == BodyPart.UPPER_CLOTHES))

    assert broad(0.9) > 1.2 * broad(-0.9)


def test_hair_may_be_missing() -> None:
    bald = picture(standing_at(somebody(replace(top_and_trousers(), hair="none"))))

    assert not (bald.labels == BodyPart.HAIR).any()
    assert (bald.labels == BodyPart.FACE).any()


def test_a_film_knows_who_came_when() -> None:
    small = Camera(96, 54, np.deg2rad(50), (0.0, 2.5, 5.0), np.deg2rad(18))
    across = ((-4.0, 0.0), (4.0, 0.0))
    actors = (
        Actor(somebody(top_and_trousers()), Walk(across, start_s=0.0, speed=2.0)),
        Actor(somebody(top_and_trousers("yellow", "black")), Walk(across[::-1], start_s=1.0, speed=2.0)),
    )
    film = Film(Renderer(small, empty_plate(small, NEUTRAL)), actors, fps=4, frames=24)

    known = visits([(frame.index, frame.boxes()) for frame in film], 4)

    assert [visit.person for visit in known] == [1, 2]
    assert known[1].enter_s - known[0].enter_s == pytest.approx(1.0)
    for visit in known:
        lefts = [box[0] for _, box in visit.boxes]
        assert visit.leave_s - visit.enter_s == pytest.approx((len(visit.boxes) - 1) / 4, abs=0.51)
        assert (lefts[-1] > lefts[0]) == (visit.person == 1)
    assert np.array_equal(film.frame(9).rendering.image, film.frame(9).rendering.image)
