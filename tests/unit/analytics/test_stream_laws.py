"""What holds for every history of a stream."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from operator import methodcaller

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from analytics.snapshots import StreamSnapshot
from analytics.stages.totals import StreamTotals
from analytics.stream import StreamAnalytics
from analytics.timeline import Timeline
from domain.events import Event, FrameObserved, VisitEnded, WindowClosed
from domain.frame import SignalLost, SignalRestored
from domain.labels import BodyPart
from tests.support.analytics import analytics_of
from tests.support.anatomy import anatomy
from tests.support.events import START
from tests.support.wardrobe import BLACK, BLUE, GREY, RED, Patch, Person, Rgb, drawn

COLORS = (BLACK, BLUE, GREY, RED)


@dataclass(frozen=True, slots=True)
class Step:
    """One frame: seconds after the one before (or before it), frames dropped, and who is in it."""

    after_s: float
    dropped: int
    tracks: tuple[tuple[int, Rgb], ...]
    signal: bool


STEPS = st.lists(
    st.builds(
        Step,
        after_s=st.sampled_from((0.2, 0.2, 0.2, 1.0, 4.0, 17.0, -3.0, -8.0)),
        dropped=st.sampled_from((0, 0, 0, 2)),
        tracks=st.lists(
            st.tuples(st.integers(-1, 3), st.sampled_from(COLORS)), max_size=3, unique_by=lambda pair: pair[0]
        ).map(tuple),
        signal=st.sampled_from((True, True, True, False)),
    ),
    max_size=20,
)
LENGTHS_S = (5, 60)


def somebody(place: int, upper: Rgb) -> Person:
    left = 4 + 20 * place
    return Person(
        (
            Patch(BodyPart.COAT, upper, (left, 10, left + 14, 50)),
            Patch(BodyPart.PANTS, BLACK, (left, 50, left + 14, 90)),
        )
    )


def stream() -> StreamAnalytics:
    return analytics_of(lengths_s=LENGTHS_S, min_visit_s=0)


def replay(steps: Iterable[Step], *, backwards: bool = False) -> tuple[list[Event], StreamTotals]:
    """Events and totals of a history; with the persons of each frame numbered the other way round if wanted."""
    whole = stream()
    calls = calls_of(steps, backwards=backwards)
    return [event for call in calls for event in call(whole)], whole.totals()


def calls_of(
    steps: Iterable[Step], *, backwards: bool = False
) -> list[Callable[[StreamAnalytics], Sequence[Event]]]:
    """The calls that a history makes."""
    calls: list[Callable[[StreamAnalytics], Sequence[Event]]] = []
    moment, index = START, 0
    for step in steps:
        before, moment = moment, moment + timedelta(seconds=step.after_s)
        gap_s = max(0, step.after_s)
        if not step.signal:
            lost = SignalLost("door", before, "camera", "gone")
            restored = SignalRestored("door", moment, "camera", gap_s)
            calls += [
                methodcaller("signal_lost", lost),
                methodcaller("advance", before + timedelta(seconds=gap_s / 2)),
                methodcaller("signal_restored", restored),
            ]
        index += 1 + step.dropped
        tracks = step.tracks[::-1] if backwards else step.tracks
        places = {pair: place for place, pair in enumerate(step.tracks)}
        frame, parsed = drawn([somebody(places[pair], pair[1]) for pair in tracks], index, moment)
        ids = np.array([track for track, _ in tracks], np.int64)
        calls.append(methodcaller("observe", frame, parsed, ids))
    return [*calls, methodcaller("finish", index + 3, index + 2)]


def is_set_back(steps: Iterable[Step]) -> bool:
    """Whether the clock goes back for longer than pictures come late. What tells of the signal tells of a time, too."""
    timeline, moment = Timeline(timedelta(seconds=2)), START
    for step in steps:
        before, moment = moment, moment + timedelta(seconds=step.after_s)
        if not step.signal:
            timeline.move(before, "camera")
            timeline.move(moment, "camera")
        if timeline.was_set_back(moment):
            return True
        timeline.move(moment, "camera")
    return False


def test_a_clock_that_goes_back_when_the_signal_is_lost_was_set_back() -> None:
    lost, behind, on = (
        Step(after_s, dropped=0, tracks=(), signal=signal)
        for after_s, signal in ((-8.0, False), (-8.0, True), (17.0, True))
    )
    assert is_set_back([lost, behind, behind, on])
    assert not is_set_back([behind, behind, behind, on])


def of_length(events: Iterable[Event], length_s: int) -> list[WindowClosed]:
    return [event for event in events if isinstance(event, WindowClosed) and event.window_s == length_s]


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_windows_sum_up_to_the_totals(steps: list[Step]) -> None:
    events, totals = replay(steps)
    ended = [event for event in events if isinstance(event, VisitEnded)]
    assert totals.visits == len(ended)
    for length_s in LENGTHS_S:
        windows = of_length(events, length_s)
        assert sum(window.visits_ended for window in windows) == totals.visits
        assert sum(window.visits_begun for window in windows) == totals.visits
        assert sum(window.coverage.frames_parsed for window in windows) == totals.frames_parsed == len(steps)
        if steps:
            index = sum(1 + step.dropped for step in steps)
            assert sum(window.coverage.frames_read for window in windows) == index + 3
            assert sum(window.coverage.frames_sampled for window in windows) == index + 2
        garments = Counter(
            {
                (part, color): 0
                for part, colors in totals.clothing.items()
                for color in colors
            }
        )  # fmt: skip
        for window in windows:
            for part, colors in window.garments.items():
                garments.update({(part, color): count for color, count in colors.items()})
        assert {
            part: {c: n for (p, c), n in garments.items() if p == part} for part in totals.clothing
        } == totals.clothing


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_windows_of_a_length_do_not_overlap_and_time_fits_into_them(steps: list[Step]) -> None:
    # A clock that was set back for good shows the same hour twice, and so there are windows of both.
    assume(not is_set_back(steps))
    events, _ = replay(steps)
    for length_s in LENGTHS_S:
        windows = of_length(events, length_s)
        assert all(one.event_time <= other.window_start for one, other in pairwise(windows))
        assert all(window.window_start.timestamp() % length_s == 0 for window in windows)
        for window in windows:
            coverage = window.coverage
            assert coverage.seconds_observed + coverage.seconds_without_signal <= length_s + 1e-6
            assert window.persons_min <= window.persons_mean <= window.persons_max


# The clock is set back from 30 to 12 seconds, a moment that was the first of its interval before.
SHOWN_AGAIN = [Step(after_s, 0, (), signal=True) for after_s in (12.0, 18.0, -30.0, 4.0, 4.0, 4.0)]


@settings(max_examples=25, deadline=None)
@example(steps=SHOWN_AGAIN)
@given(steps=STEPS)
def test_a_replay_gives_the_same_events_and_no_id_twice(steps: list[Step]) -> None:
    first, second = replay(steps)[0], replay(steps)[0]
    assert [event.model_dump_json() for event in first] == [event.model_dump_json() for event in second]
    ids = [event.event_id for event in first]
    assert len(set(ids)) == len(ids)


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_how_the_parser_numbers_persons_changes_no_count(steps: list[Step]) -> None:
    (events, totals), (renumbered, same_totals) = replay(steps), replay(steps, backwards=True)
    assert totals == same_totals
    for one, other in zip(events, renumbered, strict=True):
        if isinstance(one, FrameObserved) and isinstance(other, FrameObserved):
            key = {person.box: person for person in other.persons}
            assert all(key[person.box] == person for person in one.persons)
        else:
            assert one == other


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_after_each_frame_come_visits_and_then_windows_in_the_order_of_their_ends(steps: list[Step]) -> None:
    events, _ = replay(replace(step, signal=True) for step in steps)
    places = [place for place, event in enumerate(events) if isinstance(event, FrameObserved)]
    assert len(places) == len(steps)
    for begin, end in pairwise(places):
        between = events[begin + 1 : end]
        order = [(isinstance(event, WindowClosed), event.event_time) for event in between]
        assert order == sorted(order)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, data=st.data())
def test_going_on_from_a_snapshot_is_never_having_stopped(steps: list[Step], data: st.DataObject) -> None:
    """Whatever came before and whatever follows, wherever the stream stops: events, totals and all that is remembered."""
    calls, whole, stopped, resumed = calls_of(steps), stream(), stream(), stream()
    cut = data.draw(st.integers(0, len(calls)))
    uninterrupted = [event for call in calls for event in call(whole)]
    events = [event for call in calls[:cut] for event in call(stopped)]
    resumed.restore(StreamSnapshot.from_json(stopped.snapshot().model_dump_json()))
    assert anatomy(resumed) == anatomy(stopped)
    events += [event for call in calls[cut:] for event in call(resumed)]
    assert [event.model_dump_json() for event in events] == [
        event.model_dump_json() for event in uninterrupted
    ]
    assert resumed.totals() == whole.totals()
    assert anatomy(resumed) == anatomy(whole)
