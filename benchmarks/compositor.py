"""Milliseconds an overlay takes: `python -m benchmarks.compositor`."""

import statistics
import time

from pipeline.compositor import Compositor
from tests.support.figures import BAG, COAT, PANTS, SHIRT, Figure, Scene, scene

_ROUNDS = 60


def five_persons(width: int, height: int) -> Scene:
    """Five persons of up to two thirds of the frame's height, overlapping."""
    figures = []
    for number in range(5):
        left, top = width * (1 + 3 * number) // 16, height * (5 - number) // 20
        box = left, top, left + width * 3 // 16, top + height * 2 // 3
        figures.append(Figure(box, number, (COAT, PANTS, BAG) if number % 2 else (SHIRT,)))
    return scene(width, height, figures)


def main() -> None:
    """Print median and 95th percentile of one overlay with five persons, for four frame sizes."""
    compositor = Compositor()
    for width, height in ((640, 360), (1280, 720), (1920, 1080), (3840, 2160)):
        drawn = five_persons(width, height)
        times = []
        for _ in range(_ROUNDS):
            begun = time.perf_counter()
            compositor.draw(drawn.frame, drawn.parsed, drawn.observed)
            times.append(1000 * (time.perf_counter() - begun))
        median, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"compositor, 5 persons, {width}x{height}: {median:.1f} ms (95 % under {high:.1f} ms)")


if __name__ == "__main__":
    main()
