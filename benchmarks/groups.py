"""How well groups are told, on walks with truth: `python -m benchmarks.groups`.

People walk over a floor in front of a camera 3 m high, alone or in groups of two to four. Their foot points are those of a
perspective camera, with noise; some are hidden for a while, and strangers pass close by each other. Nothing is rendered: what is
measured is how groups follow from places on the floor.
"""

import argparse
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations

import numpy as np

from analytics.counting import FrameCounts
from analytics.stages.base import Observation, StageContext, TimeStep
from analytics.stages.groups import GroupsSettings
from analytics.stages.ways import WayEnded, WayPoint, WaysSeen
from domain.events import GroupEnded, StreamIdentity
from domain.frame import Frame
from domain.geometry import Point

_START = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
_FRAME_S = 0.2
_BLANK = np.zeros((1, 1, 3), np.uint8)
_CAMERA_M, _PERSON_M, _FOCAL = 3.0, 1.7, 700.0
_TILT = math.radians(25)
# Metres between neighbours of a group who walk abreast.
_ABREAST = 0.75
# Standard deviation of a foot point, part of the person's height in the picture.
_NOISE = 0.03


@dataclass(frozen=True, slots=True)
class Person:
    """One way through the scene, from `begin` on, straight on; `party` is the same for all of a group."""

    party: int
    begin: Point
    speed: Point
    first: int
    last: int
    hidden: range

    def at(self, frame: int) -> Point | None:
        """Metres across and away; None where this one is not seen."""
        if not self.first <= frame < self.last or frame in self.hidden:
            return None
        seconds = (frame - self.first) * _FRAME_S
        return self.begin[0] + self.speed[0] * seconds, self.begin[1] + self.speed[1] * seconds


def scene(chance: np.random.Generator, parties: int) -> list[Person]:
    """Parties that come within a minute, from either side."""
    return [person for party in range(parties) for person in _party(chance, party)]


def _party(chance: np.random.Generator, party: int) -> Iterator[Person]:
    size = int(chance.choice([1, 2, 3, 4], p=[0.6, 0.28, 0.08, 0.04]))
    side = float(chance.choice([-1, 1]))
    depth, pace = chance.uniform(4, 11), chance.uniform(0.7, 1.5)
    drift, first = chance.uniform(-0.1, 0.1), int(chance.integers(0, 300))
    for place in range(size):
        late = int(chance.integers(0, 4))
        begin = -4 * side + chance.normal(0, 0.15), depth + (place - size / 2) * _ABREAST
        speed = side * pace + chance.normal(0, 0.04), drift + chance.normal(0, 0.02)
        frames = int(8 / pace / _FRAME_S)
        gone = int(chance.integers(0, frames))
        hidden = range(first + gone, first + gone + int(chance.integers(0, 8)))
        yield Person(party, begin, speed, first + late, first + late + frames, hidden)


def _foot(place: Point) -> tuple[Point, float]:
    """Where the camera sees somebody's feet, and how tall that one is there: pixels."""
    x, away = place
    depth = away * math.cos(_TILT) + _CAMERA_M * math.sin(_TILT)
    below = _CAMERA_M * math.cos(_TILT) - away * math.sin(_TILT)
    return (640 + _FOCAL * x / depth, 360 + _FOCAL * below / depth), _FOCAL * _PERSON_M / depth


def told(people: Sequence[Person], chance: np.random.Generator, *, calibrated: bool) -> list[set[int]]:
    """The groups that the stage finds, as positions in the list."""
    stage = GroupsSettings().build(StageContext(StreamIdentity("hall"), 3, 2))
    groups: list[set[int]] = []
    for frame in range(max(person.last for person in people) + 2):
        moment = _START + timedelta(seconds=frame * _FRAME_S)
        points = [
            _point(way, place, chance, calibrated=calibrated)
            for way, person in enumerate(people)
            if (place := person.at(frame)) is not None
        ]
        stage.observe(_seen(WaysSeen(moment, "file", tuple(points))))
        ended = tuple(WayEnded(way, "lost") for way, person in enumerate(people) if person.last == frame)
        said = stage.advance(TimeStep(moment, "file", heard=ended))
        groups += [{member.track_id for member in one.members} for one in said if isinstance(one, GroupEnded)]
    return groups


def _seen(note: WaysSeen) -> Observation:
    frame = Frame("hall", 0, 0, _BLANK, 0.0, note.moment, "file")
    return Observation(frame, (), FrameCounts(1, 1, 1), None, (note,))


def _point(way: int, place: Point, chance: np.random.Generator, *, calibrated: bool) -> WayPoint:
    (x, y), height = _foot(place)
    off = chance.normal(0, _NOISE * height, 2)
    metres = (
        (place[0] + off[0] * _PERSON_M / height, place[1] + off[1] * _PERSON_M / height)
        if calibrated
        else None
    )
    return WayPoint(
        way=way, track_id=way, x=x + off[0], y=y + off[1], height=height * (1 + chance.normal(0, 0.02)), foot="seen",
        confidence=0.9, metres=metres, speed_m_s=None, unseen_s=0.0, joined=False,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """Of pairs of people, and of parties: a party is right if just its members are one group, or nobody where it is one person."""

    pairs: int
    found: int
    false: int
    parties: int
    right: int

    def __str__(self) -> str:
        recall = self.found / max(1, self.pairs)
        precision = self.found / max(1, self.found + self.false)
        return f"pairs found {recall:.3f}, of those found right {precision:.3f}; parties right {self.right / self.parties:.3f}"


def score(people: Sequence[Person], groups: Sequence[set[int]]) -> Counter[str]:
    """Compare what was told with the truth."""
    truth: dict[int, set[int]] = {}
    for way, person in enumerate(people):
        truth.setdefault(person.party, set()).add(way)
    true_pairs = {pair for party in truth.values() for pair in combinations(sorted(party), 2)}
    told_pairs = {pair for group in groups for pair in combinations(sorted(group), 2)}
    grouped = set().union(*groups)
    right = sum(party in groups if len(party) > 1 else not party & grouped for party in truth.values())
    return Counter(
        pairs=len(true_pairs),
        found=len(true_pairs & told_pairs),
        false=len(told_pairs - true_pairs),
        parties=len(truth),
        right=right,
    )


def main() -> None:
    """Print a line for each number of parties and kind of camera."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scenes", type=int, default=100, help="of each kind")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    for parties in (4, 12):
        for calibrated in (False, True):
            sums: Counter[str] = Counter()
            for seed in range(given.scenes):
                chance = np.random.default_rng([given.seed, parties, seed])
                people = scene(chance, parties)
                sums += score(people, told(people, chance, calibrated=calibrated))
            kind = "calibrated" if calibrated else "not calibrated"
            result = Score(**{name: sums[name] for name in _NAMES})
            print(f"{given.scenes} scenes of {parties} parties in a minute, {kind}: {result}")


_NAMES = ("pairs", "found", "false", "parties", "right")

if __name__ == "__main__":
    main()
