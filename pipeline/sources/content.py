"""What makes a recording the same wherever it lies: a fingerprint of its content.

Files up to 64 MiB are read whole. Of larger ones are read: the size, and 64 blocks of 256 KiB at even distances, the first and the
last among them. That takes as long for a day of video as for an hour. It tells recordings apart, since video is packed: another
cut, encoder or start changes the size, the tables at the ends, and every block behind the change. What it does not tell is damage
that changes a few bytes between the blocks and leaves the size as it is.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from domain.errors import SourceError
from domain.names import shown_name

WHOLE = 64 << 20
"""Bytes up to which everything is read, of a file or of all images of a folder."""

_BLOCKS, _BLOCK = 64, 256 << 10
_IMAGE_BLOCKS = 2
_CHUNK = 1 << 20


def content_of_file(path: Path) -> str:
    """The fingerprint of a file, hexadecimal.

    Raises:
        SourceError: It cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    for piece in _pieces(path, _size(path), WHOLE, _BLOCKS):
        digest.update(piece)
    return digest.hexdigest()


def content_of_images(paths: Iterable[Path]) -> str:
    """The fingerprint of images in their order, hexadecimal: names, sizes and content; of large folders the ends of each image.

    Raises:
        SourceError: One cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    sizes = {path: _size(path) for path in paths}
    whole = WHOLE if sum(sizes.values()) <= WHOLE else 0
    for path, size in sizes.items():
        name = path.name.encode("utf-8", "surrogateescape")
        digest.update(len(name).to_bytes(8, "big") + name)
        for piece in _pieces(path, size, whole, _IMAGE_BLOCKS):
            digest.update(piece)
    return digest.hexdigest()


def _pieces(path: Path, size: int, whole: int, blocks: int) -> Iterator[bytes]:
    """The size of a file, then its content or blocks of it."""
    yield size.to_bytes(8, "big")
    try:
        with path.open("rb") as file:
            if size <= max(whole, blocks * _BLOCK):
                while chunk := file.read(_CHUNK):
                    yield chunk
                return
            for number in range(blocks):
                file.seek((size - _BLOCK) * number // (blocks - 1))
                yield file.read(_BLOCK)
    except OSError as error:
        raise _unreadable(path, error) from None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError(
        f"{shown_name(path)} cannot be read ({error.strerror}); check the path and the rights on it"
    )
