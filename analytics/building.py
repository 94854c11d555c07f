"""From settings to the analytics of one stream."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType

from analytics.floor import NO_PLAN, PLANS, FloorPlan
from analytics.observing import ObservationSettings
from analytics.site import Sites
from analytics.snapshots import StreamSnapshot
from analytics.stages.base import StageContext, StageSettings
from analytics.stages.crossings import CrossingsSettings
from analytics.stages.frames import FramesSettings
from analytics.stages.totals import TotalsSettings
from analytics.stages.visits import VisitsSettings
from analytics.stages.ways import WaysSettings
from analytics.stages.windows import WindowsSettings
from analytics.stages.zones import ZonesSettings
from analytics.stream import NamedStage, StreamAnalytics
from config.component import Component
from config.registry import group
from domain.errors import SettingsError, SnapshotError
from domain.events import StreamIdentity

DEFAULT: Mapping[str, Component] = MappingProxyType(
    {
        "observation": ObservationSettings(),
        "frames": FramesSettings(),
        "visits": VisitsSettings(),
        "ways": WaysSettings(),
        "crossings": CrossingsSettings(),
        "zones": ZonesSettings(),
        "windows": WindowsSettings(),
        "totals": TotalsSettings(),
    }
)
"""What is counted where nothing else is said."""


def build_analytics(
    stream: StreamIdentity | str,
    lost_after_s: float,
    settings: Mapping[str, Component] = DEFAULT,
    plan: FloorPlan = NO_PLAN,
    sites: Sites | None = None,
) -> StreamAnalytics:
    """The analytics of one stream.

    Args:
        stream: Its name and what the ids of its events are made from; the name alone where no analysis is known.
        lost_after_s: A track not seen for longer is over; the tracker's own.
        settings: By name, those of this stream: an `ObservationSettings` or none, and a `StageSettings` for each stage. The stages
            `frames` and `totals`, which overlays and the summary rest on, are added where they are left out.
        plan: What the settings say of the camera's floor.
        sites: What it has in common with other streams; None where it is alone.

    Raises:
        SettingsError: A kind of which a stream has only one is there twice, or stages wait for each other in a circle.
    """
    _check_once(settings)
    observations = [one for one in settings.values() if isinstance(one, ObservationSettings)]
    stages = _with_essentials({name: one for name, one in settings.items() if isinstance(one, StageSettings)})
    observation = observations[0] if observations else ObservationSettings()
    identity = StreamIdentity(stream) if isinstance(stream, str) else stream
    lateness_s = observation.allowed_lateness_s
    context = StageContext(identity, lost_after_s, lateness_s, plan, sites or Sites())
    built = [NamedStage(name, one, one.build(context)) for name, one in stages.items()]
    return StreamAnalytics(context, observation, in_order(built))


def saved_analytics(snapshot: StreamSnapshot, sites: Sites | None = None) -> StreamAnalytics:
    """The analytics of a camera that a snapshot was made of, in that state, with the stages and settings of then.

    Args:
        snapshot: Of that camera.
        sites: Shared with other cameras; None where it is alone.

    Raises:
        SnapshotError: A package that took part is not there any more, or is of another version.
    """
    held = dict(snapshot.settings)
    analysis_id, lost_after_s = held.pop("analysis_id", None), held.pop("lost_after_s", None)
    floor = held.pop("floor", None)
    known = group(StageSettings.group).models
    try:
        settings: dict[str, Component] = {
            name: known[saved.kind].model_validate(saved.settings) for name, saved in snapshot.stages.items()
        }
        settings["observation"] = ObservationSettings.model_validate(held)
        identity = StreamIdentity(snapshot.stream_id, None if analysis_id is None else str(analysis_id))
        plan = NO_PLAN if floor is None else PLANS.validate_python(floor)
        analytics = build_analytics(identity, float(str(lost_after_s)), settings, plan, sites)
    except (KeyError, ValueError) as error:
        raise SnapshotError(
            f"the state of {snapshot.stream_id} does not fit this Footfall: {error}"
        ) from None
    analytics.restore(snapshot)
    return analytics


def _with_essentials(stages: Mapping[str, StageSettings]) -> dict[str, StageSettings]:
    """The stages with `frames` in front, since what a frame itself says comes first, and with `totals`."""
    frames = {name: one for name, one in stages.items() if isinstance(one, FramesSettings)}
    complete = (frames or {"frames": FramesSettings()}) | dict(stages)
    if not any(isinstance(one, TotalsSettings) for one in stages.values()):
        complete["totals"] = TotalsSettings()
    return complete


def in_order(stages: Sequence[NamedStage]) -> list[NamedStage]:
    """Each stage after those that say what it hears; otherwise as given.

    Raises:
        SettingsError: They wait for each other in a circle.
    """
    by_name = {named.name: named for named in stages}
    sorter = TopologicalSorter({named.name: list(_before(named, stages)) for named in stages})
    try:
        return [by_name[name] for name in sorter.static_order()]
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise SettingsError(
            f"analytics: these stages wait for each other: {circle}; leave one of them out"
        ) from None


def _before(named: NamedStage, stages: Sequence[NamedStage]) -> Iterator[str]:
    hears = named.stage.hears
    for other in stages:
        if other is not named and any(issubclass(said, hears) for said in other.stage.says):
            yield other.name


def _check_once(settings: Mapping[str, Component]) -> None:
    first: dict[str, str] = {}
    for name, one in settings.items():
        once = one.once if isinstance(one, StageSettings) else True
        if once and first.setdefault(one.kind, name) != name:
            raise SettingsError(
                f"analytics.{first[one.kind]} and analytics.{name} are both of kind {one.kind}, of which a stream has one; "
                "leave one of them out"
            )
