"""MaskSink: label maps as PNG."""

import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import OutputError
from domain.parsing import ParsedFrame
from sinks.masks import MaskSink
from sinks.names import file_name
from tests.support.rendered import rendered


def test_maps_come_back_bit_by_bit(tmp_path: Path) -> None:
    labels = np.arange(48 * 64, dtype=np.uint16).reshape(48, 64).astype(np.uint8) % 24
    persons = (labels > 12).astype(np.uint8)
    parsed = ParsedFrame(labels, persons, np.ones(1, np.float32), np.zeros((1, 4), np.float32))
    sink = MaskSink(tmp_path / "masks")
    sink.write(replace(rendered(42), parsed=parsed))
    sink.close()
    folder = tmp_path / "masks" / "door"
    assert sorted(file.name for file in folder.iterdir()) == ["000042_parts.png", "000042_persons.png"]
    for name, wanted in (("000042_parts.png", labels), ("000042_persons.png", persons)):
        back = cv2.imread(str(folder / name), cv2.IMREAD_UNCHANGED)
        assert back is not None
        assert back.dtype == np.uint8
        assert np.array_equal(back, wanted)


def test_pictures_of_a_folder_keep_their_names(tmp_path: Path) -> None:
    sink = MaskSink(tmp_path)
    sink.write(rendered(0, name="entrance"))
    sink.write(rendered(1, name="entrance"))  # entrance.jpg and entrance.png
    assert sorted(file.name for file in (tmp_path / "door").glob("*_parts.png")) == [
        "entrance_000001_parts.png",
        "entrance_parts.png",
    ]


def test_a_second_run_replaces(tmp_path: Path) -> None:
    for _ in range(2):
        MaskSink(tmp_path).write(rendered(0, name="entrance"))
    assert len(list((tmp_path / "door").iterdir())) == 2


@given(names=st.lists(st.sampled_from(["a", "A", "b", "á", "c"]), max_size=8), data=st.data())
@settings(max_examples=30, deadline=None)
def test_who_goes_on_gives_the_names_of_one_who_never_stopped(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], data: st.DataObject
) -> None:
    whole, cut = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("cut")
    marked = data.draw(st.integers(0, len(names)))
    killed = data.draw(st.integers(marked, len(names)))

    def write(sink: MaskSink, begin: int, end: int) -> None:
        for number in range(begin, end):
            sink.write(rendered(number, name=names[number]))

    write(MaskSink(whole), 0, len(names))
    first = MaskSink(cut, journal=cut / "names")
    write(first, 0, marked)
    mark = first.mark()
    write(first, marked, killed)
    second = MaskSink(cut, journal=cut / "names")
    second.rewind(mark)
    write(second, marked, len(names))
    assert {path.name for path in whole.rglob("*.png")} == {path.name for path in cut.rglob("*.png")}


def test_stream_ids_cannot_leave_the_folder(tmp_path: Path) -> None:
    MaskSink(tmp_path / "masks").write(rendered(0, stream_id="../up/\\x"))
    assert [path.name for path in tmp_path.iterdir()] == ["masks"]
    assert [path.name for path in (tmp_path / "masks").iterdir()] == ["%2E.%2Fup%2F%5Cx"]


@given(st.text(), st.text())
def test_file_names_are_safe_and_differ(one: str, other: str) -> None:
    name = file_name(one)
    assert name not in {"", ".", ".."}
    assert os.sep not in name
    assert (name == file_name(other)) == (one == other)


def test_an_unwritable_folder_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "masks").write_text("a file stands in the way")
    with pytest.raises(OutputError) as caught:
        MaskSink(tmp_path / "masks").write(rendered(0))
    assert str(caught.value) == (
        f"{tmp_path}/masks/door cannot be written: Not a directory; make room or run without --masks"
    )
