"""Time."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.timeline import ElapsedTime, Timeline, TimelineState
from tests.support.anatomy import anatomy
from tests.support.events import START


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def started() -> Timeline:
    time = Timeline(timedelta(seconds=5))
    assert time.move(at(0), "camera") is None
    return time


def test_time_counts_as_observed_when_the_next_frame_comes() -> None:
    time = started()
    assert time.wait(at(3)) is None
    assert time.now == at(3)
    assert time.move(at(4), "camera") == ElapsedTime(at(0), at(4), signal=True)


def test_without_a_signal_waiting_counts_at_once() -> None:
    time = started()
    time.change_signal(present=False)
    assert time.wait(at(3)) == ElapsedTime(at(0), at(3), signal=False)
    assert time.move(at(4), "camera") == ElapsedTime(at(3), at(4), signal=False)
    time.change_signal(present=True)
    assert time.move(at(5), "camera") == ElapsedTime(at(4), at(5), signal=True)


def test_time_never_goes_back() -> None:
    time = started()
    time.move(at(10), "camera")
    assert time.move(at(7), "camera") is None
    assert time.wait(at(8)) is None
    assert time.now == at(10)
    assert time.move(at(11), "camera") == ElapsedTime(at(10), at(11), signal=True)


def test_a_jump_of_more_than_an_hour_is_no_time_passing() -> None:
    time = started()
    assert time.jumps(at(3601))
    assert not time.jumps(at(3600))
    assert time.move(at(86400), "camera") is None
    assert time.now == at(86400)


def test_a_few_late_frames_are_late_and_ten_seconds_of_them_are_another_clock() -> None:
    time = started()
    time.move(at(100), "camera")
    assert not time.was_set_back(at(96))  # within the lateness
    assert not time.was_set_back(at(50))
    assert not time.was_set_back(at(59.9))
    assert time.was_set_back(at(60))
    assert not time.was_set_back(at(100))
    assert not time.was_set_back(at(60))  # counted anew after a frame in time


def test_nothing_waits_before_the_first_frame() -> None:
    time = Timeline(timedelta(seconds=5))
    assert time.wait(at(10)) is None
    assert time.now is None


@given(
    st.lists(
        st.tuples(st.sampled_from(("frame", "wait", "lost", "found")), st.integers(-20, 40)), max_size=12
    )
)
def test_a_snapshot_leaves_nothing_out(steps: list[tuple[str, int]]) -> None:
    time, restored, moment = Timeline(timedelta(seconds=5)), Timeline(timedelta(seconds=5)), 0
    for call, after_s in steps:
        moment += after_s
        if call == "frame":
            if time.was_set_back(at(moment)):
                time.restart()
            time.move(at(moment), "camera")
        elif call == "wait":
            time.wait(at(moment))
        else:
            time.change_signal(present=call == "found")
    restored.restore(TimelineState.model_validate_json(time.snapshot().model_dump_json()))
    assert anatomy(restored) == anatomy(time)
