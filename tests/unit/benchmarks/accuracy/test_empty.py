"""Rendered places where nobody is: only held-out ones are measured, and only if nobody is in them."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.empty import rendered_places
from domain.errors import SourceError
from training.frames import About, LabelledFrame, describe, write_frame


def place(folder: Path, name: str, *, somebody: bool) -> None:
    ids = np.full((8, 12), int(somebody), np.uint8)
    write_frame(folder, LabelledFrame(name, np.full((8, 12, 3), 90, np.uint8), ids, ids), {"frame": name})


def test_held_out_places_are_given_one_after_another(tmp_path: Path) -> None:
    describe(tmp_path, About("held_out"))
    place(tmp_path, "900002-000000", somebody=False)
    place(tmp_path, "900002-000001", somebody=False)
    assert [image.shape for image in rendered_places(tmp_path)] == [(8, 12, 3)] * 2


def test_a_place_with_somebody_is_refused(tmp_path: Path) -> None:
    describe(tmp_path, About("held_out"))
    place(tmp_path, "900002-000000", somebody=True)
    with pytest.raises(SourceError, match=r"somebody is in frame 900002-000000"):
        list(rendered_places(tmp_path))


@pytest.mark.parametrize("about", [None, About()])
def test_places_that_are_not_held_out_are_refused(about: About | None, tmp_path: Path) -> None:
    if about:
        describe(tmp_path, about)
    with pytest.raises(SourceError, match=r"not held-out frames"):
        list(rendered_places(tmp_path))
