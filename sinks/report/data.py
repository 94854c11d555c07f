"""What a report is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.events import Event, VisitEnded, WindowClosed
from domain.summary import RunSummary
from sinks.report.heat import HeatMap
from sinks.report.shapes import FloorShapes

_SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True, slots=True)
class Still:
    """One overlay picture of a stream.

    Attributes:
        stream_id: Name of the camera or recording.
        caption: One line; it is the alternative text too.
        image: The encoded picture, JPEG or PNG.

    Raises:
        ValueError: The bytes are neither.
    """

    stream_id: str
    caption: str
    image: bytes

    def __post_init__(self) -> None:
        if not any(self.image.startswith(signature) for signature in _SIGNATURES):
            raise ValueError(f"image must be JPEG or PNG bytes, got {self.image[:8]!r}")

    @property
    def media_type(self) -> str:
        """`image/jpeg` or `image/png`."""
        return next(name for signature, name in _SIGNATURES.items() if self.image.startswith(signature))


@dataclass(frozen=True, slots=True)
class ReportData:
    """A run, as the report shows it.

    Attributes:
        summary: Every total of the report comes from here.
        windows: Windows that do not overlap within a stream, in any order.
        listed: Events of the kinds that the report has lists of, all of the run or the latest, in any order.
        stills: In the order in which they are shown.
        left_out: How many earlier events are not among those listed, by `event_type`.
        shapes: Lines and zones, by stream.
        heat: Where people stood, by stream.
        sizes: Width and height of the picture in pixels, by stream, where they are known.
        floors: By stream, a picture with nothing drawn over it.
        spans: Of the first and the last picture, by stream, where single frames are told.
    """

    summary: RunSummary
    windows: Sequence[WindowClosed] = ()
    listed: Sequence[Event] = ()
    stills: Sequence[Still] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    shapes: Mapping[str, FloorShapes] = field(default_factory=dict)
    heat: Mapping[str, HeatMap] = field(default_factory=dict)
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    floors: Mapping[str, Still] = field(default_factory=dict)
    spans: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)

    @property
    def visits(self) -> list[VisitEnded]:
        """Those among the listed events."""
        return [event for event in self.listed if isinstance(event, VisitEnded)]
