"""Damaged recordings: python -m tests.support.mutations FOLDER FIRST LAST reads FOLDER's clips, damaged in LAST - FIRST ways.

A process of its own, so that a crash or a hang within FFmpeg ends it and not the test run; it prints each seed before it begins,
so that the last one printed names the culprit.
"""

import random
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from domain.errors import MediaBroken, SourceError
from domain.frame import Frame
from pipeline.sources.file import FileSource

_LIMIT_S = 20


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same file with one to three kinds of damage done to it."""
    content = bytearray(data)
    for harm in chance.choices(_HARMS, k=chance.randint(1, 3)):
        if content:
            harm(content, chance)
    return bytes(content)


def _flip(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 5, 50, 500))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _truncate(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def _zero(content: bytearray, chance: random.Random) -> None:
    begin, length = _range(content, chance)
    content[begin : begin + length] = bytes(length)


def _header(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(min(len(content), 600))] = chance.choice(
            (0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256))
        )


def _tail(content: bytearray, chance: random.Random) -> None:
    """Where mp4 and avi keep their indexes."""
    first = max(0, len(content) - 1500)
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(first, len(content))] = chance.choice((0, 0xFF, chance.randrange(256)))


def _swap(content: bytearray, chance: random.Random) -> None:
    (one, length), (other, _) = _range(content, chance), _range(content, chance)
    first, second = content[one : one + length], content[other : other + length]
    content[one : one + len(second)] = second
    content[other : other + len(first)] = first


def _repeat(content: bytearray, chance: random.Random) -> None:
    begin, length = _range(content, chance)
    content[begin:begin] = content[begin : begin + length]


def _range(content: bytearray, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(content))
    return begin, chance.randint(1, max(1, min(4096, len(content) - begin)))


_HARMS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip,
    _truncate,
    _zero,
    _header,
    _tail,
    _swap,
    _repeat,
)


def read_to_the_end(path: Path, *, keyframes_only: bool) -> str:
    """Read a file through the source and check each frame; how it ended."""
    source = FileSource(path, stream_id="fuzz", sample_fps=50.0, keyframes_only=keyframes_only)
    frames = 0
    try:
        source.open()
        before: Frame | None = None
        for item in source.items():
            assert isinstance(item, Frame)
            if before is not None:
                assert item.media_time_s >= before.media_time_s
                assert item.index > before.index
            assert item.sample_index == frames
            before = item
            frames += 1
    except (SourceError, MediaBroken) as error:
        text = str(error)
        assert "\n" not in text
        assert path.name in text
        return f"{type(error).__name__} after {frames}"
    finally:
        source.close()
    return f"whole with {frames}"


def main(folder: str, first: str, last: str) -> None:
    """Try the seeds from first to last, the last one left out."""
    clips = sorted(path for path in Path(folder).iterdir() if path.is_file())
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(int(first), int(last)):
            clip = clips[seed % len(clips)]
            print(f"seed {seed} {clip.name}:", end=" ", flush=True)  # noqa: T201 - the parent reads it
            chance = random.Random(seed)  # noqa: S311 - must be repeatable
            path = Path(scratch, f"damaged{clip.suffix}")
            path.write_bytes(damaged(clip.read_bytes(), chance))
            signal.alarm(_LIMIT_S)  # its default action ends the process: nothing in FFmpeg can hold it up
            ended = read_to_the_end(path, keyframes_only=bool(chance.randrange(2)))
            signal.alarm(0)
            print(ended, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
