import re
from pathlib import Path

import numpy as np
import pytest

from domain.errors import SourceError
from training.scenes.mesh import read_clothing, read_obj

OBJ = """# a square and a triangle
v 0 0 0
v 10 0 0
v 10 10 0
v 0 10 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
g square
f 1/1 2/2 3/3 4/4
g bare
f 1 2 3
"""
CLOTHES = """# worn
obj_file worn.obj
material worn.mhmat
x_scale 0 1 10.0
verts 0
0
0 1 2 0.5 0.25 0.25 2.0 1.0 0.0
delete_verts
1 3 - 5 8
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.obj").write_text(OBJ)
    (tmp_path / "worn.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    (tmp_path / "worn.mhmat").write_text("name worn\ndiffuseTexture worn.png\n")
    (tmp_path / "worn.png").write_bytes(b"a picture")
    (tmp_path / "worn.mhclo").write_text(CLOTHES)
    return tmp_path


def test_reads_polygons_as_fans_in_metres(folder: Path) -> None:
    mesh = read_obj(folder / "base.obj")

    assert mesh.points[2] == pytest.approx([1, 1, 0])
    assert mesh.faces.tolist() == [[0, 1, 2], [0, 2, 3], [0, 1, 2]]
    assert mesh.face_uvs[1].tolist() == [[0, 0], [1, 1], [0, 1]]
    assert mesh.face_uvs[2].tolist() == [[0, 0]] * 3
    assert mesh.in_group("square").tolist() == [True, True, False]


def test_clothes_hang_on_the_body_and_grow_with_it(folder: Path) -> None:
    clothing = read_clothing(folder / "worn.mhclo")
    body = np.array([[0, 0, 0], [2, 0, 0], [0, 4, 0]], np.float32)  # twice the reference size in x

    fitted = clothing.fit(body)

    assert fitted[0] == pytest.approx([0, 0, 0])
    assert fitted[1] == pytest.approx([0.5 + 2 * 0.2, 1 + 0.1, 0])
    assert clothing.hides.tolist() == [1, 3, 4, 5, 8]
    assert clothing.texture == folder / "worn.png"


def test_clothes_follow_the_bones_of_what_they_hang_on(folder: Path) -> None:
    clothing = read_clothing(folder / "worn.mhclo")
    weights = np.array([[1, 0], [0, 1], [0.5, 0.5]], np.float32)

    assert clothing.fit_weights(weights)[1] == pytest.approx([0.625, 0.375])


def test_a_texture_that_is_not_there_is_none(folder: Path) -> None:
    (folder / "worn.png").unlink()

    assert read_clothing(folder / "worn.mhclo").texture is None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    message = f"{tmp_path}/no.obj: cannot be read (No such file or directory); FOOTFALL_SHARED names the data folder"
    with pytest.raises(SourceError, match=f"^{re.escape(message)}$"):
        read_obj(tmp_path / "no.obj")
