"""The three ways in which a run sees people, for whoever compares them: without a finder, with one, and with best views."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from config.adding import finder_from, parser_from
from domain.frame import Frame
from domain.parsing import ParsedFrame, TrackIds
from pipeline.finders.base import Found
from pipeline.finding import ViewParser, build_parser
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.tracking.settings import ByteTrackSettings
from pipeline.views.best import BestViews, ViewLimits

Way: TypeAlias = Literal["none", "every", "best"]
"""Without a finder; with one, and everybody parsed in every frame; with one, and best views."""

Followed: TypeAlias = tuple[ParsedFrame, TrackIds]

TITLES: Mapping[Way, str] = {
    "none": "finder: none",
    "every": "finder: lite, views: every",
    "best": "finder: lite, views: best",
}
TRACKING = ByteTrackSettings()


def usual_views(parser: ViewParser) -> BestViews:
    """Best views of a stream with that parser, as a run has them by default."""
    return BestViews(ByteTracker(TRACKING), parser, ViewLimits(lost_after_s=TRACKING.lost_after_s))


class Eyes:
    """Sees and follows people in one of the ways. Frames in order.

    Args:
        way: Which.
    """

    def __init__(self, way: Way) -> None:
        kind = finder_from("none" if way == "none" else "lite", "benchmarks")
        self._parser = build_parser(parser_from({"kind": "lite"}, "benchmarks"), kind, streams=1)
        self._tracker = ByteTracker(TRACKING)
        self._views: BestViews | None = None
        if way == "best" and isinstance(self._parser, ViewParser):
            self._views = usual_views(self._parser)

    def see(self, frame: Frame) -> tuple[ParsedFrame | Found, Followed]:
        """What is seen at once, and what it comes to when the frame is dealt with."""
        if self._views is not None and isinstance(self._parser, ViewParser):
            found = self._parser.find(frame.image)
            return found, self._views.follow(frame, found)
        parsed = self._parser.parse(frame.image)
        return parsed, (parsed, self._tracker.update(frame, parsed))
