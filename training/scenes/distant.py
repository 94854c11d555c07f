"""People far away, drawn of fewer triangles: nobody sees the difference, and skinning and casting take a fraction of the time."""

from dataclasses import replace

import numpy as np

from training.scenes.layers import Layer
from training.scenes.people import Person


def coarse(person: Person, cell: float) -> Person:
    """The same person, of the points in each cube of `cell` metres only one kept (Rossignac and Borrel, 1993)."""
    layers = (_coarse(layer, cell) for layer in person.layers)
    return replace(person, layers=tuple(layer for layer in layers if len(layer.faces)))


def _coarse(layer: Layer, cell: float) -> Layer:
    cubes = np.floor(layer.points / cell).astype(np.int64)
    key = (cubes[:, 0] * 4096 + cubes[:, 1]) * 4096 + cubes[:, 2]
    # Points inside and outside of a sheet's edge must not merge, or hems would wander.
    _, first, group = np.unique(key * 2 + (layer.field > 0), return_index=True, return_inverse=True)
    faces = group[layer.faces]
    flat = (faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2]) | (faces[:, 2] == faces[:, 0])
    kept = np.flatnonzero(~flat)
    _, once = np.unique(np.sort(faces[kept], axis=1), axis=0, return_index=True)
    kept = kept[np.sort(once)]
    return replace(
        layer,
        points=layer.points[first],
        faces=faces[kept].astype(np.int32),
        weights=layer.weights[first],
        rest=layer.rest[first],
        field=layer.field[first],
        parts=layer.parts[kept],
        face_uvs=layer.face_uvs[kept],
    )
