"""The analytics of one stream: frames with tracks in, events out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from analytics.counting import NO_FRAMES, FrameCounts
from analytics.floor import PLANS
from analytics.observing import ObservationSettings, Observer, ObserverState
from analytics.snapshots import (
    StageSnapshot,
    State,
    StreamSnapshot,
    as_json,
    must_be_same,
    state_from,
)
from analytics.stages.base import (
    AnyStage,
    Ending,
    Observation,
    Said,
    StageContext,
    StageSettings,
    TimeStep,
)
from analytics.stages.totals import StreamTotals, TotalsStage
from analytics.timeline import ElapsedTime, Timeline, TimelineState
from domain.events import Event
from domain.frame import Frame, SignalLost, SignalRestored
from domain.parsing import ParsedFrame, TrackIds

_Call: TypeAlias = Callable[[AnyStage, Sequence[Said]], Sequence[Said]]


@dataclass(frozen=True, slots=True)
class NamedStage:
    """A stage of a stream, under its name, with the settings that it was built from."""

    name: str
    settings: StageSettings
    stage: AnyStage


class StreamState(State):
    """What a stream remembers beside its stages.

    Attributes:
        time: How far it has come.
        seen: In which light and perspective people were seen.
        counted: Frames of the source up to the newest observation.
    """

    version: Literal[2] = 2
    time: TimelineState
    seen: ObserverState
    counted: FrameCounts


class StreamAnalytics:
    """Counts one stream: looks at each frame, keeps the time, and hands both to the stages in turn.

    One thread, everything in the order in which it came from the source. Pure: there is no clock but the frames' own, and
    the same calls give the same events with the same ids.

    Args:
        context: What the stages were built for.
        observation: What counts in a frame.
        stages: In the order in which they hear of things.
    """

    def __init__(
        self, context: StageContext, observation: ObservationSettings, stages: Sequence[NamedStage]
    ) -> None:
        self._context = context
        self._observation = observation
        self._stages = tuple(stages)
        self._observer = Observer(observation, context.plan)
        self._time = Timeline(context.settled_after)
        self._counted = NO_FRAMES
        self._settings = {
            "analysis_id": context.identity.analysis_id,
            "lost_after_s": context.lost_after_s,
            "floor": PLANS.dump_python(context.plan, mode="json"),
            **as_json(observation),
        }

    def observe(self, frame: Frame, parsed: ParsedFrame, track_ids: TrackIds) -> list[Event]:
        """Take a parsed frame.

        Args:
            frame: The frame.
            parsed: Its persons.
            track_ids: Shape (N,) int64, the track of person i + 1 in entry i, or UNTRACKED.

        Returns:
            What the frame itself says first (its FrameObserved), then what had to end before it because the clock was set,
            then what is over by now, from each stage in turn.

        Raises:
            ValueError: The number of track ids is not the number of persons.
        """
        if len(track_ids) != len(parsed):
            raise ValueError(f"track_ids must be {len(parsed)} numbers, got {len(track_ids)}")
        ended = self._mind_the_clock(frame)
        elapsed = self._time.move(frame.event_time, frame.time_source)
        reached = FrameCounts(
            frame.index + 1, frame.sample_index + 1, self._counted.parsed + 1, frame.frames_damaged
        )
        persons, light = self._observer.look(frame, parsed, track_ids)
        observation = Observation(
            frame=frame,
            persons=persons,
            counts=self._count(reached),
            elapsed=elapsed,
            heard=(),
            floor=self._observer.floor(frame),
            light=light,
        )
        seen = self._each(lambda stage, heard: stage.observe(replace(observation, heard=heard)))
        return [*seen, *ended, *self._advance(None)]

    def signal_lost(self, item: SignalLost) -> list[Event]:
        """The source has lost its camera: from then on time passes without a signal.

        Returns:
            What is over by then.
        """
        elapsed = self._time.move(item.event_time, item.time_source)
        self._time.change_signal(present=False)
        return self._advance(elapsed)

    def signal_restored(self, item: SignalRestored) -> list[Event]:
        """Pictures come again.

        A person who was in view before a gap of more than `lost_after_s` makes another visit after it.

        Returns:
            What is over by then.
        """
        elapsed = self._time.move(item.event_time, item.time_source)
        self._time.change_signal(present=True)
        return self._advance(elapsed)

    def advance(self, now: datetime) -> list[Event]:
        """Time passes without a frame, and ends visits and windows. To be called about once a second for a live source.

        Args:
            now: What the stream's own clock shows now, aware; a camera's may differ from this machine's.

        Returns:
            What is over by then.
        """
        return self._advance(self._time.wait(now))

    def finish(self, frames_read: int, frames_sampled: int, frames_damaged: int = 0) -> list[Event]:
        """The stream is over: end what is open.

        Args:
            frames_read: All that the source has read, those after the last parsed frame included.
            frames_sampled: All that it has sampled.
            frames_damaged: All that it has left out as damaged.

        Returns:
            Visits that were still open, then all open windows.
        """
        now, time_source = self._time.now, self._time.source
        if now is None:
            return self.leave()
        reached = FrameCounts(frames_read, frames_sampled, self._counted.parsed, frames_damaged)
        unparsed = self._count(reached)
        self._time.restart()
        return self._finish(Ending("stream-end", now, time_source, unparsed))

    def leave(self) -> list[Event]:
        """The stream goes on no more in this process, though it is not over: nobody is to wait for it."""
        return self._each(lambda stage, _: stage.leave())

    def totals(self) -> StreamTotals:
        """Sums so far; the visits still open are not in them. All zero without a stage that adds up."""
        stages = (named.stage for named in self._stages)
        return next((stage.totals() for stage in stages if isinstance(stage, TotalsStage)), StreamTotals())

    def snapshot(self) -> StreamSnapshot:
        """All that is remembered, to go on from in another process; later calls do not change what was returned."""
        stream = StreamState(
            time=self._time.snapshot(), seen=self._observer.snapshot(), counted=self._counted
        )
        return StreamSnapshot(
            stream_id=self._context.stream_id,
            settings=self._settings,
            stream=as_json(stream),
            stages={
                # What `as_json` returns needs no checking, which would take as long as all the rest.
                named.name: StageSnapshot.model_construct(
                    kind=named.settings.kind,
                    settings=as_json(named.settings),
                    state=as_json(named.stage.snapshot()),
                )
                for named in self._stages
            },
        )

    def restore(self, snapshot: StreamSnapshot) -> None:
        """Go on from there. What was remembered before is forgotten.

        Raises:
            SnapshotError: It is another stream's, was saved with other stages or settings or by another version, or is damaged;
                then nothing has changed.
        """
        stream_id = self._context.stream_id
        must_be_same(snapshot.stream_id, stream_id, of="a stream", path="the name")
        must_be_same(snapshot.settings, self._settings, of=f"stream {stream_id}")
        kinds = {name: saved.kind for name, saved in snapshot.stages.items()}
        now = {named.name: named.settings.kind for named in self._stages}
        must_be_same(kinds, now, of=f"stream {stream_id}", path="stage")
        stream = state_from(StreamState, snapshot.stream, of=f"stream {stream_id}")
        states = [self._saved_state(named, snapshot.stages[named.name]) for named in self._stages]
        self._time.restore(stream.time)
        self._observer.restore(stream.seen)
        self._counted = stream.counted
        for named, state in zip(self._stages, states, strict=True):
            named.stage.restore(state)

    def _saved_state(self, named: NamedStage, saved: StageSnapshot) -> State:
        whose = f"stage {named.name} of stream {self._context.stream_id}"
        must_be_same(saved.settings, as_json(named.settings), of=whose)
        state: State = state_from(named.stage.state_type, saved.state, of=whose)
        return state

    def _mind_the_clock(self, frame: Frame) -> list[Event]:
        """End what cannot go on where the clock was set: everything when backwards, the visits when far ahead."""
        now, time_source = self._time.now, self._time.source
        if now is None:
            return []
        if self._time.was_set_back(frame.event_time):
            self._time.restart()
            return self._finish(Ending("lost", now, time_source))
        if self._time.jumps(frame.event_time):
            return self._advance(None, tracks_end=True)
        return []

    def _advance(self, elapsed: ElapsedTime | None, *, tracks_end: bool = False) -> list[Event]:
        """Let time pass for every stage, up to the newest event time."""
        if self._time.now is None:
            return []
        step = TimeStep(self._time.now, self._time.source, elapsed, tracks_end)
        return self._each(lambda stage, heard: stage.advance(replace(step, heard=heard)))

    def _finish(self, ending: Ending) -> list[Event]:
        return self._each(lambda stage, heard: stage.finish(replace(ending, heard=heard)))

    def _each(self, call: _Call) -> list[Event]:
        """Call every stage in turn, each with what those before it have said; the events among that."""
        said: list[Said] = []
        for named in self._stages:
            said += call(named.stage, tuple(said))
        own, stream_id = self._context.identity, self._context.stream_id
        events = (one for one in said if isinstance(one, Event))
        return [own.marked(one) if one.stream_id == stream_id else one for one in events]

    def _count(self, reached: FrameCounts) -> FrameCounts:
        """What has come since the last call."""
        before, self._counted = self._counted, reached
        return reached.since(before)
