"""What a finder that rests saves, and what it may lose.

    python -m benchmarks.resting [--views every] [--scenes N] [--people N] [CLIP ...]

Whole runs on clips, with `finder.rest_s` 0 and as it is by default: CPU time, frames in which it rested, and every event
that is not the same. `--scenes`: scenes of `benchmarks.places`, with and without rest, whose pictures the shipped networks see.
`--people`: somebody is put into pictures of empty places; of those whom the finder then finds, how many change no cell of what is
compared.
"""

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np

from benchmarks.clip import one_by_one
from benchmarks.eyes import usual_views
from benchmarks.finding import persons_of_photographs
from benchmarks.machine import describe
from benchmarks.places.judging import verdict
from benchmarks.places.scenes import scene
from benchmarks.places.seeing import counted
from benchmarks.run import whole_run
from domain.frame import BgrImage, Boxes, Frame
from domain.parsing import ParsedFrame, TrackIds
from pipeline.finders.base import FinderContext, FinderSettings
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finding import FindThenParse, overlaps
from pipeline.parsers.base import Views
from pipeline.parsers.cropping import Box
from pipeline.parsers.lite.parser import LiteParser
from pipeline.parsers.lite.settings import LiteSettings
from pipeline.views.resting import MOVED, Resting, cells_of
from training.canvas import Canvas, pasted
from training.shared import data_folder, read_image

_DEFAULT_S = float(FinderSettings.model_fields["rest_s"].default)
_ENVIRONMENT = "FOOTFALL_FINDER__REST_S"
_HEIGHTS = (20, 30, 45, 70, 110, 160)
# What is left of the light, and of the contrast between somebody and the ground.
_LIGHTS, _CONTRASTS = (1.0, 0.35, 0.15), (1.0, 0.5, 0.3, 0.15)
_SIZE = (720, 1280)
_FITS = 0.3
# Levels by which a cell may change, that of the gate among them.
_LIMITS = (2, MOVED, 6, 8)


@dataclass(frozen=True, slots=True)
class Done:
    """A whole run: its summary of the clip, its events without what names the analysis, and its CPU time, seconds."""

    summary: Mapping[str, Any]
    events: tuple[str, ...]
    cpu_s: float


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Measure a finder that rests")
    parser.add_argument("clips", nargs="*", type=Path, help="the one-by-one clip if none is given")
    parser.add_argument("--views", choices=get_args(Views), default="best", help="of whole runs")
    parser.add_argument("--scenes", type=int, default=0, help="so many composed scenes")
    parser.add_argument("--tuning", action="store_true", help="the scenes for tuning")
    parser.add_argument("--people", type=int, default=0, help="so many pictures into which somebody is put")
    chosen = parser.parse_args()
    print(describe())
    if chosen.people:
        measure_people(chosen.people)
    if chosen.scenes:
        measure_scenes(range(10_000, 10_000 + chosen.scenes) if chosen.tuning else range(chosen.scenes))
    if chosen.clips or not (chosen.people or chosen.scenes):
        for clip in chosen.clips or [one_by_one()]:
            measure_clip(clip, chosen.views)


def measure_clip(clip: Path, views: str) -> None:
    """Print what runs with and without rest cost, and where they differ."""
    awake, resting = run(clip, views, 0.0), run(clip, views, _DEFAULT_S)
    frames, rested = resting.summary["frames_parsed"], resting.summary["frames_rested"]
    cpu_ms = [1000 * one.cpu_s / frames for one in (awake, resting)]
    gone, new = (
        Counter(awake.events) - Counter(resting.events),
        Counter(resting.events) - Counter(awake.events),
    )
    print(
        f"{clip.name}: rested in {rested} of {frames} frames; {cpu_ms[0]:.1f} CPU ms a frame without and {cpu_ms[1]:.1f} with rest",
        f"  visits {awake.summary['visits']} and {resting.summary['visits']}; of {len(awake.events)} events",
        f"  {gone.total()} only without rest, and {new.total()} others only with it",
        sep="\n",
        flush=True,
    )


