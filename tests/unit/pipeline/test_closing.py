"""A camera whose run was cut off: what was open is ended where it was, and the time since then is dark."""

from datetime import timedelta

import pytest

from analytics.building import build_analytics
from analytics.observing import ObservationSettings
from analytics.site import Sites
from analytics.stages.visitors import VisitorsSettings
from analytics.stages.visits import VisitsSettings
from domain.events import SiteVisitorSeen, StreamHealth, VisitEnded, WindowClosed
from pipeline.checkpoint import StreamCheckpoint
from pipeline.closing import CUT_OFF, closed
from tests.support.streams import START
from tests.unit.pipeline.test_checkpoint import Room


def cut_off(steps: int) -> StreamCheckpoint:
    """The last state of a camera that saw somebody for so many seconds."""
    room = Room()
    room.play(["10"] * steps)
    return StreamCheckpoint.from_json(room.post_processor.snapshot().model_dump_json())


def test_what_was_open_ends_at_the_last_state() -> None:
    done = closed([cut_off(5)])[0]
    [visit, *windows, failed] = done.events
    assert isinstance(visit, VisitEnded)
    assert (visit.event_time, visit.duration_s) == (START + timedelta(seconds=4), 3.0)
    assert {
        (one.window_s, one.coverage.seconds_observed) for one in windows if isinstance(one, WindowClosed)
    } == {
        (10, 4.0),
        (60, 4.0),
    }
    assert isinstance(failed, StreamHealth)
    assert (failed.status, failed.message, failed.event_time) == (
        "failed",
        CUT_OFF,
        START + timedelta(seconds=4),
    )
    assert failed.frames_parsed == 5


def test_what_has_ended_does_not_end_again() -> None:
    done = closed([cut_off(5)])[0]
    assert closed([done.state])[0].events == ()
    room = Room()
    assert closed([room.post_processor.snapshot()])[0].events == (), "it had not begun"


def test_what_a_site_waited_for_is_said_of_a_camera_that_had_ended() -> None:
    sites, visitors = Sites(), VisitorsSettings(site="mall")
    sites.get("mall", visitors.rules).enter("yard")
    stages = {"observation": ObservationSettings(), "visits": VisitsSettings(), "visitors": visitors}
    room = Room(analytics=build_analytics("door", 3.0, stages, sites=sites))
    room.play([*["10"] * 5, "end"])
    assert not [one for said, _ in room.outlet.published for one in said if isinstance(one, SiteVisitorSeen)]
    saved = StreamCheckpoint.from_json(room.post_processor.snapshot().model_dump_json())
    assert saved.ended
    [done] = closed([saved])
    [seen] = done.events
    assert isinstance(seen, SiteVisitorSeen)
    assert closed([done.state])[0].events == ()


def test_the_time_until_the_first_picture_is_dark() -> None:
    room = Room()
    room.now = START + timedelta(seconds=40)
    room.post_processor.begin_after(closed([cut_off(5)])[0].state)
    room.post_processor.silence()
    room.play(["silence"] * 42 + ["10"] * 60, begin=42)
    room.play(["end"] * 103, begin=102)
    events = [event for said, _ in room.outlet.published for event in said]
    back = next(event for event in events if isinstance(event, StreamHealth))
    assert (back.status, back.gap_s, back.event_time) == (
        "signal-restored",
        38.0,
        START + timedelta(seconds=42),
    )
    windows = [event for event in events if isinstance(event, WindowClosed) and event.window_s == 10]
    dark = {
        (one.window_start - START).total_seconds(): one.coverage.seconds_without_signal for one in windows
    }
    assert [dark[float(start)] for start in (0, 10, 20, 30, 40, 50)] == [6.0, 10.0, 10.0, 10.0, 2.0, 0.0]


def test_a_run_that_was_cut_off_in_the_future_is_passed_over() -> None:
    room = Room()
    room.now = START - timedelta(days=1)
    room.post_processor.begin_after(cut_off(5))
    room.play(["10"], begin=0)
    assert [
        event.status for said, _ in room.outlet.published for event in said if isinstance(event, StreamHealth)
    ] == ["started"]


def test_a_stage_that_is_gone_is_told_and_keeps_nobody_from_counting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    saved = cut_off(5)
    stages = dict(saved.analytics.stages)
    stages["visits"] = stages["visits"].model_copy(update={"kind": "teleporters"})
    gone = saved.model_copy(update={"analytics": saved.analytics.model_copy(update={"stages": stages})})
    assert closed([gone])[0].events == ()
    assert caplog.messages == [
        "door: the visits that were open are lost: the state of door does not fit this Footfall: 'teleporters'"
    ]
