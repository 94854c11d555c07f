"""Wavefront OBJ meshes and MakeHuman's `.mhclo` clothes, which are fitted to a body by anchoring their points on its faces."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from domain.errors import SourceError
from training.scenes.arrays import Faces, Flags, Points, Scalars, Uv, Weights

_DECIMETRE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles.

    Attributes:
        points: Shape (N, 3) float32, metres.
        faces: Shape (M, 3) int32.
        face_uvs: Shape (M, 3, 2) float32, texture coordinates of each corner.
        face_groups: Shape (M,) of names, as the file calls the groups.
    """

    points: Points
    faces: Faces
    face_uvs: Uv
    face_groups: npt.NDArray[np.str_]

    def in_group(self, name: str) -> Flags:
        """Which faces belong to that group, shape (M,)."""
        return np.asarray(self.face_groups == name)


def read_obj(path: Path) -> Mesh:
    """Read a Wavefront OBJ file in decimetres, as MakeHuman writes them; polygons are split into fans.

    Raises:
        SourceError: The file is not there.
    """
    points: list[list[float]] = []
    uvs: list[list[float]] = [[0.0, 0.0]]
    corners: list[list[tuple[int, int]]] = []
    groups: list[str] = []
    group = ""
    for words in _lines(path):
        match words[0]:
            case "v":
                points.append([float(word) for word in words[1:4]])
            case "vt":
                uvs.append([float(word) for word in words[1:3]])
            case "g":
                group = words[1]
            case "f":
                fan = _fan([_corner(word) for word in words[1:]])
                corners += fan
                groups += [group] * len(fan)
    index = np.array(corners, np.int32)
    return Mesh(
        points=np.array(points, np.float32) * np.float32(_DECIMETRE),
        faces=np.ascontiguousarray(index[:, :, 0]) - 1,
        face_uvs=np.array(uvs, np.float32)[index[:, :, 1]],
        face_groups=np.array(groups),
    )


def _corner(word: str) -> tuple[int, int]:
    point, _, rest = word.partition("/")
    uv = rest.partition("/")[0]
    return int(point), int(uv) if uv else 0


def _fan(polygon: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    return [[polygon[0], polygon[k], polygon[k + 1]] for k in range(1, len(polygon) - 1)]


def _lines(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SourceError(
            f"{path}: cannot be read ({error.strerror}); FOOTFALL_SHARED names the data folder"
        ) from error
    for line in text.splitlines():
        words = line.split()
        if words and not words[0].startswith("#"):
            yield words


@dataclass(frozen=True, slots=True, eq=False)
class Clothing:
    """Something worn that was modelled on the base body: shoes, hair, eyebrows.

    Attributes:
        mesh: Its faces and texture coordinates; the points are of no use before `fit`.
        anchors: Shape (N, 3) int32, points of the body that each point hangs on.
        shares: Shape (N, 3) float32, how much it hangs on each.
        offsets: Shape (N, 3) float32, distance from there on a body of the reference size, metres.
        references: For x, y, z: two points of the body and their distance on the reference body, or None.
        hides: Points of the body that it covers.
        texture: Its picture, or None.
    """

    mesh: Mesh
    anchors: npt.NDArray[np.int32]
    shares: Points
    offsets: Points
    references: tuple[tuple[int, int, float] | None, ...]
    hides: npt.NDArray[np.int32]
    texture: Path | None

    def fit(self, body: Points) -> Points:
        """Its points on that body, shape (N, 3), metres."""
        on_body = np.einsum("nk,nkx->nx", self.shares, body[self.anchors])
        return np.asarray(on_body + self.offsets * self._size(body), np.float32)

    def fit_weights(self, body: Weights) -> Weights:
        """Its skinning weights from the body's."""
        mixed = np.maximum(np.einsum("nk,nkb->nb", self.shares, body[self.anchors]), 0)
        return np.asarray(mixed / (mixed.sum(1, keepdims=True) + 1e-9), np.float32)

    def _size(self, body: Points) -> Scalars:
        size = np.ones(3, np.float32)
        for axis, reference in enumerate(self.references):
            if reference is not None:
                first, second, distance = reference
                size[axis] = abs(body[first, axis] - body[second, axis]) / distance
        return size


def read_clothing(path: Path) -> Clothing:
    """Read an `.mhclo` file, its mesh, and where its texture lies.

    Raises:
        SourceError: A file is not there.
    """
    anchors: list[list[float]] = []
    hides: list[int] = []
    header: dict[str, list[str]] = {}
    section = ""
    for words in _lines(path):
        if words[0] in {"verts", "delete_verts"}:
            section = words[0]
        elif not words[0].isdigit():
            header[words[0]] = words[1:]
        elif section == "verts":
            anchors.append(_anchor(words))
        elif section == "delete_verts":
            hides += _ranges(words)
    table = np.array(anchors, np.float32)
    return Clothing(
        mesh=read_obj(path.parent / header["obj_file"][0]),
        anchors=table[:, :3].astype(np.int32),
        shares=table[:, 3:6],
        offsets=table[:, 6:9] * np.float32(_DECIMETRE),
        references=tuple(_reference(header.get(f"{axis}_scale")) for axis in "xyz"),
        hides=np.unique(np.array(hides, np.int32)),
        texture=_texture(path.parent, header.get("material")),
    )


def _anchor(words: list[str]) -> list[float]:
    numbers = [float(word) for word in words[:9]]
    if len(numbers) == 1:
        return [numbers[0], 0, 0, 1, 0, 0, 0, 0, 0]
    return numbers + [0.0] * (9 - len(numbers))


def _ranges(words: list[str]) -> list[int]:
    """Point numbers such as `3 7 - 9 12`."""
    numbers: list[int] = []
    through = False
    for word in words:
        if word == "-":
            through = True
        elif through:
            numbers += range(numbers[-1] + 1, int(word) + 1)
            through = False
        else:
            numbers.append(int(word))
    return numbers


def _reference(words: list[str] | None) -> tuple[int, int, float] | None:
    if words is None:
        return None
    return int(words[0]), int(words[1]), float(words[2]) * _DECIMETRE


def _texture(folder: Path, material: list[str] | None) -> Path | None:
    if material is None or not (folder / material[0]).is_file():
        return None
    for words in _lines(folder / material[0]):
        if words[0] == "diffuseTexture" and (folder / words[1]).is_file():
            return folder / words[1]
    return None
