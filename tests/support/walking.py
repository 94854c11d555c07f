"""Somebody who walks over the floor of a picture, for the stages that hear of ways."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from analytics.floor import FloorPlan, floor_at
from analytics.stages.base import AnyStage, Ending, Said, StageContext, StageSettings, TimeStep
from analytics.stages.ways import WayEnded, WayPoint, WaysSeen
from domain.events import FootSeen, StreamIdentity
from domain.geometry import Point
from tests.support.analytics import observation
from tests.support.events import START

SIZE = 640, 360
HEIGHT = 100.0
"""Of whoever walks, pixels: from 6 pixels on a side is certain, and near a line are 30."""

FRAME_S = 0.2
_BLANK = observation(START, {})


def after(frames: float) -> datetime:
    """The moment of that frame, the first being 0."""
    return START + timedelta(seconds=frames * FRAME_S)


class Walk:
    """Hands ways to a stage, five frames a second, and keeps what it says."""

    def __init__(self, settings: StageSettings, plan: FloorPlan) -> None:
        self.stage: AnyStage = settings.build(
            StageContext(StreamIdentity("door"), lost_after_s=3, allowed_lateness_s=2, plan=plan)
        )
        self.said: list[Said] = []
        self.frames = 0
        self._floor = floor_at(plan, *SIZE)
        self._seen: dict[int, int] = {}

    def go(
        self, *places: Point | None, way: int = 1, foot: FootSeen = "seen", track: int | None = None
    ) -> "Walk":
        """To these places, one in each frame; out of sight where there is None. Another `track` than before has been joined."""
        for place in places:
            points: tuple[WayPoint, ...] = ()
            if place is not None:
                joined = track is not None and way in self._seen
                points = (self._point(way, place, foot, track or way, joined=joined),)
                track = None if joined else track
                self._seen[way] = self.frames
            self._hear(WaysSeen(after(self.frames), "file", points))
            self.frames += 1
        return self

    def end(self, reason: Literal["lost", "stream-end"] = "lost", way: int = 1) -> "Walk":
        """Nobody sees it any more."""
        del self._seen[way]
        now = after(self.frames)
        ended = (WayEnded(way, reason),)
        if reason == "lost":
            self.said += self.stage.advance(TimeStep(now, "file", heard=ended))
        else:
            self.said += self.stage.finish(Ending(reason, now, "file", heard=ended))
        return self

    def wait(self, frames: int) -> "Walk":
        """Nothing new is seen for so long."""
        for _ in range(frames):
            self.said += self.stage.advance(TimeStep(after(self.frames), "file"))
            self.frames += 1
        return self

    def _point(self, way: int, place: Point, foot: FootSeen, track: int, *, joined: bool) -> WayPoint:
        unseen = max(0, self.frames - self._seen.get(way, self.frames) - 1)
        return WayPoint(
            way=way, track_id=track, x=place[0], y=place[1], height=HEIGHT, foot=foot, confidence=0.9, metres=None,
            speed_m_s=None, unseen_s=unseen * FRAME_S, joined=joined,
        )  # fmt: skip

    def _hear(self, seen: WaysSeen) -> None:
        self.said += self.stage.observe(replace(_BLANK, heard=(seen,), floor=self._floor))
        self.said += self.stage.advance(TimeStep(seen.moment, "file"))


def along_row(row: float, columns: Sequence[float]) -> list[Point]:
    """Places side by side."""
    return [(float(column), row) for column in columns]
