"""What the post-processing of a frame needs, as law; sources, parsers, trackers and sinks have modules of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from analytics.snapshots import StreamSnapshot
from domain.events import BodyCounts, ClothingCounts, Event, FrameObserved
from domain.frame import BgrImage, Frame, SignalLost, SignalRestored
from domain.parsing import ParsedFrame, TrackIds
from domain.rendering import CoveredFrame
from domain.summary import SiteCounts
from pipeline.floor_counts import FloorCountsState


class Totals(Protocol):
    """What a stream has counted so far; the fields are those of `StreamSummary`."""

    @property
    def persons_max(self) -> int:
        """Most persons in one frame."""
        ...

    @property
    def persons_mean(self) -> float:
        """Persons per parsed frame."""
        ...

    @property
    def visits(self) -> int:
        """Visits that have ended."""
        ...

    @property
    def tracks(self) -> int:
        """Confirmed tracks that have ended."""
        ...

    @property
    def visitors(self) -> int:
        """Estimated visitors among the visits."""
        ...

    @property
    def sites(self) -> dict[str, SiteCounts]:
        """What was told of the stream's site."""
        ...

    @property
    def clothing(self) -> ClothingCounts:
        """Of the visits that have ended."""
        ...

    @property
    def staff_visits(self) -> int:
        """Of the visits, those of staff."""
        ...

    @property
    def body(self) -> BodyCounts:
        """Visits by what covers upper and lower body, and its colour."""
        ...

    @property
    def staff_clothing(self) -> ClothingCounts:
        """What staff wore."""
        ...


class Analytics(Protocol):
    """Turns the parsed frames of one stream into events. One thread, items in order."""

    def observe(self, frame: Frame, parsed: ParsedFrame, track_ids: TrackIds) -> Sequence[Event]:
        """Count one frame; exactly one of the events is its `FrameObserved`, and it comes first."""
        ...

    def signal_lost(self, item: SignalLost) -> Sequence[Event]:
        """The camera is gone."""
        ...

    def signal_restored(self, item: SignalRestored) -> Sequence[Event]:
        """The camera is back."""
        ...

    def advance(self, now: datetime) -> Sequence[Event]:
        """It is that late on the stream's own clock, though nothing came: close what is due."""
        ...

    def finish(self, frames_read: int, frames_sampled: int, frames_damaged: int) -> Sequence[Event]:
        """Nothing more comes: end the visits and close the windows. The counts are the source's last word."""
        ...

    def leave(self) -> Sequence[Event]:
        """It goes on no more in this process, though it is not over: nobody is to wait for it."""
        ...

    def totals(self) -> Totals:
        """Counts so far."""
        ...

    def snapshot(self) -> StreamSnapshot:
        """All that is remembered between two calls."""
        ...

    def restore(self, snapshot: StreamSnapshot) -> None:
        """Go on from there, with the events of never having stopped; raises `SnapshotError` where it does not fit."""
        ...


class Drawing(Protocol):
    """Draws an overlay."""

    def draw(self, frame: CoveredFrame, parsed: ParsedFrame, observed: FrameObserved) -> BgrImage:
        """Draw on a copy of the frame's picture."""
        ...


class Counting(Protocol):
    """Hears of all events, for numbers that are drawn."""

    def hear(self, events: Sequence[Event]) -> None:
        """Before the picture is drawn that they came with."""
        ...

    def snapshot(self) -> FloorCountsState:
        """What it has counted."""
        ...

    def restore(self, state: FloorCountsState) -> None:
        """Go on counting from there."""
        ...
