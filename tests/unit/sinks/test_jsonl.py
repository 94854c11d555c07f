"""JsonlSink: lines, and what a crash leaves of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import OutputError, SinkBusy, SinkRejected
from domain.events import Event, event_from_json
from sinks.base import EventSink
from sinks.jsonl import JsonlSink
from tests.contracts.event_sink import SinkContract
from tests.support.disk import files_of_at_most
from tests.support.events import frame_event, one_of_each


def events_of(path: Path) -> list[Event]:
    lines = path.read_bytes().split(b"\n")
    assert lines.pop() == b"", "the last line has no end"
    return [event_from_json(line) for line in lines]


class TestJsonlSink(SinkContract):
    knows_ids = False

    @pytest.fixture
    def sink(self, tmp_path: Path) -> Iterator[JsonlSink]:
        self.path = tmp_path / "events.jsonl"
        sink = JsonlSink(self.path)
        yield sink
        sink.close()

    def stored(self, sink: EventSink) -> Sequence[Event]:
        del sink
        return events_of(self.path)


def test_what_was_written_behind_the_place_before_a_crash_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    first = JsonlSink(path)
    first.store([frame_event(index) for index in range(3)])
    place = first.mark()
    first.store([frame_event(index) for index in range(3, 6)])
    first.close()
    again = JsonlSink(path)
    again.rewind(place)
    again.store([frame_event(index) for index in range(3, 5)])
    again.store([frame_event(index) for index in range(5, 9)])
    assert again.mark() == f"1:{path.stat().st_size}"
    again.close()
    assert events_of(path) == [frame_event(index) for index in range(9)]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.booleans()), min_size=1, max_size=6),
)
def test_every_event_is_there_once_however_often_a_run_is_killed(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[int, int, bool]]
) -> None:
    """A run stores so many events and is killed, before or after its cursor and mark are saved, or within the last batch."""
    path = tmp_path_factory.mktemp("killed") / "events.jsonl"
    cursor, mark = 0, "1:0"
    for saved, unsaved, first_mark in runs:
        sink = JsonlSink(path)
        sink.rewind(mark)
        mark = sink.mark() if first_mark else mark
        for index in range(cursor, cursor + saved):
            sink.store([frame_event(index)])
            cursor, mark = index + 1, sink.mark()
        sink.store([frame_event(index) for index in range(cursor, cursor + unsaved)])
        sink.close()
    sink = JsonlSink(path)
    sink.rewind(mark)
    sink.store([frame_event(index) for index in range(cursor, 30)])
    sink.close()
    assert events_of(path) == [frame_event(index) for index in range(30)]


def test_without_a_place_it_goes_on_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for start in (0, 3):
        sink = JsonlSink(path)
        sink.rewind(None)
        sink.store([frame_event(index) for index in range(start, start + 3)])
        sink.close()
    assert events_of(path) == [frame_event(index) for index in range(6)]


def test_a_file_that_became_shorter_is_gone_on_with_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "events.jsonl"
    sink = JsonlSink(path)
    sink.rewind("100")
    sink.store([frame_event(0)])
    sink.close()
    assert events_of(path) == [frame_event(0)]
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} is 100 bytes shorter than when it was left; it is continued"
    ]


@given(cut=st.integers(0, 3000))
def test_wherever_a_crash_tears_the_file_it_is_whole_after_the_next_run(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("torn") / "events.jsonl"
    events = one_of_each()
    sink = JsonlSink(path)
    sink.store(events)
    sink.close()
    path.write_bytes(path.read_bytes()[:cut])
    again = JsonlSink(path)
    again.rewind("0")
    again.store(events)
    again.close()
    assert sorted(events_of(path), key=lambda event: event.event_id) == sorted(
        events, key=lambda event: event.event_id
    )


def test_a_torn_line_longer_than_one_read_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    whole = frame_event(0).model_dump_json().encode() + b"\n"
    path.write_bytes(whole + b"x" * 200_000)
    JsonlSink(path).close()
    assert path.read_bytes() == whole


def test_lines_of_another_writer_count_too(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    spaced = frame_event(0).model_dump_json().replace('"event_id":', ' "event_id" : ')
    path.write_text(spaced + "\n")
    sink = JsonlSink(path)
    sink.rewind("0")
    sink.store([frame_event(0)])
    sink.close()
    assert path.read_text() == spaced + "\n"


@pytest.mark.parametrize("line", ["", "hello", "[]", '{"event_id": 7}', '{"name": "x"}'])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, line: str) -> None:
    path = tmp_path / "events.jsonl"
    content = frame_event(0).model_dump_json() + "\n" + line + "\n"
    path.write_text(content)
    with pytest.raises(OutputError) as caught:
        JsonlSink(path)
    assert str(caught.value) == (
        f"the last line of {path} is not an event; move the file away or choose another folder with --out"
    )
    assert path.read_text() == content


def test_two_runs_cannot_write_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    first = JsonlSink(path)
    with pytest.raises(OutputError, match=r"events\.jsonl is being written by another run"):
        JsonlSink(path)
    first.close()
    JsonlSink(path).close()


def test_an_unwritable_place_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "absent" / "events.jsonl"
    with pytest.raises(OutputError) as caught:
        JsonlSink(path)
    assert str(caught.value) == (
        f"{path} cannot be written: No such file or directory; choose another folder with --out"
    )


def test_a_full_disk_is_waited_out_and_leaves_no_piece(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    sink = JsonlSink(path, retry_after_s=3.0)
    sink.store([frame_event(0)])
    batch = [frame_event(index) for index in range(1, 10)]
    with files_of_at_most(path.stat().st_size + 1000), pytest.raises(SinkBusy) as caught:
        sink.store(batch)
    assert caught.value.retry_after_s == 3.0
    assert str(caught.value) == f"{path} cannot be written: File too large"
    assert events_of(path) == [frame_event(0)]
    sink.store(batch)
    sink.close()
    assert events_of(path) == [frame_event(0), *batch]


def test_a_closed_sink_refuses(tmp_path: Path) -> None:
    sink = JsonlSink(tmp_path / "events.jsonl")
    sink.close()
    with pytest.raises(SinkRejected, match=r"events\.jsonl is closed"):
        sink.store(one_of_each())