def run(clip: Path, views: str, rest_s: float) -> Done:
    """A whole run in a process of its own, with these `parser.views`; it may rest so long."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        began, os.environ[_ENVIRONMENT] = os.times(), str(rest_s)
        whole_run(clip, folder, "--finder", "lite", "--views", views)
        ended = os.times()
        del os.environ[_ENVIRONMENT]
        summary = json.loads((folder / "summary.json").read_text())["streams"][0]
        lines = (folder / "events.jsonl").read_text().splitlines()
    cpu_s = ended.children_user - began.children_user + ended.children_system - began.children_system
    return Done(summary, tuple(_told(json.loads(line)) for line in lines), cpu_s)


def _told(event: dict[str, Any]) -> str:
    """Ids name the analysis, and another setting is another one."""
    return json.dumps({key: value for key, value in event.items() if key not in {"event_id", "analysis_id"}})


class Follower:
    """As a run with best views, and a finder that rests for so long at most; see `Follows`."""

    def __init__(self, parser: FindThenParse, rest_s: float) -> None:
        self._resting, self._views = Resting(parser.find, rest_s), usual_views(parser)
        self.frames = self.rested = 0

    def __call__(self, frame: Frame, true: ParsedFrame) -> tuple[ParsedFrame, TrackIds]:
        """Who is seen in the next picture, and their tracks."""
        del true
        sight = self._resting.find(frame)
        self.frames, self.rested = self.frames + 1, sight.rested
        return self._views.follow(frame, sight)


def measure_scenes(seeds: Sequence[int]) -> None:
    """Print how crossings and stays come out with and without rest."""
    settings = LiteSettings(threads=1)
    both = FindThenParse(LiteFinder(context=FinderContext(inference=settings)), LiteParser(settings))
    ways = {rest_s: [Follower(both, rest_s) for _ in seeds] for rest_s in (0.0, _DEFAULT_S)}
    counts = {
        rest_s: [counted(scene(seed), way, seed=seed)[0] for seed, way in zip(seeds, followers, strict=True)]
        for rest_s, followers in ways.items()
    }
    for rest_s, seen in counts.items():
        found = [verdict(scene(seed), one) for seed, one in zip(seeds, seen, strict=True)]
        frames, rested = (sum(getattr(way, name) for way in ways[rest_s]) for name in ("frames", "rested"))
        crossings, off = sum(one.true_crossings for one in found), sum(one.off for one in found)
        missing, surplus = sum(one.missing for one in found), sum(one.surplus for one in found)
        wrong_s = np.median([abs(error) for one in found for error in one.dwell_errors_s])
        print(
            f"rest {rest_s:g} s: rested in {rested} of {frames} frames of {len(found)} scenes",
            f"  of {crossings} crossings {off} off; stays {wrong_s:.2f} s wrong, {missing} missing, {surplus} that are none",
            sep="\n",
            flush=True,
        )
    awake, resting = counts.values()
    same = sum(
        [(each.direction, each.counts) for each in one.crossings]
        == [(each.direction, each.counts) for each in other.crossings]
        for one, other in zip(awake, resting, strict=True)
    )
    print(f"the same crossings in {same} of {len(seeds)} scenes")


def measure_people(count: int) -> None:
    """Print whom the finder finds, and of them, who moves no cell."""
    finder = LiteFinder(context=FinderContext(inference=LiteSettings(threads=1)))
    found: dict[int, list[int]] = {height: [] for height in _HEIGHTS}
    looked = Counter[int]()
    for height, before, now, box in _people(count):
        looked[height] += 1
        there, already = (finder.find(image).boxes for image in (now, before))
        # What is taken for somebody without anybody there tells nothing.
        if _fits(box, there) and not _fits(box, already):
            found[height].append(int(cv2.absdiff(cells_of(before), cells_of(now)).max()))
    for height, changes in found.items():
        still = {limit: sum(change <= limit for change in changes) for limit in _LIMITS}
        print(
            f"{height} pixels tall: {looked[height]} people, {len(changes)} found; of these move no cell by more than",
            ", ".join(f"{limit} levels: {count}" for limit, count in still.items()),
            flush=True,
        )


def _fits(box: Box, boxes: Boxes) -> bool:
    return bool((overlaps(box, boxes) > _FITS).any())


def _people(count: int) -> Iterator[tuple[int, BgrImage, BgrImage, Box]]:
    """Height of somebody, the picture before and with them, and the box; in all lights, and hardly standing out."""
    rng = np.random.default_rng(44)
    persons = persons_of_photographs(60)
    for _ in range(count):
        ground, person = _ground(rng), persons[int(rng.integers(len(persons)))]
        height, light = int(rng.choice(_HEIGHTS)), float(rng.choice(_LIGHTS))
        person = person.resized(height, max(4, round(person.size[1] * height / person.size[0])))
        top, left = (
            int(rng.integers(0, whole - part)) for whole, part in zip(_SIZE, person.size, strict=True)
        )
        with_them = pasted(Canvas.empty(ground), person, top, left, 1).image.astype(np.float32)
        shown = ground + float(rng.choice(_CONTRASTS)) * (with_them - ground)
        before, now = ((light * image).round().astype(np.uint8) for image in (ground, shown))
        box = np.array([left, top, left + person.size[1], top + height], np.float32)
        yield height, before, now, box


def _ground(rng: np.random.Generator) -> BgrImage:
    paths = sorted((data_folder() / "backgrounds").glob("*.png"))
    image = read_image(paths[int(rng.integers(len(paths)))])
    return np.asarray(cv2.resize(image, _SIZE[::-1], interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    main()
