"""What the answer to a picture is made of: each part by itself, and all of them in threads, without any HTTP."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Any

from domain.frame import BgrImage
from domain.parsing import ParsedFrame
from pipeline.compact import CompactFrame
from pipeline.parsers.base import HumanParser
from pipeline.sources.uploads import decode_upload
from pipeline.stills import Still
from service.answers import Answer
from service.parsed import ParsedPicture, ParseOptions, ParserUsed, described

_MOST_PIXELS = 40_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """Makes answers as the service does.

    Attributes:
        parser: As it calls it.
        files: JPEG files.
        images: The pictures in them.
    """

    parser: HumanParser
    files: Sequence[bytes]
    images: Sequence[BgrImage]

    def parse(self, number: int) -> ParsedFrame:
        """The parser's own part: from a frame in memory to its label maps."""
        return self.parser.parse(self.images[number % len(self.images)])

    def answer(self, number: int) -> bytes:
        """All that an answer takes, from the file to the JSON."""
        image = decode_upload(self.files[number % len(self.files)], _MOST_PIXELS)
        still = Still.of(image, self.parser.parse(image), "heads")
        CompactFrame.of(still.parsed)
        return self._told(still).model_dump_json().encode()

    def parts(self) -> dict[str, float]:
        """Processor seconds of a picture for each part, one after the other in one thread: the median of all pictures."""
        parsed = [self.parser.parse(image) for image in self.images]
        stills = [Still.of(image, frame, "heads") for image, frame in zip(self.images, parsed, strict=True)]
        return {
            "parser": _cost(self.parser.parse, self.images),
            "decoding the file": _cost(lambda file: decode_upload(file, _MOST_PIXELS), self.files),
            "colours, lengths, posture": _cost(
                lambda pair: Still.of(pair[0], pair[1], "heads"), list(zip(self.images, parsed, strict=True))
            ),
            "parts, JSON, label maps to draw from": _cost(self._finished, stills),
        }

    def _finished(self, still: Still) -> bytes:
        CompactFrame.of(still.parsed)
        return self._told(still).model_dump_json().encode()

    def _told(self, still: Still) -> Answer[ParsedPicture]:
        used = ParserUsed.of(self.parser.info)
        return Answer(data=described(still, ParseOptions(), used.name, used, None))


def rate(work: Callable[[int], object], threads: int, seconds: float) -> float:
    """How often a second so many threads can do that."""
    began = perf_counter()

    def again(number: int) -> int:
        done = 0
        while perf_counter() < began + seconds:
            work(number + done)
            done += 1
        return done

    with ThreadPoolExecutor(threads) as pool:
        done = sum(pool.map(again, range(threads)))
    return done / (perf_counter() - began)


def _cost(work: Callable[[Any], object], given: Sequence[Any]) -> float:
    costs = []
    for one in given:
        began = process_time()
        work(one)
        costs.append(process_time() - began)
    return median(costs)
