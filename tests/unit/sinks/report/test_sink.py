from datetime import timedelta
from itertools import pairwise

from domain.events import StreamHealth, VisitEnded, WindowClosed, event_id
from sinks.base import EventSink
from sinks.report.sink import ReportSink
from tests.support.events import START, frame_event, one_of_each, visit_event, window_event


def accepts(sink: EventSink) -> str:
    """mypy checks here that it is an event sink."""
    return sink.name


def test_it_is_an_event_sink() -> None:
    assert accepts(ReportSink(10)) == "report"


def test_windows_of_its_length_visits_and_lost_signals_are_remembered() -> None:
    sink = ReportSink(10)
    sink.store(
        [frame_event(), window_event(0), window_event(0, window_s=60), visit_event(), _health("running")]
    )
    sink.store([_health("signal-lost")])
    assert sink.windows == [window_event(0)]
    assert sink.listed == [visit_event(), _health("signal-lost")]


def test_a_batch_offered_again_is_remembered_once() -> None:
    sink = ReportSink(10)
    events = [*one_of_each(), window_event(1), _health("failed")]
    for _ in range(3):
        sink.store(events)
    assert sink.windows == [window_event(0), window_event(1)]
    assert sink.listed == [visit_event(), _health("failed")]


def test_streams_do_not_mix() -> None:
    sink = ReportSink(10)
    sink.store([window_event(number, stream) for number in range(3) for stream in ("door", "yard")])
    assert [window.stream_id for window in sink.windows] == ["door"] * 3 + ["yard"] * 3


def test_a_long_run_is_kept_short_and_its_counts_exact() -> None:
    sink = ReportSink(10, windows_max=16)
    windows = [window_event(number) for number in range(1000)]
    for at in range(0, len(windows), 7):
        sink.store(windows[at : at + 7])
        assert len(sink.windows) <= 16
    kept = sink.windows
    assert _sum(kept, "visits_begun") == _sum(windows, "visits_begun")
    assert sum(one.coverage.frames_read for one in kept) == sum(one.coverage.frames_read for one in windows)
    assert {one.window_s for one in kept} == {640 * 2}
    assert kept[0].window_start <= windows[0].window_start
    assert kept[-1].event_time >= windows[-1].event_time
    assert all(one.event_time <= other.window_start for one, other in pairwise(kept))


def test_a_merged_window_takes_in_what_falls_inside_it() -> None:
    sink = ReportSink(10, windows_max=1)
    windows = [window_event(number) for number in range(40)]
    for window in windows:
        sink.store([window])
    assert len(sink.windows) == 1
    assert _sum(sink.windows, "visits_begun") == _sum(windows, "visits_begun")


def test_the_latest_visits_of_each_stream_are_kept() -> None:
    sink = ReportSink(10, latest=5)
    visits = [visit_event(track) for track in range(20)]
    sink.store([visit_event(1, "yard"), *visits])
    assert sink.listed == [visit_event(1, "yard"), *visits[-5:]]
    assert sink.left_out == {"visit": 15}


def test_what_was_remembered_can_be_read_after_closing() -> None:
    sink = ReportSink(10)
    sink.store([visit_event()])
    sink.close()
    sink.close()
    assert [type(visit) for visit in sink.listed] == [VisitEnded]


def test_the_first_and_the_last_picture_are_remembered() -> None:
    sink = ReportSink(10)
    sink.store([frame_event(5), frame_event(0), frame_event(20)])
    first, last = sink.spans["door"]
    assert (last - first).total_seconds() == (
        frame_event(20).event_time - frame_event(0).event_time
    ).total_seconds()


def _sum(windows: list[WindowClosed], field: str) -> int:
    return sum(int(getattr(window, field)) for window in windows)


def _health(status: str) -> StreamHealth:
    return StreamHealth.model_validate(
        {
            "event_id": event_id("door", "health", status),
            "stream_id": "door",
            "event_time": START + timedelta(seconds=5),
            "time_source": "camera",
            "status": status,
            "frames_read": 1,
            "frames_sampled": 1,
            "frames_parsed": 1,
            "frames_dropped": 0,
        }
    )
