"""Visits before several cameras of a site."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.appearance import Appearance
from analytics.building import build_analytics
from analytics.people_colors import PeopleColors
from analytics.remembering import Departure, DepartureKey, Joined, JoinRules
from analytics.site import PATIENCE, Site, Sites
from analytics.stages.visitors import VisitorsSettings
from analytics.stages.visits import VisitsSettings
from analytics.stream import StreamAnalytics
from domain.events import Event, SiteVisitorSeen, StreamIdentity
from domain.frame import TimeSource
from tests.support.events import START
from tests.support.wardrobe import BLUE, Person, drawn, walker

RULES = JoinRules(
    timedelta(seconds=600), least=0.9, least_between=0.8, margin=0.04, overlap=timedelta(seconds=2)
)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def in_clothes(color: int) -> Appearance:
    return Appearance(views={"upper": 1}, bins={"upper": {color: 1.0}})


def visit(stream: str, track: int, begin_s: float, end_s: float, color: int = 1) -> Departure:
    return Departure(StreamIdentity(stream), track, after(begin_s), after(end_s), "file", in_clothes(color))


def run(site: Site, visits: Sequence[Departure], reached: Sequence[tuple[str, float]]) -> list[Joined]:
    """Two cameras take part, and come so far one after the other; each has offered by then what had ended."""
    for stream in ("one", "other"):
        site.enter(stream)
    left, joined = list(visits), []
    for stream, seconds in reached:
        for one in [
            one for one in left if one.identity.stream_id == stream and one.ended_at < after(seconds)
        ]:
            site.offer(one)
            left.remove(one)
        joined += [verdict for verdict, _ in site.reached(stream, after(seconds), "file")]
    for one in left:
        site.offer(one)
    for stream in ("one", "other"):
        joined += [verdict for verdict, _ in site.leave(stream)]
    return joined


def names(joined: Sequence[Joined]) -> list[tuple[str, int, int]]:
    return [(one.departure.identity.stream_id, one.departure.track_id, one.visitor) for one in joined]


VISITS = (
    visit("one", 1, 0, 10, color=1),
    visit("other", 1, 20, 30, color=1),
    visit("one", 2, 25, 40, color=2),
    visit("one", 3, 45, 60, color=1),
    visit("other", 2, 50, 70, color=2),
)


def test_whoever_goes_from_camera_to_camera_is_one_visitor() -> None:
    joined = run(Site("mall", RULES), VISITS, [("one", 100), ("other", 100)])
    assert names(joined) == [("one", 1, 1), ("other", 1, 1), ("one", 2, 2), ("one", 3, 1), ("other", 2, 2)]
    assert [one.visit for one in joined] == [1, 2, 1, 3, 2]
    assert joined[1].away_s == 10


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("one", "other")), st.floats(0, 90)), max_size=12))
def test_it_makes_no_difference_which_camera_is_first(reached: list[tuple[str, float]]) -> None:
    furthest = {"one": 0.0, "other": 0.0}
    rising = []
    for stream, seconds in reached:
        furthest[stream] = max(furthest[stream], seconds)
        rising.append((stream, furthest[stream]))
    alone = run(Site("mall", RULES), VISITS, [("one", 100), ("other", 100)])
    assert names(run(Site("mall", RULES), VISITS, rising)) == names(alone)


def test_nothing_is_said_before_all_cameras_have_come_so_far() -> None:
    site = Site("mall", RULES)
    site.enter("one")
    site.enter("other")
    site.offer(visit("one", 1, 0, 10))
    assert not site.reached("one", after(100), "file")
    assert site.pending("one")
    assert len(site.reached("other", after(11), "file")) == 1
    assert not site.reached("one", after(101), "file")


class Streams:
    """Two cameras of a site, each of which commits what it has said together with its state, at times of its own."""

    def __init__(self) -> None:
        self.site = Site("mall", RULES)
        self.at = {"one": 0, "other": 0}
        self.saved: dict[str, tuple[int, tuple[Departure, ...], tuple[DepartureKey, ...]]] = {}
        self.fresh: dict[str, list[DepartureKey]] = {"one": [], "other": []}
        self.told: list[DepartureKey] = []
        for stream in self.at:
            self.site.enter(stream)
            self.commit(stream)

    def step(self, stream: str) -> None:
        """Ten seconds of media time: whoever has left, and whose visits are known by now."""
        begin, self.at[stream] = self.at[stream], self.at[stream] + 10
        for one in VISITS:
            if one.identity.stream_id == stream and after(begin) <= one.ended_at < after(begin + 10):
                self.site.offer(one)
        joined = self.site.reached(stream, after(begin + 10), "file")
        self.fresh[stream] += [one.departure.key for one, _ in joined]

    def commit(self, stream: str) -> None:
        self.told += self.fresh[stream]
        self.fresh[stream] = []
        self.saved[stream] = self.at[stream], self.site.pending(stream), self.site.said_by(stream)

    def crash(self) -> None:
        """What was not committed is gone."""
        self.site = Site("mall", RULES)
        self.fresh = {"one": [], "other": []}
        for stream, (at, pending, said) in self.saved.items():
            self.at[stream] = at
            self.site.enter(stream)
            self.site.was_said(stream, said)
            self.site.take_back(stream, pending)

    def finish(self) -> None:
        for stream in self.at:
            while self.at[stream] < 100:
                self.step(stream)
        for stream in self.at:
            self.told += self.fresh[stream] + [one.departure.key for one, _ in self.site.leave(stream)]


STEPS = st.tuples(st.sampled_from(("step", "step", "commit", "crash")), st.sampled_from(("one", "other")))


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_whatever_a_crash_takes_back_every_visit_is_said_once(plan: list[tuple[str, str]]) -> None:
    streams = Streams()
    for what, stream in plan:
        if what == "crash":
            streams.crash()
        elif what == "commit" or streams.at[stream] < 100:
            getattr(streams, what)(stream)
    streams.finish()
    assert sorted(streams.told) == sorted(one.key for one in VISITS)


@pytest.mark.parametrize(("source", "waits"), [("camera", False), ("file", True)])
def test_a_camera_that_shows_nothing_is_not_waited_for_long_and_a_recording_is(
    source: TimeSource, waits: bool
) -> None:
    site = Site("mall", RULES)
    site.enter("one")
    site.enter("dark")
    site.offer(visit("one", 1, 0, 10))
    assert not site.reached("one", after(11), source)
    joined = site.reached("one", after(11) + PATIENCE, source)
    assert bool(joined) is not waits


def test_a_camera_that_is_over_is_waited_for_no_longer() -> None:
    site = Site("mall", RULES)
    site.enter("one")
    site.enter("other")
    site.offer(visit("one", 1, 0, 10))
    site.reached("one", after(100), "file")
    assert len(site.leave("other")) == 1


def test_two_cameras_see_somebody_at_once_for_as_long_as_they_may() -> None:
    for begin_s, visitors in ((8.5, {1}), (5.0, {1, 2})):
        joined = run(Site("mall", RULES), [visit("one", 1, 0, 10), visit("other", 1, begin_s, 20)], [])
        assert {one.visitor for one in joined} == visitors


def test_how_far_back_is_remembered_is_told() -> None:
    site = Site("mall", RULES)
    site.reached("one", after(-30), "file")
    site.offer(visit("one", 1, 0, 10))
    ((_, remembered_s),) = site.reached("one", after(20), "file")
    assert remembered_s == 30


def test_nobody_is_remembered_for_longer_than_is_set_nor_after_the_last_camera() -> None:
    site = Site("mall", RULES)
    site.offer(visit("one", 1, 0, 10))
    site.reached("one", after(20), "file")
    assert len(site._memory) == 1
    site.reached("one", after(611), "file")
    assert len(site._memory) == 0
    site.offer(visit("one", 2, 620, 630))
    site.leave("one")
    assert len(site._memory) == 0


def stream(name: str, sites: Sites) -> StreamAnalytics:
    stages = {"visits": VisitsSettings(), "visitors": VisitorsSettings(site="mall")}
    return build_analytics(name, 3.0, stages, sites=sites)


def walked(analytics: StreamAnalytics, people: dict[int, Person | None]) -> Iterator[Event]:
    """One person or none in each of these frames."""
    for index, person in people.items():
        frame, parsed = drawn([person] if person else [], index)
        yield from analytics.observe(frame, parsed, np.array([1] if person else [], np.int64))


def test_two_streams_tell_who_went_from_one_to_the_other_and_add_it_up() -> None:
    sites = Sites()
    one, other = stream("one", sites), stream("other", sites)
    said = [*walked(one, {n: walker(20) if n < 8 else None for n in range(60)})]
    said += walked(other, {n: walker(90) if 20 <= n < 28 else None for n in range(60)})
    said += walked(one, {n: walker(20, upper=BLUE) if n < 68 else None for n in range(60, 100)})
    said += [*one.finish(100, 100), *other.finish(60, 60)]
    told = [event for event in said if isinstance(event, SiteVisitorSeen)]
    assert [(event.stream_id, event.visitor, event.before_stream_id) for event in told] == [
        ("one", 1, None),
        ("other", 1, "one"),
        ("one", 2, None),
    ]
    counts = one.totals().sites["mall"] + other.totals().sites["mall"]
    assert (counts.tracks, counts.visits, counts.visitors) == (3, 3, 2)


def test_a_camera_that_is_broken_off_is_waited_for_no_longer() -> None:
    sites = Sites()
    one, other = stream("one", sites), stream("other", sites)
    list(walked(other, {0: None}))
    list(walked(one, {n: walker(20) if n < 8 else None for n in range(60)}))
    assert [type(event) for event in other.leave()] == [SiteVisitorSeen]


def test_visits_that_wait_are_told_by_whoever_goes_on_and_numbers_are_not_given_twice() -> None:
    sites = Sites()
    one, other = stream("one", sites), stream("other", sites)
    list(walked(other, {0: None}))
    list(walked(one, {n: walker(20) if n < 8 else None for n in range(60)}))
    again = stream("one", Sites())
    again.restore(one.snapshot())
    (told,) = [event for event in again.finish(60, 60) if isinstance(event, SiteVisitorSeen)]
    assert (told.track_id, told.seen, told.likeness, told.remembered_s) == (1, "first", 0.0, 0.0)
    assert told.event_id == next(
        event.event_id
        for event in [*other.finish(1, 1), *one.finish(60, 60)]
        if isinstance(event, SiteVisitorSeen)
    )


def test_a_camera_is_brought_into_line_with_the_public_the_more_people_have_passed() -> None:
    colors = PeopleColors()
    assert colors.gains.tolist() == [1, 1, 1]
    reddish = (-2.3, -2.1, -1.8)
    spreads = []
    for _ in range(30):
        colors.take(reddish)
        balanced = np.log(colors.gains) + np.array(reddish)
        spreads.append(float(np.ptp(balanced)))
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[-1] < 0.2 * np.ptp(reddish)


def test_the_mean_of_few_people_is_not_stored() -> None:
    colors = PeopleColors()
    for people in range(1, 12):
        colors.take((-2.0, -2.0, -2.0))
        assert (colors.snapshot().people > 0) == (people >= 10)
