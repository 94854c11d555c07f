"""People for the tests of this folder, built once."""

from functools import lru_cache

import numpy as np

from domain.events import ColorName
from domain.labels import BodyPart
from tests.support.shared_data import shared_file
from training.scenes.assets import Assets
from training.scenes.body import Build
from training.scenes.camera import Camera
from training.scenes.fabrics import Fabric, NamedColor
from training.scenes.garments import Garment
from training.scenes.lighting import Lighting
from training.scenes.looks import Look
from training.scenes.people import Person, make_person
from training.scenes.plate import empty_plate
from training.scenes.render import PlacedPerson, Renderer, Rendering

CAMERA = Camera(120, 180, np.deg2rad(22), (0.0, 1.6, 6.0), np.deg2rad(6))


@lru_cache(maxsize=1)
def assets() -> Assets:
    return Assets(shared_file("data/makehuman_cc0"))


@lru_cache(maxsize=24)
def somebody(look: Look) -> Person:
    return make_person(assets(), look)


def cloth(color: ColorName) -> Fabric:
    return Fabric(NamedColor.called(color))


def top_and_trousers(upper: ColorName = "red", lower: ColorName = "blue", build: Build | None = None) -> Look:
    return Look(
        build or Build(),
        (
            Garment(BodyPart.PANTS, cloth(lower)),
            Garment(BodyPart.UPPER_CLOTHES, cloth(upper), sleeves="short"),
        ),
    )


def picture(*people: PlacedPerson) -> Rendering:
    return Renderer(CAMERA, empty_plate(CAMERA, Lighting())).draw(people)
