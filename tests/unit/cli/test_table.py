from io import StringIO

import pytest
from rich.console import Console

from cli.table import print_summary, problems
from domain.summary import ParserSummary, RunSummary, SinkSummary, SiteCounts, StreamSummary


def summary(
    problem: str | None = None,
    sinks: tuple[SinkSummary, ...] = (),
    damaged: int = 0,
    faults: int = 0,
    lacks_s: float = 0.0,
) -> RunSummary:
    stream = StreamSummary(
        stream_id="door [north]",
        source="door.mp4",
        media_seconds=139.4,
        frames_read=1394,
        frames_sampled=697,
        frames_parsed=690,
        frames_dropped=7,
        frames_damaged=damaged,
        persons_max=2,
        persons_mean=0.766,
        visits=6,
        clothing={"coat": {"grey": 1, "black": 4, "blue": 1}},
        parser=ParserSummary(name="lite", version="0.1.0", precision="fp32"),
        wall_seconds=12.0,
        realtime_factor=11.6,
        faults=faults,
        problem=problem,
        pictures_missing_s=lacks_s,
    )
    return RunSummary(footfall_version="0.1.0", interrupted=False, streams=(stream,), sinks=sinks)


def printed(run: RunSummary) -> str:
    written = StringIO()
    print_summary(Console(width=80, file=written, color_system=None, force_terminal=False), run)
    return written.getvalue()


def test_the_tables_hold_the_numbers_of_the_summary_and_fit_80_columns() -> None:
    text = printed(summary())

    assert "door [north]" in text, "a name in brackets is no markup"
    for number in ("139.4 s", "690", "0.77", "11.6x"):
        assert number in text
    assert "black 4, blue 1, grey 1" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_everything_that_keeps_the_numbers_from_being_whole_is_said() -> None:
    sinks = (
        SinkSummary(name="jsonl", events_stored=700, events_undelivered=0),
        SinkSummary(
            name="kafka", events_stored=0, events_undelivered=700, problem="127.0.0.1:9 cannot be reached"
        ),
    )
    run = summary(problem="door.mp4 breaks off after 12.4 s", sinks=sinks)

    assert problems(run) == [
        "door [north]: door.mp4 breaks off after 12.4 s",
        "kafka: 700 events not delivered, 127.0.0.1:9 cannot be reached",
    ]
    assert "kafka: 700 events not delivered" in printed(run)


def test_pictures_that_a_crash_has_taken_are_a_line() -> None:
    assert problems(summary(lacks_s=4.61)) == [
        "door [north]: its pictures lack 4.6 s, because the run was cut off and gone on with; its numbers are whole"
    ]


def test_damaged_pictures_are_a_line() -> None:
    assert problems(summary(damaged=12)) == [
        "door [north]: 12 of 1394 pictures are damaged and were not counted"
    ]


def test_what_waits_in_the_spool_is_said_with_what_sends_it() -> None:
    sink = SinkSummary(name="sql", events_stored=1, events_undelivered=0, events_waiting=5, problem="away")
    assert problems(summary(sinks=(sink,))) == [
        "sql: 5 events wait until the next run or footfall deliver sends them, away"
    ]


def test_a_camera_that_began_again_says_so() -> None:
    assert problems(summary(faults=1)) == [
        "door [north]: began again after 1 fault of Footfall's own; the log says where"
    ]
    assert problems(summary(faults=2)) == [
        "door [north]: began again after 2 faults of Footfall's own; the log says where"
    ]


@pytest.mark.parametrize(("in_doubt", "doubt"), [(0, ""), (3, ", 3 of them in doubt")])
def test_visitors_of_a_site_are_no_range(in_doubt: int, doubt: str) -> None:
    counts = SiteCounts(tracks=50, visits=47, visitors=32, in_doubt=in_doubt)
    text = printed(summary().model_copy(update={"sites": {"mall": counts}}))

    line = f"mall: 50 tracks, 47 visits, about 32 visitors{doubt}; a rough estimate, by clothes"
    assert line in text.splitlines()
