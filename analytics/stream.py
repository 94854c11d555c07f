"""The analytics of one stream: frames with tracks in, events out."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.clothing import Clothing, clothes_of, without_colors
from analytics.illuminant import LightMeter
from analytics.options import AnalyticsOptions
from analytics.people import persons_of
from analytics.timeline import Span, Timeline
from analytics.visits import VisitBook
from analytics.windows import FrameCounts, Windows, sorted_counts
from domain.events import (
    ColorName,
    Event,
    FrameObserved,
    GarmentName,
    PersonObserved,
    VisitEnded,
    WindowClosed,
    event_id,
    timestamp,
)
from domain.frame import Frame, SignalLost, SignalRestored
from domain.parsing import UNTRACKED, ParsedFrame, PersonView, TrackIds


@dataclass(frozen=True, slots=True)
class StreamTotals:
    """What a whole stream has come to so far.

    Attributes:
        frames_parsed: Frames observed.
        persons_max: Most persons in one frame.
        persons_mean: Mean over the frames observed; 0 without any.
        visits: Visits ended.
        clothing: Visits by garment and its colour, both in alphabetical order.
    """

    frames_parsed: int
    persons_max: int
    persons_mean: float
    visits: int
    clothing: dict[GarmentName, dict[ColorName, int]]


class StreamAnalytics:
    """Counts one stream. One thread, everything in the order in which it came from the source.

    Pure: there is no clock but the frames' own, and the same calls give the same events with the same ids.

    Args:
        stream_id: Name of the stream in all events.
        options: Limits and lengths.
    """

    def __init__(self, stream_id: str, options: AnalyticsOptions | None = None) -> None:
        self._stream_id = stream_id
        self._options = options or AnalyticsOptions()
        self._meter = LightMeter()
        self._visits = VisitBook(stream_id, self._options)
        lateness = timedelta(seconds=self._options.allowed_lateness_s + self._options.lost_after_s)
        self._windows = [
            Windows(stream_id, length, lateness) for length in sorted(self._options.window_lengths_s)
        ]
        self._time = Timeline(lateness)
        self._counted = FrameCounts(read=0, sampled=0, parsed=0)
        self._persons = 0
        self._persons_max = 0
        self._ended = 0
        self._clothing: defaultdict[GarmentName, Counter[ColorName]] = defaultdict(Counter)

    def observe(self, frame: Frame, parsed: ParsedFrame, track_ids: TrackIds) -> list[Event]:
        """Take a parsed frame.

        Args:
            frame: The frame.
            parsed: Its persons.
            track_ids: Shape (N,) int64, the track of person i + 1 in entry i, or UNTRACKED.

        Returns:
            The FrameObserved first, then visits that are over, in the order of their ends, then windows that are,
            oldest first.

        Raises:
            ValueError: The number of track ids is not the number of persons.
        """
        if len(track_ids) != len(parsed):
            raise ValueError(f"track_ids must be {len(parsed)} numbers, got {len(track_ids)}")
        before = self._mind_the_clock(frame)
        self._pass_time(self._time.move(frame.event_time, frame.time_source))
        people = self._look(frame, parsed)
        for person, clothing in people:
            track_id = int(track_ids[person.person_id - 1])
            if track_id != UNTRACKED:
                self._visits.see(track_id, clothing, frame.event_time, frame.time_source)
        self._count_frame(frame, len(people))
        return [self._frame_event(frame, people, track_ids), *before, *self._settle()]

    def signal_lost(self, item: SignalLost) -> list[Event]:
        """The source has lost its camera: from then on time passes without a signal.

        Returns:
            Visits and windows that are over.
        """
        self._pass_time(self._time.move(item.event_time, item.time_source))
        self._time.change_signal(present=False)
        return self._settle()

    def signal_restored(self, item: SignalRestored) -> list[Event]:
        """Pictures come again.

        A person who was in view before a gap of more than `lost_after_s` makes another visit after it.

        Returns:
            Visits and windows that are over.
        """
        self._pass_time(self._time.move(item.event_time, item.time_source))
        self._time.change_signal(present=True)
        return self._settle()

    def advance(self, now: datetime) -> list[Event]:
        """Time passes without a frame, and closes visits and windows. To be called about once a second for a live source.

        Args:
            now: What the stream's own clock shows now, aware; a camera's may differ from this machine's.

        Returns:
            Visits and windows that are over.
        """
        self._pass_time(self._time.wait(now))
        return self._settle()

    def finish(self, frames_read: int, frames_sampled: int, frames_damaged: int = 0) -> list[Event]:
        """The stream is over: end what is open.

        Args:
            frames_read: All that the source has read, those after the last parsed frame included.
            frames_sampled: All that it has sampled.
            frames_damaged: All that it has left out as damaged.

        Returns:
            Visits that were still open, then all open windows.
        """
        if self._time.now is None:
            return []
        rest = self._uncounted(
            FrameCounts(frames_read, frames_sampled, self._counted.parsed, damaged=frames_damaged)
        )
        if rest.read or rest.sampled or rest.damaged:
            for windows in self._windows:
                windows.add_unparsed(self._time.now, rest, self._time.source)
        self._time.restart()
        return self._end_everything(self._visits.end_all("stream-end"))

    def totals(self) -> StreamTotals:
        """Sums so far; the visits still open are not in them."""
        parsed = self._counted.parsed
        return StreamTotals(
            frames_parsed=parsed,
            persons_max=self._persons_max,
            persons_mean=self._persons / parsed if parsed else 0.0,
            visits=self._ended,
            clothing=sorted_counts(self._clothing),
        )

    def _mind_the_clock(self, frame: Frame) -> list[Event]:
        """End what cannot go on where the clock was set: everything when backwards, the visits when far ahead."""
        if self._time.was_set_back(frame.event_time):
            self._time.restart()
            return self._end_everything(self._visits.end_all("lost"))
        if self._time.jumps(frame.event_time):
            return list(self._count_ended(self._visits.end_all("lost")))
        return []

    def _end_everything(self, visits: list[VisitEnded]) -> list[Event]:
        ended = self._count_ended(visits)
        return [*ended, *_in_order(event for windows in self._windows for event in windows.close_all())]

    def _pass_time(self, span: Span | None) -> None:
        if span is not None:
            for windows in self._windows:
                windows.add_time(span, self._time.source)

    def _look(self, frame: Frame, parsed: ParsedFrame) -> list[tuple[PersonView, Clothing]]:
        light = self._meter.read(frame.image, parsed.labels)
        persons = persons_of(parsed, self._options.min_person_pixels)
        clothes = clothes_of(persons, frame.image, light, self._options)
        if not frame.colors_known:
            clothes = [without_colors(worn) for worn in clothes]
        return list(zip(persons, clothes, strict=True))

    def _count_frame(self, frame: Frame, persons: int) -> None:
        reached = FrameCounts(
            frame.index + 1, frame.sample_index + 1, self._counted.parsed + 1, frame.frames_damaged
        )
        counts = self._uncounted(reached)
        for windows in self._windows:
            windows.add_frame(frame.event_time, persons, counts, frame.time_source)
        self._persons += persons
        self._persons_max = max(self._persons_max, persons)

    def _uncounted(self, reached: FrameCounts) -> FrameCounts:
        """What has come since the last call. Counts of the source that go back (it was opened again) begin anew."""
        before = self._counted
        self._counted = reached
        read = reached.read - before.read if reached.read >= before.read else reached.read
        sampled = reached.sampled - before.sampled if reached.sampled >= before.sampled else reached.sampled
        damaged = reached.damaged - before.damaged if reached.damaged >= before.damaged else reached.damaged
        return FrameCounts(read, sampled, reached.parsed - before.parsed, damaged)

    def _settle(self) -> list[Event]:
        """Close what is over by now."""
        now = self._time.now
        if now is None:
            return []
        for moment in self._visits.begun():
            for windows in self._windows:
                windows.add_begun(moment, self._time.source)
        ended = self._count_ended(self._visits.end_lost(now))
        return [*ended, *_in_order(event for windows in self._windows for event in windows.close(now))]

    def _count_ended(self, visits: list[VisitEnded]) -> list[VisitEnded]:
        self._ended += len(visits)
        for visit in visits:
            for item in visit.outfit:
                self._clothing[item.part][item.color] += 1
            for windows in self._windows:
                windows.add_ended(visit)
        return visits

    def _frame_event(
        self, frame: Frame, people: list[tuple[PersonView, Clothing]], track_ids: TrackIds
    ) -> FrameObserved:
        return FrameObserved(
            event_id=event_id(self._stream_id, "frame", f"{timestamp(frame.event_time)} {frame.index}"),
            stream_id=self._stream_id,
            event_time=frame.event_time,
            time_source=frame.time_source,
            frame_index=frame.index,
            media_time_s=frame.media_time_s,
            width=frame.width,
            height=frame.height,
            persons=tuple(
                _person_event(person, clothing, int(track_ids[person.person_id - 1]))
                for person, clothing in people
            ),
        )


def _person_event(person: PersonView, clothing: Clothing, track_id: int) -> PersonObserved:
    return PersonObserved(
        track_id=None if track_id == UNTRACKED else track_id,
        box=(person.left, person.top, person.right, person.bottom),
        score=person.score,
        garments=clothing.garments,
    )


def _in_order(windows: Iterable[WindowClosed]) -> list[WindowClosed]:
    return sorted(windows, key=lambda event: (event.event_time, event.window_s))
