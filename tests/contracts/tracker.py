"""What every tracker must keep, however it follows persons."""

from abc import ABC, abstractmethod

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import SnapshotError
from domain.parsing import UNTRACKED
from pipeline.tracking.base import Tracker, TrackerSnapshot
from tests.support.walkers import BLUE, GREY, HEIGHT, RED, WIDTH, Walker, scene

_WALKERS = st.builds(
    Walker,
    left=st.integers(-10, WIDTH - 1),
    top=st.integers(-20, HEIGHT - 1),
    color=st.sampled_from([RED, BLUE, GREY]),
    size=st.tuples(st.integers(1, 30), st.integers(1, 60)),
    score=st.floats(0.0, 1.0),
)
_FILMS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.04, 0.2, 0.7, 3.0, 60.0]), st.lists(_WALKERS, max_size=5)),
    min_size=2,
    max_size=10,
)
"""Seconds since the frame before, and who is there."""


class TrackerContract(ABC):
    """Inherit, and give `make`."""

    @abstractmethod
    def make(self) -> Tracker:
        """A new tracker that confirms a person after two frames and forgets one after two seconds."""

    def test_nobody_has_no_tracks(self) -> None:
        track_ids = self.make().update(*scene(0.0, []))
        assert track_ids.shape == (0,)
        assert track_ids.dtype == np.int64

    def test_a_person_is_untracked_until_confirmed_and_then_keeps_one_number(self) -> None:
        tracker = self.make()
        seen = [tracker.update(*scene(step / 5, [Walker(10 + 4 * step)])).tolist() for step in range(10)]
        assert seen[0] == [UNTRACKED]
        assert len({track for ids in seen[1:] for track in ids}) == 1
        assert seen[-1][0] > 0

    def test_two_persons_have_two_numbers(self) -> None:
        tracker = self.make()
        for step in range(5):
            ids = tracker.update(*scene(step / 5, [Walker(10 + step), Walker(90 - step)]))
        assert len(set(ids.tolist()) - {UNTRACKED}) == 2

    def test_the_order_of_the_persons_does_not_matter(self) -> None:
        tracker = self.make()
        tracker.update(*scene(0.0, [Walker(10), Walker(90)]))
        first = tracker.update(*scene(0.2, [Walker(10), Walker(90)]))
        turned = tracker.update(*scene(0.4, [Walker(90), Walker(10)]))
        assert turned.tolist() == first.tolist()[::-1]

    def test_a_number_is_never_used_again(self) -> None:
        tracker = self.make()
        used = []
        for start in range(0, 50, 10):
            for step in range(3):
                ids = tracker.update(*scene(start + step / 5, [Walker(10)])).tolist()
            used += ids
            tracker.update(*scene(start + 3.0, []))
        assert len(set(used)) == len(used) == 5
        assert UNTRACKED not in used

    def test_in_frames_further_apart_than_a_track_lives_everybody_is_new(self) -> None:
        tracker = self.make()
        for step in range(4):
            assert tracker.update(*scene(5.0 * step, [Walker(60)])).tolist() == [UNTRACKED]
        near = [tracker.update(*scene(15.0 + step / 5, [Walker(60)])).tolist() for step in range(1, 4)]
        assert near[0] == near[1] == near[2] != [UNTRACKED]

    def test_after_a_gap_longer_than_a_track_lives_a_person_gets_another_number(self) -> None:
        tracker = self.make()
        seen = [tracker.update(*scene(time_s, [Walker(60)])).tolist() for time_s in (0.0, 0.2, 9.0, 9.2)]
        assert UNTRACKED not in seen[1] + seen[3]
        assert seen[1] != seen[3]

    def test_two_frames_of_the_same_time(self) -> None:
        tracker = self.make()
        tracker.update(*scene(1.0, [Walker(60)]))
        first = tracker.update(*scene(1.0, [Walker(60)])).tolist()
        assert tracker.update(*scene(1.0, [Walker(60)])).tolist() == first != [UNTRACKED]

    @settings(suppress_health_check=[HealthCheck.differing_executors], deadline=None)
    @given(film=_FILMS)
    def test_ids_are_whole_positive_and_unique_in_every_frame(
        self, film: list[tuple[float, list[Walker]]]
    ) -> None:
        tracker = self.make()
        time_s = 0.0
        for step, people in film:
            time_s += step
            frame, parsed = scene(time_s, people)
            ids = tracker.update(frame, parsed)
            assert ids.shape == (len(parsed),)
            assert ids.dtype == np.int64
            tracked = ids[ids != UNTRACKED]
            assert (tracked > 0).all()
            assert len(np.unique(tracked)) == len(tracked)

    @settings(suppress_health_check=[HealthCheck.differing_executors], deadline=None)
    @given(film=_FILMS, stop=st.integers(0, 10))
    def test_going_on_from_a_snapshot_gives_the_same_numbers(
        self, film: list[tuple[float, list[Walker]]], stop: int
    ) -> None:
        whole, resumed = self.make(), self.make()
        time_s = 0.0
        for number, (step, people) in enumerate(film):
            time_s += step
            if number == stop:
                text = resumed.snapshot().model_dump_json()
                assert "NaN" not in text
                assert "Infinity" not in text
                resumed = self.make()
                resumed.restore(TrackerSnapshot.model_validate_json(text))
            shown = scene(time_s, people)
            assert resumed.update(*shown).tolist() == whole.update(*shown).tolist()
        assert resumed.snapshot() == whole.snapshot()

    def test_later_frames_do_not_change_a_snapshot(self) -> None:
        tracker = self.make()
        tracker.update(*scene(0.0, [Walker(60)]))
        snapshot = tracker.snapshot()
        before = snapshot.model_dump_json()
        tracker.update(*scene(0.2, [Walker(64)]))
        assert snapshot.model_dump_json() == before

    def test_what_is_no_snapshot_is_refused_and_changes_nothing(self) -> None:
        tracker = self.make()
        tracker.update(*scene(0.0, [Walker(60)]))
        tracker.update(*scene(0.2, [Walker(60)]))
        before = tracker.snapshot()
        older, damaged = {**before.state, "version": 0}, {"version": before.state["version"]}
        changes: list[dict[str, object]] = [
            {"kind": "another"},
            {"settings": {}},
            {"state": older},
            {"state": damaged},
        ]
        for wrong in changes:
            with pytest.raises(SnapshotError) as refused:
                tracker.restore(before.model_copy(update=wrong))
            assert "\n" not in str(refused.value)
        assert tracker.snapshot() == before
