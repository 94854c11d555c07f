import numpy as np
import pytest

from domain.labels import BodyPart
from tests.support.shared_data import shared_file
from training.scenes.assets import Assets
from training.scenes.camera import Camera
from training.scenes.lighting import Lighting
from training.scenes.people import make_person
from training.scenes.plate import empty_plate
from training.scenes.poses import walking
from training.scenes.render import PlacedPerson, Renderer
from training.scenes.strangers import random_look


def test_the_same_seed_gives_the_same_person_and_others_differ() -> None:
    looks = [random_look(np.random.default_rng(seed)) for seed in range(200)]

    assert looks[:5] == [random_look(np.random.default_rng(seed)) for seed in range(5)]
    assert len(set(looks)) == 200
    parts = {garment.part for look in looks for garment in look.garments}
    assert parts == {
        BodyPart.UPPER_CLOTHES,
        BodyPart.COAT,
        BodyPart.PANTS,
        BodyPart.SKIRT,
        BodyPart.DRESS,
    }
    assert {look.build.sex for look in looks} == {"female", "male"}


@pytest.mark.shared_data
def test_a_stranger_shows_what_is_worn() -> None:
    camera = Camera(60, 90, np.deg2rad(22), (0.0, 1.6, 6.0), np.deg2rad(6))
    renderer = Renderer(camera, empty_plate(camera, Lighting()))
    assets = Assets(shared_file("data/makehuman_cc0"))
    for seed in range(4):
        look = random_look(np.random.default_rng(seed))
        placed = PlacedPerson(make_person(assets, look), walking(0.3, look.gait), 0, 0, 0.5, 1)

        shown = set(np.unique(renderer.draw([placed]).labels))

        assert {garment.part for garment in look.garments} <= shown
        assert shown & {BodyPart.FACE, BodyPart.HAIR}
