"""Milliseconds that the analytics of a frame take, what all that can be asked for adds, an hour's memory, and what snapshots cost.

Frames are drawn: persons of plausible proportions side by side, with textured clothes, so that the figure depends on no file.
"""

import time
import timeit
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np

from analytics.brands import BrandSettings
from analytics.building import DEFAULT, build_analytics
from analytics.floor import FloorPlan, Line, Zone
from analytics.snapshots import StreamSnapshot
from analytics.stages.exposure import ExposureSettings
from analytics.stages.groups import GroupsSettings
from analytics.stages.presence import PresenceSettings
from analytics.stages.staff import StaffSettings
from analytics.stages.visitors import VisitorsSettings
from analytics.stream import StreamAnalytics
from benchmarks.rss import resident_mib
from config.component import Component
from config.floor import QueueSettings, RoomSettings
from domain.frame import Frame
from domain.labels import BodyPart
from domain.parsing import ParsedFrame
from pipeline.parsers.lite.parser import LiteParser

_START = datetime(2026, 1, 1, tzinfo=UTC)
# Frames before which caches are cold.
_WARM = 5
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


PLAN = FloorPlan(
    lines=tuple(Line(f"door-{n}", (0.1, 0.3 + n / 10), (0.9, 0.35 + n / 10), 1) for n in range(4)),
    zones=tuple(
        Zone(
            f"zone-{n}",
            ((n / 4, 0.5), (n / 4 + 0.25, 0.5), (n / 4 + 0.25, 1.0), (n / 4, 1.0)),
            QueueSettings(length_max=3, wait_max_s=60),
            ("door-0",),
        )
        for n in range(4)
    ),
    rooms=(("shop", RoomSettings(doors=("door-0", "door-1"))),),
    picture=((0.2, 0.4), (0.8, 0.4), (1.0, 1.0), (0.0, 1.0)),
    metres=((0.0, 0.0), (6.0, 0.0), (6.0, 5.0), (0.0, 5.0)),
)
"""Four lines, four queues, a room and a calibration."""

EVERYTHING: dict[str, Component] = {
    **DEFAULT,
    "staff": StaffSettings(wears=({"upper-body": "red", "lower-body": "black"},), starts_in=("zone-0",)),
    "groups": GroupsSettings(),
    "visitors": VisitorsSettings(),
    "exposure": ExposureSettings(
        brands=(BrandSettings(name="acme", colors=("#c8102e",), garment="upper-clothes"),)
    ),
    "presence": PresenceSettings(),
}
"""Every stage that there is."""


def places(height: int, width: int, persons: int) -> tuple[float, float, float]:
    """CPU milliseconds a frame of all that is beside visits and windows, of these, and of the parser: means of one run."""
    frame, parsed = crowd(height, width, persons)
    plain = build_analytics("bench", lost_after_s=2.0, settings=_without_places())
    full = build_analytics("bench", lost_after_s=2.0, settings=EVERYTHING, plan=PLAN)
    parser = LiteParser()
    tracks = np.arange(persons)
    taken: dict[str, list[float]] = {"plain": [], "full": [], "parse": []}
    for index in range(_FRAMES):
        at = replace(
            frame,
            index=index,
            sample_index=index,
            media_time_s=index / 5,
            event_time=_START + timedelta(seconds=index / 5),
        )
        calls: dict[str, Callable[[], Any]] = {
            "plain": partial(plain.observe, at, parsed, tracks),
            "full": partial(full.observe, at, parsed, tracks),
            "parse": partial(parser.parse, at.image),
        }
        for name, call in calls.items():
            begin = time.process_time()
            call()
            taken[name].append(1000 * (time.process_time() - begin))
    plain_ms, full_ms, parse_ms = (float(np.mean(taken[name][_WARM:])) for name in ("plain", "full", "parse"))
    return max(0.0, full_ms - plain_ms), plain_ms, parse_ms


def _without_places() -> dict[str, Component]:
    gone = ("ways", "crossings", "zones")
    return {name: one for name, one in DEFAULT.items() if name not in gone}


def an_hour(persons: int = 6, fps: float = 5.0) -> list[tuple[int, float, float]]:
    """Minute, size of the state in kB and memory in MiB, of an hour in which people come, cross and go, in small pictures."""
    stream = build_analytics("bench", lost_after_s=2.0, settings=EVERYTHING, plan=PLAN)
    frame, parsed = crowd(90, 160, persons)
    told = []
    for index in range(round(3600 * fps) + 1):
        seconds = index / fps
        moment = _START + timedelta(seconds=seconds)
        at = replace(frame, index=index, sample_index=index, media_time_s=seconds, event_time=moment)
        # Everybody is somebody else after ten seconds, and walks by a step with each frame.
        shift = int(seconds * 8) % 40
        moved = ParsedFrame(
            np.roll(parsed.labels, shift, axis=1),
            np.roll(parsed.person_ids, shift, axis=1),
            parsed.scores,
            np.clip(parsed.boxes + np.array([shift, 0, shift, 0], np.float32), 0, (160, 90, 160, 90)).astype(
                np.float32
            ),
        )
        stream.observe(at, moved, int(seconds // 10) * persons + np.arange(persons))
        if index % round(300 * fps) == 0 and index:
            size = len(stream.snapshot().model_dump_json()) / 1000
            told.append((round(seconds / 60), size, resident_mib()))
    return told


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
    for height, width, persons in ((432, 768, 1), (432, 768, 3), (432, 768, 10)):
        more, others, parse = places(height, width, persons)
        whole = more + others + parse
        print(
            f"lines, zones, queues, rooms, staff, groups, visitors, exposure and maps, {width}x{height}, {persons} persons: "
            f"{more:.2f} CPU ms a frame beside {others:.1f} of visits and windows and {parse:.1f} of the parser: "
            f"{100 * more / whole:.1f} %"
        )
    for minute, size, memory in an_hour():
        print(f"minute {minute} of a simulated hour: state {size:.0f} kB, memory {memory:.0f} MiB")
    for persons in (1, 3, 15):
        print(f"snapshot, {persons} in view: {snapshots(persons)}")


if __name__ == "__main__":
    main()
