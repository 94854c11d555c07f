"""The analytics of one stream for tests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.building import build_analytics
from analytics.clothing import Clothing
from analytics.counting import FrameCounts
from analytics.feet import FootFinder
from analytics.floor import FloorPlan, Line, Zone, floor_at
from analytics.observing import ObservationSettings
from analytics.stages.base import Observation, Said, SeenPerson
from analytics.stages.visits import VisitsSettings
from analytics.stages.windows import WindowsSettings
from analytics.stream import StreamAnalytics
from analytics.timeline import ElapsedTime
from config.component import Component
from config.floor import QueueSettings, RoomSettings
from domain.parsing import UNTRACKED
from tests.support.wardrobe import drawn, walker

PLAN = FloorPlan(
    lines=(Line("door", (0.3, 0.1), (0.3, 1.0), -1),),
    zones=(
        Zone(
            "hall",
            ((0.1, 0.5), (0.6, 0.5), (0.6, 1.0), (0.1, 1.0)),
            QueueSettings(length_max=0, hold_s=1),
            ("door",),
        ),
    ),
    rooms=(("shop", RoomSettings(doors=("door",))),),
)
"""A line, a queue and a room in the pictures that are drawn here."""

_KINDS: tuple[type[Component], ...] = (ObservationSettings, VisitsSettings, WindowsSettings)


def analytics_of(stream_id: str = "door", *, lost_after_s: float = 3.0, **settings: Any) -> StreamAnalytics:
    """A stream with all stages, each with those of the settings that are its own."""
    kinds = {kind.model_fields["kind"].default: kind for kind in _KINDS}
    own = {
        name: {key: value for key, value in settings.items() if key in kind.model_fields}
        for name, kind in kinds.items()
    }
    assert sum(map(len, own.values())) == len(settings), f"unknown settings among {sorted(settings)}"
    return build_analytics(stream_id, lost_after_s, {name: kind(**own[name]) for name, kind in kinds.items()})


def observation(
    moment: datetime,
    people: Mapping[int, Clothing],
    heard: Sequence[Said] = (),
    *,
    elapsed: ElapsedTime | None = None,
) -> Observation:
    """A frame that shows those tracks in those clothes, side by side; every fifth frame of the source is sampled."""
    frame, parsed = drawn([walker(10 + 50 * place) for place in range(len(people))], 0, moment)
    views = parsed.persons()
    feet = FootFinder().find(views, frame.width, frame.height)
    persons = [
        SeenPerson(None if track_id == UNTRACKED else track_id, view, clothing, foot)
        for view, foot, (track_id, clothing) in zip(views, feet, people.items(), strict=True)
    ]
    floor = floor_at(PLAN, frame.width, frame.height)
    return Observation(frame, persons, FrameCounts(read=5, sampled=1, parsed=1), elapsed, heard, floor)
