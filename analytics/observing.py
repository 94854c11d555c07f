"""From a parsed frame to an observation: who counts, in what light, and what they wear."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from analytics.clothing import NOTHING_TOLD, GarmentMinima, clothes_of, without_colors
from analytics.feet import FootFinder
from analytics.floor import NO_PLAN, Floor, FloorPlan, floor_at
from analytics.illuminant import Light, LightMeter, LightMeterState
from analytics.people import persons_of
from analytics.perspective import FeetState
from analytics.snapshots import State
from analytics.stages.base import SeenPerson
from config.component import Component
from config.quantities import Fraction, Pixels, Seconds
from domain.frame import Frame, LabelMap
from domain.parsing import UNTRACKED, ParsedFrame, PersonView, TrackIds


class ObservationSettings(Component):
    """What counts in a frame, before anything is counted over time."""

    group: ClassVar[str] = "footfall.stages"

    kind: Literal["observation"] = "observation"
    allowed_lateness_s: Seconds = Field(
        default=2.0,
        description="So far behind the newest picture one may come and still be counted in its own window; "
        "windows wait so long after their end",
    )
    min_person_pixels: Pixels = Field(default=1, description="Smaller persons are not counted")
    min_garment_pixels: Pixels = Field(default=30, description="Smaller patches are speckles, not garments")
    min_garment_share: Fraction = Field(
        default=0.01, description="Patches that cover less of a person's pixels are speckles, not garments"
    )


class ObserverState(State):
    """What is remembered from frame to frame: in which light people are seen, and what was learnt of where they stand."""

    version: Literal[2] = 2
    light: LightMeterState
    feet: FeetState


class Observer:
    """Looks at the frames of one stream. One thread, frames in order."""

    def __init__(self, settings: ObservationSettings, plan: FloorPlan = NO_PLAN) -> None:
        self._plan = plan
        self._feet = FootFinder()
        self._min_person_pixels = settings.min_person_pixels
        self._minima = GarmentMinima(settings.min_garment_pixels, settings.min_garment_share)
        self._meter = LightMeter()

    def look(
        self, frame: Frame, parsed: ParsedFrame, track_ids: TrackIds
    ) -> tuple[Sequence[SeenPerson], Light]:
        """Everybody who counts, in the order of the parser, and the light of the frame.

        Args:
            frame: The frame.
            parsed: Its persons.
            track_ids: Shape (N,) int64, the track of person i + 1 in entry i, or UNTRACKED.
        """
        views = persons_of(parsed, self._min_person_pixels)
        light = self._meter.read(frame.image, _occupied(parsed, views))
        told = [view for view in views if view.parsed]
        clothes = clothes_of(told, frame.image, light, self._minima)
        if not frame.colors_known:
            clothes = [without_colors(clothing) for clothing in clothes]
        worn = {view.person_id: clothing for view, clothing in zip(told, clothes, strict=True)}
        tracks = [int(track_ids[view.person_id - 1]) for view in views]
        feet = self._feet.find(views, frame.width, frame.height, tracks)
        persons = [
            SeenPerson(
                None if track_id == UNTRACKED else track_id,
                view,
                worn.get(view.person_id, NOTHING_TOLD),
                foot,
            )
            for track_id, view, foot in zip(tracks, views, feet, strict=True)
        ]
        return persons, light

    def floor(self, frame: Frame) -> Floor:
        """Lines and zones in a picture of that size.

        Raises:
            SettingsError: A point is given in pixels and lies outside the picture.
        """
        return floor_at(self._plan, frame.width, frame.height)

    def snapshot(self) -> ObserverState:
        """All that it remembers."""
        return ObserverState(light=self._meter.snapshot(), feet=self._feet.snapshot())

    def restore(self, state: ObserverState) -> None:
        """Remember that, and nothing else."""
        self._meter, self._feet = LightMeter(state.light), FootFinder(state.feet)


def _occupied(parsed: ParsedFrame, views: Sequence[PersonView]) -> LabelMap:
    """Shape (H, W) uint8: 0 where nobody is. Whoever was not parsed may be anywhere in the box."""
    boxes = [view.window for view in views if not view.parsed]
    if not boxes:
        return parsed.labels
    occupied = parsed.labels.copy()
    for window in boxes:
        occupied[window] = 1
    return occupied
