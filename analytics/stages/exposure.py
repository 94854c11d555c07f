"""Exposure: how long, and how large, garments, colours and brands are to be seen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import AfterValidator, AwareDatetime, Field

from analytics.aligned import Aligned
from analytics.brands import Brand, BrandSettings
from analytics.snapshots import State
from analytics.stages.base import (
    Ending,
    Observation,
    Said,
    SeenPerson,
    Stage,
    StageContext,
    StageSettings,
    TimeStep,
)
from config.quantities import WindowSeconds
from domain.events import ColorName, ExposureItem, ExposureMeasured, GarmentName
from domain.frame import TimeSource
from domain.geometry import contains

_MICROSECOND = timedelta(microseconds=1)


def _distinct(brands: tuple[BrandSettings, ...]) -> tuple[BrandSettings, ...]:
    names = [brand.name.lower() for brand in brands]
    for brand in brands:
        if names.count(brand.name.lower()) > 1:
            raise ValueError(f"has the brand {brand.name} twice; each needs a name of its own")
    return brands


class ExposureSettings(StageSettings):
    """How long, and how large, garments, colours and brands are to be seen."""

    once: ClassVar[bool] = True
    needs_every_view: ClassVar[bool] = True

    kind: Literal["exposure"] = "exposure"
    window_s: WindowSeconds = Field(default=60, description="Length of the windows that it is added up over")
    brands: Annotated[tuple[BrandSettings, ...], AfterValidator(_distinct)] = Field(
        default=(), description="Uniforms and jerseys that are counted by their colours"
    )

    def build(self, context: StageContext) -> "ExposureStage":
        """See `StageSettings.build`."""
        return ExposureStage(self, context)


class Shown(NamedTuple):
    """What is to be seen, and in which zone its wearer stands; everything counts without a zone, too."""

    zone: str | None
    part: GarmentName | None
    color: ColorName | None
    brand: str | None


class ShownState(State):
    """One thing that was to be seen, see `Sum`; the times are microseconds."""

    version: Literal[1] = 1
    zone: str | None
    part: GarmentName | None
    color: ColorName | None
    brand: str | None
    screen_us: int
    person_us: int
    covered: float


class ExposureWindowState(State):
    """One open window."""

    version: Literal[1] = 1
    start: AwareDatetime
    first_moment: AwareDatetime
    time_source: TimeSource
    observed_us: int
    shown: tuple[ShownState, ...]


class ExposureState(State):
    """The open windows, and up to where all are closed."""

    version: Literal[1] = 1
    open: tuple[ExposureWindowState, ...]
    closed_until: AwareDatetime | None
    turns: int = 0


@dataclass(slots=True, eq=False)
class Sum:
    """Of one thing: time in which it was to be seen, the same over all wearers, and area times time, in parts of the picture."""

    screen: timedelta = timedelta()
    person: timedelta = timedelta()
    covered: float = 0.0


@dataclass(slots=True, eq=False)
class Window:
    """What was to be seen in a window so far."""

    start: datetime
    first_moment: datetime
    time_source: TimeSource
    observed: timedelta = timedelta()
    shown: dict[Shown, Sum] = field(default_factory=dict)


class ExposureStage(Stage[ExposureState]):
    """Says `ExposureMeasured` when a window is over in which anything was to be seen.

    A picture stands for the time since the one before it, as long as there was a signal and nobody could be lost meanwhile.
    """

    says = (ExposureMeasured,)
    state_type = ExposureState

    def __init__(self, settings: ExposureSettings, context: StageContext) -> None:
        self._identity = context.identity
        self._windows: Aligned[Window] = Aligned(timedelta(seconds=settings.window_s))
        self._late = timedelta(seconds=context.allowed_lateness_s)
        self._longest = timedelta(seconds=context.lost_after_s)
        self._brands = tuple(Brand(brand) for brand in settings.brands)

    def observe(self, observation: Observation) -> Sequence[Said]:
        """Add what a frame shows."""
        elapsed = observation.elapsed
        if elapsed is None or not elapsed.signal or elapsed.end - elapsed.begin > self._longest:
            return ()
        passed = elapsed.end - elapsed.begin
        window = self._at(observation.frame.event_time, observation.frame.time_source)
        window.observed += passed
        areas: dict[Shown, list[float]] = {}
        brands = self._brands_on(observation)
        for person, worn in zip(observation.persons, brands, strict=True):
            for shown, area in _worn(person, worn, observation):
                areas.setdefault(shown, []).append(area)
        for shown, each in areas.items():
            total = window.shown.setdefault(shown, Sum())
            total.screen += passed
            total.person += passed * len(each)
            total.covered += sum(each) * passed.total_seconds()
        return ()

    def advance(self, step: TimeStep) -> Sequence[Said]:
        """The windows that nothing more is expected for."""
        return self._said(self._windows.close(step.now - self._late))

    def finish(self, ending: Ending) -> Sequence[Said]:
        """All windows."""
        del ending
        return self._said(self._windows.close_all())

    def snapshot(self) -> ExposureState:
        """The open windows."""
        return ExposureState(
            open=tuple(
                ExposureWindowState(
                    start=window.start,
                    first_moment=window.first_moment,
                    time_source=window.time_source,
                    observed_us=window.observed // _MICROSECOND,
                    shown=tuple(_saved(shown, total) for shown, total in window.shown.items()),
                )
                for window in self._windows.open.values()
            ),
            closed_until=self._windows.closed_until,
            turns=self._windows.turns,
        )

    def restore(self, state: ExposureState) -> None:
        """The open windows."""
        self._windows.open = {
            saved.start: Window(
                saved.start,
                saved.first_moment,
                saved.time_source,
                saved.observed_us * _MICROSECOND,
                dict(map(_restored, saved.shown)),
            )
            for saved in state.open
        }
        self._windows.closed_until, self._windows.turns = state.closed_until, state.turns

    def _brands_on(self, observation: Observation) -> list[dict[str, int]]:
        """Of each person the brands that are shown, and by how many pixels."""
        people = [person.clothing.patches for person in observation.persons]
        shown: list[dict[str, int]] = [{} for _ in people]
        for brand in self._brands:
            for brands, area in zip(shown, brand.areas(people, observation.light), strict=True):
                if area:
                    brands[brand.name] = area
        return shown

    def _at(self, moment: datetime, time_source: TimeSource) -> Window:
        window = self._windows.at(moment, lambda start, first: Window(start, first, time_source))
        window.time_source = time_source
        return window

    def _said(self, windows: Sequence[Window]) -> list[ExposureMeasured]:
        return [self._event(window) for window in windows if window.shown]

    def _event(self, window: Window) -> ExposureMeasured:
        seconds = int(self._windows.length.total_seconds())
        about = self._windows.about(window.start, window.first_moment)
        return ExposureMeasured(
            event_id=self._identity.event_id("exposure", *about),
            stream_id=self._identity.stream_id,
            analysis_id=self._identity.analysis_id,
            event_time=window.start + self._windows.length,
            time_source=window.time_source,
            window_start=window.start,
            window_s=seconds,
            seconds_observed=window.observed.total_seconds(),
            items=tuple(_item(shown, window.shown[shown]) for shown in sorted(window.shown, key=_place)),
        )


def _worn(
    person: SeenPerson, brands: Mapping[str, int], observation: Observation
) -> Iterator[tuple[Shown, float]]:
    """What one person shows, and which part of the picture it covers: everywhere, and in each zone that the person is in."""
    frame, foot = observation.frame, person.foot
    zones = [
        zone.name
        for zone in observation.floor.zones
        if foot.known and contains(zone.polygon, (float(foot.x), float(foot.y)))
    ]
    picture = frame.width * frame.height
    for zone in (None, *zones):
        for garment in person.clothing.garments:
            area = garment.share * person.clothing.pixels / picture
            yield Shown(zone, garment.part, garment.color, None), area
        for name, pixels in brands.items():
            yield Shown(zone, None, None, name), pixels / picture


def _item(shown: Shown, total: Sum) -> ExposureItem:
    screen_s = total.screen.total_seconds()
    return ExposureItem(
        **shown._asdict(),
        screen_s=screen_s,
        person_s=total.person.total_seconds(),
        picture_share=min(1.0, total.covered / screen_s) if screen_s else 0.0,
    )


def _place(shown: Shown) -> tuple[str, str, str, str]:
    zone, part, color, brand = (word or "" for word in shown)
    return zone, brand, part, color


def _saved(shown: Shown, total: Sum) -> ShownState:
    return ShownState(
        **shown._asdict(),
        screen_us=total.screen // _MICROSECOND,
        person_us=total.person // _MICROSECOND,
        covered=total.covered,
    )


def _restored(saved: ShownState) -> tuple[Shown, Sum]:
    total = Sum(saved.screen_us * _MICROSECOND, saved.person_us * _MICROSECOND, saved.covered)
    return Shown(saved.zone, saved.part, saved.color, saved.brand), total
