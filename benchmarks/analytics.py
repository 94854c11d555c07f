"""Milliseconds that the analytics of one frame take, events included, and what a snapshot of them costs.

Frames are drawn: persons of plausible proportions side by side, with textured clothes, so that the figure depends on no file.
"""

import time
import timeit
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.building import build_analytics
from analytics.snapshots import StreamSnapshot
from analytics.stream import StreamAnalytics
from domain.frame import Frame
from domain.labels import BodyPart
from domain.parsing import ParsedFrame

_START = datetime(2026, 1, 1, tzinfo=UTC)
_FRAMES = 40

# Part, top, bottom, left and right as parts of the person's box.
_FIGURE = (
    (BodyPart.HAIR, 0.00, 0.08, 0.35, 0.65),
    (BodyPart.FACE, 0.05, 0.14, 0.38, 0.62),
    (BodyPart.UPPER_CLOTHES, 0.14, 0.48, 0.20, 0.80),
    (BodyPart.COAT, 0.16, 0.50, 0.15, 0.30),
    (BodyPart.ARM, 0.30, 0.52, 0.02, 0.14),
    (BodyPart.BAG, 0.35, 0.55, 0.80, 1.00),
    (BodyPart.PANTS, 0.50, 0.92, 0.25, 0.75),
    (BodyPart.SHOE, 0.92, 1.00, 0.22, 0.78),
)


def crowd(height: int, width: int, persons: int) -> tuple[Frame, ParsedFrame]:
    """A drawn frame of that size with that many persons, each three quarters of its height."""
    rng = np.random.default_rng(7)
    image = rng.integers(120, 180, (height, width, 3), dtype=np.uint8)
    labels, ids = np.zeros((2, height, width), np.uint8)
    tall, wide = int(height * 0.75), min(int(height * 0.25), width // persons)
    boxes = [(width * i // persons, height // 8) for i in range(persons)]
    for person_id, (left, top) in enumerate(boxes, 1):
        for part, y0, y1, x0, x1 in _FIGURE:
            rows = slice(top + int(y0 * tall), top + int(y1 * tall))
            columns = slice(left + int(x0 * wide), left + int(x1 * wide))
            labels[rows, columns], ids[rows, columns] = part, person_id
            patch = image[rows, columns]
            patch[:] = np.clip(rng.integers(0, 256, 3) + rng.normal(0, 8, patch.shape), 0, 255)
    corners = np.array([(x, y, x + wide, y + tall) for x, y in boxes], np.float32)
    frame = Frame("bench", 0, 0, image, 0.0, _START, "file")
    return frame, ParsedFrame(labels, ids, np.ones(persons, np.float32), corners)


def observed(height: int, width: int, persons: int) -> tuple[StreamAnalytics, float]:
    """A stream that has seen some frames, and the median time of one call of `observe`, milliseconds."""
    first, parsed = crowd(height, width, persons)
    stream, tracks = build_analytics("bench", lost_after_s=2.0), np.arange(persons)
    taken = []
    for index in range(_FRAMES):
        moment = _START + timedelta(seconds=index / 5)
        frame = Frame("bench", index, index, first.image, index / 5, moment, "file")
        begin = time.perf_counter()
        stream.observe(frame, parsed, tracks)
        taken.append(time.perf_counter() - begin)
    return stream, float(np.median(taken) * 1000)


def snapshots(persons: int) -> str:
    """How long it takes to save a stream with so many open visits and to go on from that, and how large it is."""
    stream, _ = observed(432, 768, persons)
    text = stream.snapshot().model_dump_json()
    restored = build_analytics("bench", lost_after_s=2.0)
    save = _median_ms(lambda: stream.snapshot().model_dump_json())
    restore = _median_ms(lambda: restored.restore(StreamSnapshot.from_json(text)))
    return f"{len(text) / 1000:.1f} kB, {save:.2f} ms to take, {restore:.2f} ms to go on from"


def _median_ms(call: Callable[[], object]) -> float:
    return float(np.median(timeit.repeat(call, number=1, repeat=200)) * 1000)


def main() -> None:
    """Print the figures."""
    for height, width, persons in ((432, 768, 1), (432, 768, 3), (1080, 1920, 3), (1080, 1920, 10)):
        _, taken = observed(height, width, persons)
        print(f"analytics, {width}x{height}, {persons} persons: {taken:.1f} ms a frame")
    for persons in (1, 3, 15):
        print(f"snapshot, {persons} in view: {snapshots(persons)}")


if __name__ == "__main__":
    main()
