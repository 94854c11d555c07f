"""What a window says of lines, zones and rooms."""

from pydantic import Field

from domain.events.base import Count, EventPart, Seconds


class LineCounts(EventPart):
    """Who crossed one line within a window."""

    line: str = Field(description="Name of the line")
    came_in: Count = Field(description="Crossings inwards")
    went_out: Count = Field(description="Crossings outwards")
    staff_in: Count = Field(default=0, description="Of `came_in`, those of staff")
    staff_out: Count = Field(default=0, description="Of `went_out`, those of staff")
    uncertain_in: Count = Field(
        default=0,
        description="Tracks that began or were lost near the line and may have come in; not in `came_in`",
    )
    uncertain_out: Count = Field(
        default=0,
        description="Tracks that began or were lost near the line and may have gone out; not in `went_out`",
    )


class ZoneCounts(EventPart):
    """Who was in one zone within a window."""

    zone: str = Field(description="Name of the zone")
    entries: Count = Field(description="Stays that began in the window")
    staff_entries: Count = Field(default=0, description="Of `entries`, those of staff")
    ended: Count = Field(description="Stays that ended in the window")
    occupancy_min: Count = Field(description="Fewest persons at once")
    occupancy_mean: float = Field(ge=0, description="Persons at once on average over the time with a signal")
    occupancy_max: Count = Field(description="Most persons at once")
    dwell_median_s: Seconds | None = Field(
        default=None,
        description="Half of the stays that ended in the window were no longer; null without any",
    )
    dwell_p90_s: Seconds | None = Field(
        default=None,
        description="Nine tenths of the stays that ended in the window were no longer; null without any",
    )
    captured: Count | None = Field(
        default=None,
        description="Of a zone that leads to lines: persons who came in by one of them within a minute of being in the zone, "
        "without staff; divided by `entries` less `staff_entries` it is the capture rate; null for others",
    )


class RoomCounts(EventPart):
    """Who is inside one room at the end of a window."""

    room: str = Field(description="Name of the room")
    inside: Count = Field(
        description="Persons inside at the end: who came in less who went out since the count began, never below 0"
    )
    inside_max: Count = Field(description="Most persons inside at once")
    drift: int = Field(
        description="What was left when the count last began again, when nobody was inside: above 0, more were seen to come in "
        "than to go out; plus what would have gone below 0 since"
    )
    uncertain: Count = Field(
        default=0, description="Uncertain crossings of its doors within the window; not in `inside`"
    )
