"""The embedded parser in each precision that this CPU has, in turn in one run: `python -m benchmarks.lite`."""

import time
from itertools import islice
from statistics import median

from benchmarks.clip import one_by_one
from benchmarks.machine import describe
from domain.errors import ModelError
from domain.frame import BgrImage, Frame
from pipeline.parsers.base import Precision
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.sources.file import FileSource

_PRECISIONS: tuple[Precision, ...] = ("fp32", "bf16", "int8")
_THREADS = (2, 1)
_ROUNDS = 12
_FRAMES = 10


def main() -> None:
    """Print a row for each precision and number of threads; the rounds of all take turns, so that a slow minute is slow for all."""
    print(describe())
    pictures = _pictures()
    for threads in _THREADS:
        parsers = dict(_parsers(threads))
        times: dict[Precision, list[float]] = {precision: [] for precision in parsers}
        for _ in range(_ROUNDS):
            for precision, parser in parsers.items():
                times[precision].append(_seconds(parser, pictures))
        exact = median(times["fp32"])
        for precision, seconds in times.items():
            middle = median(seconds)
            print(
                f"lite, {precision}, {threads} threads: {1000 * middle:.1f} ms a frame, {1 / middle:.1f} frames a second, "
                f"{exact / middle:.2f} times as fast as fp32"
            )


def _parsers(threads: int) -> list[tuple[Precision, LiteParser]]:
    found = []
    for precision in _PRECISIONS:
        try:
            found.append((precision, LiteParser(LiteSettings(precision=precision, threads=threads))))
        except ModelError as error:
            print(f"lite, {precision}: {error}")
    return found


def _seconds(parser: LiteParser, pictures: list[BgrImage]) -> float:
    """Of one frame from picture to label maps, on average."""
    parser.parse(pictures[0])  # compiles, the first time
    began = time.perf_counter()
    for picture in pictures:
        parser.parse(picture)
    return (time.perf_counter() - began) / len(pictures)


def _pictures() -> list[BgrImage]:
    """Frames of the one-by-one clip with somebody in them, and without."""
    source = FileSource(one_by_one(), stream_id="clip", sample_fps=0.25)
    source.open()
    try:
        return [item.image for item in islice(source.items(), _FRAMES) if isinstance(item, Frame)]
    finally:
        source.close()


if __name__ == "__main__":
    main()
