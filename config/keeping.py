"""For how many days what a run has written stays."""

from typing import Any, TypeAlias

from pydantic import Field, create_model

from config.quantities import Days, Section
from domain.events.registry import OWN_KINDS

_Days: TypeAlias = Days | None

OTHERS = "others"
"""Stands for the kinds of event of packages beside Footfall."""


class KeepEvents(Section):
    """Days by table: events of a camera stay so long after what they tell of, those of a recording after its analysis."""

    def days(self) -> dict[str, float]:
        """Days of what has a number, by key."""
        return self.model_dump(exclude_none=True)


def _of_events() -> dict[str, Any]:
    """A key for each kind of event, called like its table."""
    kinds = {kind.table.name: kind.about for kind in OWN_KINDS}
    return {
        **{
            table: (_Days, Field(default=None, description=f"Events in `{table}`: {about}"))
            for table, about in kinds.items()
        },
        OTHERS: (_Days, Field(default=None, description="Events of packages beside Footfall")),
    }


KeepDaysOfEvents: Any = create_model(
    "KeepDaysOfEvents",
    __base__=KeepEvents,
    __doc__="Days after which events are deleted, by their table; without a number they stay.",
    **_of_events(),
)


class KeepDays(KeepDaysOfEvents):
    """Days after which things are deleted; without a number they stay."""

    pictures: _Days = Field(
        default=None, description="Overlays, label maps and reports with stills that nobody writes any more"
    )
    audit: _Days = Field(default=None, description="Lines of the service's audit log")
