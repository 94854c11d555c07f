"""What is true of a frame, as JSON."""

import numpy as np

from training.frames import LabelledFrame
from training.scenes.camera import Camera
from training.scenes.cast import Extra
from training.scenes.cctv import Sensor
from training.scenes.places import Place


def truth(
    frame: LabelledFrame, camera: Camera, place: Place, sensor: Sensor, extras: list[Extra]
) -> dict[str, object]:
    """Facts of the frame and of everybody of whom a pixel is seen. Boxes are left, top, right, bottom in pixels, ends exclusive."""
    people = [_person(frame, camera, extra) for extra in extras]
    return {
        "frame": frame.name,
        "place": place.kind,
        "panorama": place.panorama,
        "light": place.light,
        "gray": sensor.gray,
        "crf": sensor.crf,
        "camera": {
            "height_m": round(camera.position[1], 2),
            "pitch_deg": round(float(np.rad2deg(camera.pitch)), 1),
            "fov_deg": round(float(np.rad2deg(camera.fov)), 1),
            "roll_deg": round(float(np.rad2deg(camera.roll)), 1),
            "distortion": round(camera.distortion, 3),
        },
        "people": [person for person in people if person is not None],
    }


def _person(frame: LabelledFrame, camera: Camera, extra: Extra) -> dict[str, object] | None:
    placed = extra.placed
    rows, columns = np.nonzero(frame.person_ids == placed.person_id)
    if not len(rows):
        return None
    look = placed.person.look
    full = _full_box(camera, extra)
    patterned = {garment.part for garment in look.garments if garment.fabric.pattern != "solid"}
    return {
        "id": placed.person_id,
        "full": full,
        "visible": [int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1],
        "pixels": len(rows),
        "height_px": full[3] - full[1],
        "posture": extra.posture.kind,
        "sex": look.build.sex,
        "age": look.build.age,
        "ancestry": look.build.ancestry,
        "skin": look.skin,
        "tan": round(look.build.tan, 2),
        "weight": round(look.build.weight, 2),
        "muscle": round(look.build.muscle, 2),
        "worn": [
            {"part": one.part.label, "color": one.color.name, "plain": one.part not in patterned}
            for one in look.worn
        ],
    }


def _full_box(camera: Camera, extra: Extra) -> list[int]:
    """Of the whole person as if nothing stood before, beyond the borders of the picture too."""
    points = np.concatenate(
        [surface.points[surface.field > 0] for surface in extra.surfaces if (surface.field > 0).any()]
    )
    seen = camera.project(points)
    seen = seen[seen[:, 2] > 0.05]
    low, high = np.floor(seen[:, :2].min(axis=0)), np.ceil(seen[:, :2].max(axis=0))
    return [int(low[0]), int(low[1]), int(high[0]), int(high[1])]
