"""A recording is known by its content."""

from pathlib import Path

import pytest

from domain.errors import SourceError
from pipeline.sources import content
from pipeline.sources.content import content_of_file, content_of_images


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few kilobytes count as large."""
    monkeypatch.setattr(content, "WHOLE", 4096)
    monkeypatch.setattr(content, "_BLOCK", 64)


def file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("size", [10, 5000, 100_000])
def test_name_place_and_date_do_not_matter(tmp_path: Path, size: int) -> None:
    (tmp_path / "else").mkdir()
    one, other = file(tmp_path / "a.mp4", b"x" * size), file(tmp_path / "else" / "b.mkv", b"x" * size)
    assert content_of_file(one) == content_of_file(other)


def test_one_byte_of_a_small_file_matters(tmp_path: Path) -> None:
    data = bytes(range(256)) * 16
    known = content_of_file(file(tmp_path / "a", data))
    for place in range(0, len(data), 97):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert content_of_file(file(tmp_path / "b", changed)) != known


def test_size_ends_and_blocks_of_a_large_file_matter(tmp_path: Path) -> None:
    data = bytes(100_000)
    known = content_of_file(file(tmp_path / "a", data))
    others = [
        data + b"\0",
        data[:-1] + b"\1",
        b"\1" + data[1:],
        # What lies between two blocks is not read; what is longer than the distance of the blocks always meets one.
        data[:50_000] + bytes([1]) * 2000 + data[52_000:],
    ]
    assert len({known, *(content_of_file(file(tmp_path / "b", other)) for other in others)}) == 5


@pytest.mark.parametrize("size", [10, 3000])
def test_names_and_order_of_images_matter(tmp_path: Path, size: int) -> None:
    first, second = file(tmp_path / "1.jpg", b"a" * size), file(tmp_path / "2.jpg", b"b" * size)
    known = content_of_images([first, second])
    (tmp_path / "copy").mkdir()
    copies = [file(tmp_path / "copy" / path.name, path.read_bytes()) for path in (first, second)]
    assert content_of_images(copies) == known
    renamed = copies[0].rename(tmp_path / "copy" / "0.jpg")
    assert content_of_images([renamed, copies[1]]) != known
    assert content_of_images([second, first]) != known
    assert content_of_images([first]) != known


def test_a_file_that_is_gone_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        content_of_file(tmp_path / "gone.mp4")
    assert str(caught.value) == (
        f"{tmp_path}/gone.mp4 cannot be read (No such file or directory); check the path and the rights on it"
    )
