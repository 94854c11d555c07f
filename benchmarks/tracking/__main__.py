"""HOTA, IDF1, MOTA, identity switches and time of our tracker beside the package `trackers`: `python -m benchmarks.tracking`.

Films must have been rendered (`python -m benchmarks.tracking.films`); parses are kept beside them, so that a second run takes
seconds. After another parser or other weights, remove the folder `parses`. `--composed` needs neither films nor a network: drawn
clips are seen by a parser with errors of its own (`benchmarks.tracking.composed`). `--finder` shows the tracker what it gets with
best views: boxes of `finder: lite`, and a plain figure in each. `--kinds` counts what the switches are.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from analytics.building import build_analytics
from benchmarks.accuracy.empty import frames_of
from benchmarks.machine import describe
from benchmarks.tracking.baseline import BoxTracker
from benchmarks.tracking.clips import (
    SAMPLE_FPS,
    ClipFrames,
    Compares,
    Figures,
    ParsedClip,
    Sees,
    by_masks,
    by_seen_boxes,
    demo_frames,
    film_frames,
    parsed_clip,
    synthetic_frames,
)
from benchmarks.tracking.composed import composed_clip
from benchmarks.tracking.films import MEASURED, TUNING, FilmName, missing
from benchmarks.tracking.measures import Follows, Score, score, thread_milliseconds
from benchmarks.tracking.switches import KINDS, kinds_of
from domain.events import VisitEnded
from pipeline.finders.lite.finder import LiteFinder
from pipeline.parsers.lite.parser import LiteParser
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings

_ONE_BY_ONE = "one-by-one-person-detection.mp4"
_SELDOM = 5
_PERSONS = 15  # for whom the time is told
_DRAWN = {
    f"drawn-{persons}-{seed}": f"synthetic:?persons={persons}&seconds=30&seed={seed}&fps=5"
    for persons, seed in ((20, 1), (20, 2), (35, 3), (35, 4), (60, 5))
}
_DRAWN_TUNING = {
    f"drawn-{persons}-{seed}": f"synthetic:?persons={persons}&seconds=30&seed={seed}&fps=5"
    for persons, seed in ((20, 100), (35, 101), (35, 102), (60, 103))
}


def sources(out: Path, compare: Compares, *, tuning: bool) -> dict[str, Callable[[], ClipFrames]]:
    """Clips by name: films that are rendered, drawn ones, and the demo clip."""
    films: Sequence[FilmName] = TUNING if tuning else MEASURED
    found: dict[str, Callable[[], ClipFrames]] = {}
    for name in films:
        if missing(out, name):
            print(f"{name} is not rendered: python -m benchmarks.tracking.films --out {out}")
        else:
            found[str(name)] = partial(film_frames, out, name, compare)
    if not tuning:
        found["demo"] = demo_frames
    drawn = _DRAWN_TUNING if tuning else _DRAWN
    return found | {name: partial(synthetic_frames, location, compare) for name, location in drawn.items()}


def in_grey(clip: ParsedClip) -> ParsedClip:
    """The same with pictures of one grey: all are dressed alike, and clothes tell nothing."""
    grey = [(replace(frame, image=np.full_like(frame.image, 128)), parsed) for frame, parsed in clip.frames]
    return replace(clip, frames=tuple(grey))


def seldom(clip: ParsedClip) -> ParsedClip:
    """One frame of five, as where only key frames are read."""
    return replace(clip, frames=clip.frames[::_SELDOM], truth=clip.truth[::_SELDOM])


def print_scores(clips: Sequence[ParsedClip]) -> None:
    """A row for each clip, the package's tracker beside ours."""
    print(f"{'':16s} {'HOTA':>15s} {'IDF1':>15s} {'MOTA':>15s} {'switches':>11s}")
    before, ours = ([score(clip, make) for clip in clips] for make in (BoxTracker, ByteTracker))
    for clip, one, other in zip(clips, before, ours, strict=True):
        print(f"{clip.name:16s} {_row(one, other)}")
    switches = [sum(each.switches for each in scores) for scores in (before, ours)]
    print(
        f"switches in all: {switches[0]} before, {switches[1]} now, "
        f"{100 * (1 - switches[1] / max(switches[0], 1)):.0f} % fewer"
    )


