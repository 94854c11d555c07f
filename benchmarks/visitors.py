"""How well it is told who comes back: `python -m benchmarks.visitors`.

Drawn people whose clothes were drawn by lot walk through a drawn shop; half of them come back on another way, seen from another
side. Where everybody is, and each pixel of the clothes, is known, so nothing but the joining of visits is measured. Two people may
well be dressed alike. `--clip` takes the one-by-one clip instead, parsed and tracked as in a run, with the middle cut out of each
visit of more than twelve seconds: so whoever it is comes twice.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.building import build_analytics
from analytics.stages.visitors import VisitorsSettings
from analytics.stages.visits import VisitsSettings
from benchmarks.clip import one_by_one
from config.component import Component
from domain.events import Event, VisitorSeen
from domain.frame import Frame
from domain.parsing import UNTRACKED, ParsedFrame, TrackIds
from pipeline.parsers.lite.parser import LiteParser
from pipeline.sources.file import FileSource
from pipeline.sources.synthetic.drawing import Drawing
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.sprites import load_sprites
from pipeline.sources.synthetic.walkers import Walker, plan_walkers
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings

_START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
_FPS = 5.0
_LEAST_AWAY_S = 15.0
_CUT_S = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """People of whom some come back.

    Attributes:
        drawing: Of all visits.
        person: Who it is, for each walker of the drawing.
        frames: How many.
    """

    drawing: Drawing
    person: tuple[int, ...]
    frames: int


def day(seed: int, persons: int, seconds: float) -> Day:
    """Draw one."""
    chance = np.random.default_rng([7, seed])
    pack = load_sprites()
    options = SyntheticOptions(persons=persons, seconds=seconds, seed=seed, fps=_FPS)
    first = plan_walkers(options, pack)
    ways = plan_walkers(options.model_copy(update={"seed": seed + 1_000_000}), pack)
    both = [(walker, number) for number, walker in enumerate(first)]
    for number, (walker, way) in enumerate(zip(first, ways, strict=True)):
        back = replace(walker, way=way.way, speed=way.speed, start_s=0.0)
        earliest, latest = walker.end_s + _LEAST_AWAY_S, seconds - back.end_s - 1
        if chance.random() < 0.5 and earliest < latest:
            both.append((replace(back, start_s=float(chance.uniform(earliest, latest))), number))
    both.sort(key=lambda pair: pair[0].start_s)
    walkers: tuple[Walker, ...] = tuple(walker for walker, _ in both)
    return Day(Drawing(options, pack, walkers), tuple(number for _, number in both), options.frames)


def frames(scene: Day) -> Iterator[tuple[Frame, ParsedFrame, TrackIds]]:
    """Pictures with what is known of them; a walker's number is the track."""
    for index in range(scene.frames):
        people = scene.drawing.people(index / _FPS)
        image = scene.drawing.picture(people, index)
        labels, ids = np.zeros((2, *image.shape[:2]), np.uint8)
        for number, person in enumerate(people, 1):
            seen = person.labels > 0
            labels[person.window][seen] = person.labels[seen]
            ids[person.window][seen] = number
        boxes = [
            (one.left, one.top, one.left + one.labels.shape[1], one.top + one.labels.shape[0])
            for one in people
        ]
        parsed = ParsedFrame(
            labels, ids, np.ones(len(people), np.float32), np.array(boxes, np.float32).reshape(-1, 4)
        )
        moment = _START + timedelta(seconds=index / _FPS)
        tracks = np.array([person.walker for person in people], np.int64)
        yield Frame("shop", index, index, image, index / _FPS, moment, "file"), parsed, tracks


def told(
    pictures: Iterable[tuple[Frame, ParsedFrame, TrackIds]], settings: VisitorsSettings
) -> list[VisitorSeen]:
    """What the stage says of each visit."""
    stages: dict[str, Component] = {"visits": VisitsSettings(), "visitors": settings}
    analytics = build_analytics("shop", 3.0, stages)
    said: list[Event] = []
    for frame, parsed, tracks in pictures:
        said += analytics.observe(frame, parsed, tracks)
    said += analytics.finish(0, 0)
    return [one for one in said if isinstance(one, VisitorSeen)]


def score(visits: Sequence[VisitorSeen], person_of: Mapping[int, int]) -> Counter[str]:
    """Compare with who it was: true returns, those found, and visits that were given to somebody else."""
    sums: Counter[str] = Counter(visits=len(visits))
    before: dict[int, int] = {}
    here: set[int] = set()
    for visit in sorted(visits, key=lambda one: one.event_time):
        person = person_of[visit.track_id]
        sums["returns"] += person in here
        if visit.seen == "again":
            sums["found" if before[visit.visitor] == person else "false"] += 1
        sums["visitors"] += visit.seen == "first"
        before[visit.visitor] = person
        here.add(person)
    sums["persons"] = len(here)
    return sums


def clip(settings: VisitorsSettings) -> Counter[str]:
    """The one-by-one clip, with the middle four seconds cut out of each visit."""
    parser, tracker = LiteParser(), ByteTracker(ByteTrackSettings())
    seen = [(frame, parser.parse(frame.image)) for frame in _clip_frames()]
    first = [(frame, parsed, tracker.update(frame, parsed)) for frame, parsed in seen]
    spans: dict[int, list[float]] = {}
    for frame, _, tracks in first:
        for track in tracks[tracks != UNTRACKED]:
            spans.setdefault(int(track), []).append(frame.media_time_s)
    visits = sorted((times[0], times[-1]) for times in spans.values() if times[-1] - times[0] > 3 * _CUT_S)
    cuts = [((begin + end - _CUT_S) / 2, (begin + end + _CUT_S) / 2) for begin, end in visits]
    left = [one for one in seen if not any(begin <= one[0].media_time_s <= end for begin, end in cuts)]
    tracker = ByteTracker(ByteTrackSettings())
    again = [(frame, parsed, tracker.update(frame, parsed)) for frame, parsed in left]
    person_of: dict[int, int] = {}
    for frame, _, tracks in again:
        for track in tracks[tracks != UNTRACKED]:
            person = next((n for n, (a, b) in enumerate(visits) if a - 1 <= frame.media_time_s <= b + 1), -1)
            person_of.setdefault(int(track), person)
    return score(told(again, settings), person_of)


def _clip_frames() -> list[Frame]:
    source = FileSource(one_by_one(), stream_id="clip", sample_fps=_FPS)
    source.open()
    return [item for item in source.items() if isinstance(item, Frame)]


def main() -> None:
    """Print a line for each kind of scene."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--days", type=int, default=8)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--clip", action="store_true")
    given = options.parse_args()
    settings = VisitorsSettings()
    if given.clip:
        print(f"one-by-one clip, cut: {_line(clip(settings))}")
        return
    for persons in (8, 24):
        sums: Counter[str] = Counter()
        for number in range(given.days):
            scene = day(given.seed * 1000 + number, persons, 240)
            sums += score(told(frames(scene), settings), dict(enumerate(scene.person)))
        print(f"{given.days} scenes of {persons} people in four minutes: {_line(sums)}")


def _line(sums: Counter[str]) -> str:
    return (
        f"{sums['visits']} visits of {sums['persons']} persons, estimated {sums['visitors']}; "
        f"of {sums['returns']} returns {sums['found']} found, {sums['false']} visits joined to somebody else's"
    )


if __name__ == "__main__":
    main()
