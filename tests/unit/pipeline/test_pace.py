import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.pace import PaceWatch, lost_after


@given(wanted_s=st.floats(0.1, 100), step_s=st.floats(0.01, 100))
def test_nobody_is_lost_before_two_pictures_have_come(wanted_s: float, step_s: float) -> None:
    assert lost_after(wanted_s, step_s, "door") == max(wanted_s, 2 * step_s)


def test_what_is_changed_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        lost_after(2.0, 0.2, "door")
        lost_after(2.0, 4.0, "door")
    assert caplog.messages == [
        "door: its pictures are 4.0 s apart; a person counts as lost after 8.0 s instead of 2 s, so visits are counted coarsely"
    ]


def test_pictures_that_turn_out_to_be_too_far_apart_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    watch = PaceWatch("door", 2.0)
    with caplog.at_level(logging.WARNING):
        for number, media_s in enumerate((0.0, 4.0, 8.0, 12.0, 16.0, 20.0)):
            watch.see(media_s, number)
    [message] = caplog.messages
    assert message == (
        "door: pictures are parsed 4.0 s apart, and a person counts as lost after 2 s: visits cannot be counted; "
        "sample more pictures, or raise tracking.lost_after_s above 8"
    )


def test_a_pause_now_and_then_is_none_of_that(caplog: pytest.LogCaptureFixture) -> None:
    watch = PaceWatch("door", 2.0)
    for number, media_s in enumerate((0.0, 50.0, 50.2, 100.0, 100.2, 150.0, 150.2, 200.0)):
        watch.see(media_s, number)
    assert caplog.messages == []


def dropping(watch: PaceWatch, first: int, pictures: int, every: int) -> None:
    for number in range(first, first + pictures, every):
        watch.see(number / 5, number)


def test_pictures_that_are_dropped_are_told_once_with_the_cure(caplog: pytest.LogCaptureFixture) -> None:
    dropping(PaceWatch("door", 2.0, cheaper="take parser.views best, or "), 0, 2_000, 2)
    [message] = caplog.messages
    assert message == (
        "door: 50 of 100 pictures are dropped, since this machine does not keep up: take parser.views best, or sample fewer "
        "(sampling.fps)"
    )


def test_where_none_or_few_are_dropped_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    dropping(PaceWatch("door", 2.0), 0, 2_000, 1)
    # A run that goes on begins in the midst of a recording.
    dropping(PaceWatch("door", 2.0), 5_000, 2_000, 1)
    assert caplog.messages == []