def print_kinds(clips: Sequence[ParsedClip]) -> None:
    """A row for each clip: what our tracker's switches are."""
    print(f"{'':16s} " + "  ".join(f"{kind:>12s}" for kind in KINDS))
    counts = {clip.name: Counter(kinds_of(clip, ByteTracker)) for clip in clips}
    for name, found in [*counts.items(), ("in all", sum(counts.values(), Counter()))]:
        print(f"{name:16s} " + "  ".join(f"{found[kind]:12d}" for kind in KINDS))


def _row(one: Score, other: Score) -> str:
    figures = [f"{getattr(one, name):.3f} -> {getattr(other, name):.3f}" for name in ("hota", "idf1", "mota")]
    return "  ".join(figures) + f"  {one.switches:4d} -> {other.switches:3d}"


def visits(make: Callable[[], Follows], parser: Sees) -> int:
    """How many visits Footfall counts on the clip of six people who come one after the other."""
    tracker, stream = make(), build_analytics(_ONE_BY_ONE, ByteTrackSettings().lost_after_s)
    events = [
        event
        for frame in frames_of(_ONE_BY_ONE, SAMPLE_FPS)
        for parsed in [parser.parse(frame.image)]
        for event in stream.observe(frame, parsed, tracker.update(frame, parsed))
    ]
    return sum(isinstance(event, VisitEnded) for event in [*events, *stream.finish(0, 0)])


def _crowded(clips: Sequence[ParsedClip]) -> Iterator[ParsedClip]:
    """The clips in which the parser sees so many persons at once."""
    return (clip for clip in clips if max(len(parsed) for _, parsed in clip.frames) >= _PERSONS)


def _asked() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description="Measure how well persons keep their numbers")
    arguments.add_argument("--out", type=Path, default=Path("out/tracking"))
    arguments.add_argument("--tuning", action="store_true", help="the clips that constants were chosen on")
    arguments.add_argument("--finder", action="store_true", help="boxes of finder lite, as with best views")
    arguments.add_argument(
        "--kinds", action="store_true", help="what the switches of our tracker are, no more"
    )
    arguments.add_argument(
        "--composed", action="store_true", help="drawn clips and composed parses alone: no network"
    )
    return arguments.parse_args()


def _clips(chosen: argparse.Namespace, parser: Callable[[], Sees]) -> list[ParsedClip]:
    if chosen.composed:
        drawn = _DRAWN_TUNING if chosen.tuning else _DRAWN
        return [composed_clip(name, where, seed) for seed, (name, where) in enumerate(drawn.items())]
    compare: Compares = by_seen_boxes if chosen.finder else by_masks
    sees = LiteFinder() if chosen.finder else LiteParser()
    # What other weights have seen is not to be taken for theirs.
    kept = chosen.out / ("boxes" if chosen.finder else "parses") / sees.info.checksum[:12]
    found = sources(chosen.out, compare, tuning=chosen.tuning)
    return [parsed_clip(name, frames, parser, kept) for name, frames in found.items()]


@lru_cache(maxsize=1)
def _sees(*, finder: bool) -> Sees:
    return Figures(LiteFinder()) if finder else LiteParser()


def main() -> None:
    """Print everything."""
    chosen = _asked()
    parser = partial(_sees, finder=chosen.finder)
    print(describe())
    clips = _clips(chosen, parser)
    if chosen.kinds:
        print_kinds(clips)
        return
    print(f"\n{BoxTracker.__doc__}\n")
    print_scores(clips)
    if chosen.composed:
        return
    print("\nthe same in pictures of one grey: clothes tell nothing\n")
    print_scores([in_grey(clip) for clip in clips])
    print("\none frame a second\n")
    print_scores([seldom(clip) for clip in clips])
    for make in (BoxTracker, ByteTracker):
        milliseconds = thread_milliseconds(list(_crowded(clips)), make, _PERSONS)
        print(f"\n{make.__name__}: {milliseconds:.2f} ms a frame of {_PERSONS} persons")
        print(f"{make.__name__}: {visits(make, parser())} visits on {_ONE_BY_ONE}; 6 are right")


if __name__ == "__main__":
    main()
