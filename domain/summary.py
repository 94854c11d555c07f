"""What a run says at its end, as written into `summary.json`."""

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.events import BodyCounts, ClothingCounts, Count, Detail, Seconds


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class ParserSummary(_Model):
    """Which parser made the numbers."""

    name: str
    version: str
    precision: str
    checksum: str = ""
    """Of the network that computed, SHA-256."""


class _Files(_Model):
    """Some files of a folder, alike in their endings."""

    format: str
    """Ending of their names, in capitals."""
    files: Count
    names: tuple[str, ...]
    """The first of them, as `domain.names.shown_name` shows names."""
    reason: str
    """In one line, with what to do about it."""

    def _listed(self) -> str:
        return ", ".join(self.names) + (", ..." if self.files > len(self.names) else "")


class FilesLeftOut(_Files):
    """Files of a folder that look like pictures or films and were not read."""

    def __str__(self) -> str:
        """One line for people."""
        were = "file was" if self.files == 1 else "files were"
        return f"{self.files} {self.format} {were} left out ({self._listed()}): {self.reason}"


class FilesInPart(_Files):
    """Files of a folder that move or have pages, of which only the first picture was counted."""

    def __str__(self) -> str:
        """One line for people."""
        holds = "file holds" if self.files == 1 else "files hold"
        return (
            f"{self.files} {self.format} {holds} several pictures ({self._listed()}), of which only the first is counted: "
            f"{self.reason}"
        )


class SiteCounts(_Model):
    """Who was before all cameras of a site, three ways that are not to be mixed; without staff but for `tracks`."""

    tracks: Count = 0
    """Confirmed tracks, visits or not."""
    visits: Count = 0
    visitors: Count = 0
    """Estimated visitors among the visits."""
    in_doubt: Count = 0
    """Of `visitors`, those who look like somebody of before, and like somebody else. Others may be wrong as well, either way."""

    def __add__(self, other: "SiteCounts") -> "SiteCounts":
        return SiteCounts(
            tracks=self.tracks + other.tracks,
            visits=self.visits + other.visits,
            visitors=self.visitors + other.visitors,
            in_doubt=self.in_doubt + other.in_doubt,
        )


def of_sites(parts: Iterable[Mapping[str, SiteCounts]]) -> dict[str, SiteCounts]:
    """Sums by site."""
    sums: dict[str, SiteCounts] = {}
    for part in parts:
        for site, counts in part.items():
            sums[site] = sums.get(site, SiteCounts()) + counts
    return dict(sorted(sums.items()))


class StreamSummary(_Model):
    """One stream of a run."""

    stream_id: str
    source: str
    """As the user gave it, without any password."""
    media_seconds: Seconds
    frames_read: Count
    frames_sampled: Count
    frames_parsed: Count
    frames_rested: Count = 0
    """Of `frames_parsed`: nothing had moved, so whom the finder had found before was there still (`finder.rest_s`)."""
    frames_dropped: Count
    frames_damaged: Count = 0
    """Read, but left out because parts of them are missing or wrong."""
    persons_max: Count
    persons_mean: float
    visits: Count
    tracks: Count = 0
    """Confirmed tracks, visits or not."""
    visitors: Count = 0
    """Estimated visitors among the visits, without staff; 0 where they are not estimated."""
    site_counts: dict[str, SiteCounts] = Field(default_factory=dict)
    """What this stream has told of its site, of visits before whichever camera; the sums are the run's `sites`."""
    clothing: ClothingCounts
    staff_visits: Count = 0
    """Of `visits`, those of staff."""
    staff_clothing: ClothingCounts = Field(default_factory=dict)
    """Of `clothing`, what staff wore."""
    body: BodyCounts = Field(default_factory=dict)
    """Visits by what covers upper and lower body, and its colour, whatever it is called."""
    parser: ParserSummary
    views: Literal["every", "best"] = "every"
    """Whether everybody was parsed in every frame, or each visit in its best views: `parser.views`."""
    analysis_id: str | None = None
    """What these numbers belong to; see `run.json`."""
    wall_seconds: Seconds
    realtime_factor: float
    """media_seconds / wall_seconds."""
    left_out: tuple[FilesLeftOut, ...] = ()
    """Of a folder: what was passed over."""
    in_part: tuple[FilesInPart, ...] = ()
    """Of a folder: of what only the first picture was counted."""
    faults: Count = 0
    """Faults of Footfall's own that it met; a camera began again after them, and its numbers are those of all its parts."""
    problem: str | None = None
    """Why the stream ended before its end, in one line."""
    pictures_missing_s: Seconds = 0.0
    """Seconds that its pictures lack, because the run was cut off and gone on with."""


class SinkSummary(_Model):
    """What became of the events on their way to one sink."""

    name: str
    events_stored: Count
    events_undelivered: Count
    events_waiting: Count = 0
    """Kept in the spool for it; a later run, or `footfall deliver`, sends them."""
    problem: str | None = None


class RunSummary(_Model):
    """A whole run."""

    footfall_version: str
    run_id: str | None = None
    """See `run.json`."""
    interrupted: bool
    """Ended by Ctrl-C or SIGTERM; what was counted until then is kept."""
    resumed: Count = 0
    """How often the run was cut off and gone on with."""
    streams: tuple[StreamSummary, ...]
    sites: dict[str, SiteCounts] = Field(default_factory=dict)
    """By name, of the sites that cameras belong to."""
    sinks: tuple[SinkSummary, ...]
    events: Detail = "full"
    """Which events have left: `privacy.events`."""
    min_group: Count = 1
    """Fewest people that a number may be about: `privacy.min_group`; 0 or nothing stands where there were fewer."""

    @property
    def privacy_note(self) -> str | None:
        """What is not told, in one line."""
        if self.min_group > 1:
            return (
                f"No number is about fewer than {self.min_group} people (privacy.min_group): intervals are merged, and 0 or "
                "nothing stands where there were fewer"
            )
        return None if self.events == "full" else f"Events are kept by privacy.events: {self.events}"
