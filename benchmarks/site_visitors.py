"""How well people are told who go from camera to camera: `python -m benchmarks.site_visitors`.

Drawn people whose clothes were drawn by lot pass two cameras of one site, in drawn shops that differ, each under its own light: one
camera is left as it is drawn, the other sees a stronger light of another colour. Six in ten go from one to the other, from
another side and on another way; some come back. Where everybody is, and each pixel of the clothes, is known, so nothing but the
joining of visits is measured. `--same-light` leaves both as they are drawn, `--tuning` takes the scenes that the settings were
chosen on.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from analytics.building import build_analytics
from analytics.site import Sites
from analytics.stages.visitors import VisitorsSettings
from analytics.stages.visits import VisitsSettings
from analytics.stream import StreamAnalytics
from benchmarks.visitors import Day, frames
from config.component import Component
from domain.events import Event, SiteVisitorSeen
from domain.frame import BgrImage
from pipeline.sources.synthetic.drawing import Drawing
from pipeline.sources.synthetic.options import SyntheticOptions
from pipeline.sources.synthetic.sprites import load_sprites
from pipeline.sources.synthetic.walkers import Walker, plan_walkers
from training.scenes.arrays import linear_to_srgb, srgb_to_linear

_FPS = 5.0
_SECONDS = 240.0
_LEAST_AWAY_S = 5.0
_CAMERAS = ("entrance", "promotion")
# Gains of linear B, G and R that its white balance and exposure leave behind.
_LIGHTS = {"entrance": (1.0, 1.0, 1.0), "promotion": (0.8, 1.05, 1.3)}


@dataclass(frozen=True, slots=True, eq=False)
class Visited:
    """What two cameras see of the same people: a day for each, whose `person` are the same numbers."""

    days: tuple[Day, Day]


def site(seed: int, persons: int) -> Visited:
    """Draw one."""
    chance = np.random.default_rng([8, seed])
    pack = load_sprites()
    options = SyntheticOptions(persons=persons, seconds=_SECONDS, seed=seed, fps=_FPS)
    first = plan_walkers(options, pack)
    ways = [plan_walkers(options.model_copy(update={"seed": seed + n * 1_000_000}), pack) for n in (1, 2)]
    seen: tuple[list[tuple[Walker, int]], list[tuple[Walker, int]]] = ([], [])
    for number, walker in enumerate(first):
        at, end_s = int(chance.integers(2)), walker.end_s
        seen[at].append((walker, number))
        for way in ways:
            if chance.random() < 0.6:
                at = 1 - at if chance.random() < 0.8 else at
                again = replace(walker, way=way[number].way, speed=way[number].speed, start_s=0.0)
                earliest, latest = end_s + _LEAST_AWAY_S, _SECONDS - again.end_s - 1
                if earliest < latest:
                    again = replace(again, start_s=float(chance.uniform(earliest, latest)))
                    seen[at].append((again, number))
                    end_s = again.end_s
    one, other = (
        _day(options.model_copy(update={"seed": seed + place}), visits) for place, visits in enumerate(seen)
    )
    return Visited((one, other))


def _day(options: SyntheticOptions, visits: list[tuple[Walker, int]]) -> Day:
    visits.sort(key=lambda pair: pair[0].start_s)
    drawing = Drawing(options, load_sprites(), tuple(walker for walker, _ in visits))
    return Day(drawing, tuple(number for _, number in visits), options.frames)


def lit(image: BgrImage, gains: Sequence[float]) -> BgrImage:
    """The picture as a camera sees it under another light, clipped where that is too bright.

    Args:
        image: Shape (H, W, 3) uint8 BGR, sRGB.
        gains: Of linear B, G and R.
    """
    linear = srgb_to_linear(np.arange(256)[:, None] / 255)
    table = np.round(linear_to_srgb(linear * gains) * 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table[None]), np.uint8)


def told(scene: Visited, settings: VisitorsSettings, *, same_light: bool) -> list[SiteVisitorSeen]:
    """What is said of each visit, before whichever camera."""
    sites = Sites()
    streams = {name: _analytics(name, settings, sites) for name in _CAMERAS}
    said: list[Event] = []
    for pair in zip(*(frames(day) for day in scene.days), strict=True):
        for name, (frame, parsed, tracks) in zip(_CAMERAS, pair, strict=True):
            image = frame.image if same_light else lit(frame.image, _LIGHTS[name])
            shown = replace(frame, stream_id=name, image=image)
            said += streams[name].observe(shown, parsed, tracks)
    for stream in streams.values():
        said += stream.finish(0, 0)
    return [one for one in said if isinstance(one, SiteVisitorSeen)]


def _analytics(name: str, settings: VisitorsSettings, sites: Sites) -> StreamAnalytics:
    stages: dict[str, Component] = {"visits": VisitsSettings(), "visitors": settings}
    return build_analytics(name, 3.0, stages, sites=sites)


def score(visits: Sequence[SiteVisitorSeen], scene: Visited) -> Counter[str]:
    """Compare with who it was: true returns, those found, visits given to somebody else; `between`: from camera to camera."""
    sums: Counter[str] = Counter(visits=len(visits), doubt=sum(one.in_doubt for one in visits))
    latest: dict[int, int] = {}
    where: dict[int, str] = {}
    for visit in sorted(visits, key=lambda one: (one.event_time, one.stream_id)):
        person = scene.days[_CAMERAS.index(visit.stream_id)].person[visit.track_id]
        kind = "between" if person in where and where[person] != visit.stream_id else "same"
        sums[f"returns {kind}"] += person in where
        if visit.seen == "again":
            right = latest[visit.visitor] == person
            sums[f"found {kind}" if right else "false"] += 1
        sums["visitors"] += visit.seen == "first"
        latest[visit.visitor] = person
        where[person] = visit.stream_id
    sums["persons"] = len(where)
    return sums


def main() -> None:
    """Print a line for each number of people."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--days", type=int, default=4)
    options.add_argument("--same-light", action="store_true")
    options.add_argument("--tuning", action="store_true")
    given = options.parse_args()
    settings = VisitorsSettings(site="mall")
    for persons in (8, 24):
        sums: Counter[str] = Counter()
        for number in range(given.days):
            scene = site((50_000 if given.tuning else 1000) + number, persons)
            sums += score(told(scene, settings, same_light=given.same_light), scene)
        print(_line(given.days, persons, sums), flush=True)


def _line(days: int, persons: int, sums: Counter[str]) -> str:
    return (
        f"{days} scenes of {persons} people in four minutes before two cameras: {sums['visits']} visits of "
        f"{sums['persons']} persons, estimated {sums['visitors']}, of whom {sums['doubt']} in doubt; from camera to camera "
        f"{sums['found between']} of {sums['returns between']} found, before the same one {sums['found same']} of "
        f"{sums['returns same']}; {sums['false']} visits joined to somebody else's"
    )


if __name__ == "__main__":
    main()
