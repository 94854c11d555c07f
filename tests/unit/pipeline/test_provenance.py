"""What a number comes from: the same on every machine for the same content, parser and settings."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import JsonValue

from config import Settings
from config.component import Component
from domain.events import StreamIdentity
from domain.parsing import ParserInfo
from domain.provenance import RunRecord, RunState
from pipeline import provenance
from pipeline.provenance import KnownStream, Provenance, grid_s
from tests.support.streams import START, ListSource

LATER = datetime(2026, 11, 23, tzinfo=UTC)
PARSER = ParserInfo("lite", "0.5.0", "bf16", "abc")


class Recording(ListSource):
    """A recording of that content."""

    def __init__(self, content: str | None, *, stream_id: str = "door") -> None:
        super().__init__([], stream_id=stream_id, live=content is None)
        self._content = content

    def content(self) -> str | None:
        return self._content


def begun(
    *contents: str | None, parser: ParserInfo = PARSER, **values: Any
) -> tuple[Provenance, list[KnownStream]]:
    """A run over recordings of that content, None being a camera, and its streams."""
    cameras = values.pop("cameras", [{"source": f"{number}.mp4"} for number in range(len(contents))])
    settings = Settings.model_validate({"cameras": cameras, **values})
    run = Provenance(settings, datetime(2026, 11, 22, tzinfo=UTC))
    sources = [
        Recording(content, stream_id=camera.id)
        for content, camera in zip(contents, settings.cameras, strict=True)
    ]
    return run, [
        run.begin(camera, source, parser) for camera, source in zip(settings.cameras, sources, strict=True)
    ]


def run_of(*contents: str | None, parser: ParserInfo = PARSER, **values: Any) -> RunRecord:
    """What is known of it then."""
    return begun(*contents, parser=parser, **values)[0].journal.run


def ids(run: RunRecord) -> list[str]:
    return [stream.analysis.analysis_id for stream in run.streams]


def test_each_run_has_an_id_of_its_own_and_the_same_analysis() -> None:
    one, other = run_of("clip"), run_of("clip")
    assert one.run_id != other.run_id
    assert one.streams == other.streams


def test_the_ids_are_these_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another id for the same thing would store everything again: where this fails without a reason, ids depend on the machine.
    monkeypatch.setattr(provenance, "version", lambda _: "1.2.3")
    monkeypatch.setattr(provenance, "bearing_on_numbers", lambda *_: {"sampling": {"fps": 5.0}})
    (stream,) = run_of("clip").streams
    assert stream.analysis.source_id == "017179235fcc6b585f3d1d97a1b3397c"
    assert stream.analysis.analysis_id == "5799d7b51cbad655b62ae46ef034f880"


def test_a_package_that_brings_the_parser_of_views_is_named_with_its_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def package_of(component: Component) -> tuple[str, str] | None:
        return ("finer-views", "1.2.3") if component.kind == "m2fp" else None

    monkeypatch.setattr(provenance, "package_of", package_of)
    (stream,) = run_of("clip", best_views_parser="m2fp").streams
    assert stream.analysis.packages == {"finer-views": "1.2.3"}
    assert run_of("clip").streams[0].analysis.packages == {}


@pytest.mark.parametrize(
    "cameras",
    [
        [{"source": "/another/place/0.mp4"}],
        [{"source": "0.mp4", "id": "yard"}],
    ],
)
def test_path_and_name_of_a_recording_do_not_matter(cameras: list[dict[str, str]]) -> None:
    assert ids(run_of("clip", cameras=cameras)) == ids(run_of("clip"))


def test_everything_else_does() -> None:
    runs = [
        run_of("clip"),
        run_of("another clip"),
        run_of("clip", sampling={"fps": 4}),
        run_of("clip", tracker={"lost_after_s": 4}),
        run_of("clip", analytics={"visits": {"min_visit_frames": 5}}),
        run_of("clip", parser=ParserInfo("lite-cc0", "0.5.0", "bf16", "abc")),
        run_of("clip", parser=ParserInfo("lite", "0.6.0", "bf16", "abc")),
        run_of("clip", parser=ParserInfo("lite", "0.5.0", "int8", "abc")),
        run_of("clip", parser=ParserInfo("lite", "0.5.0", "bf16", "abcd")),
    ]
    assert len({name for run in runs for name in ids(run)}) == len(runs)
    assert len({run.streams[0].analysis.source_id for run in runs}) == 2


def test_the_finder_that_suits_the_parser_counts_as_if_it_was_chosen() -> None:
    assert ids(run_of("clip")) == ids(run_of("clip", finder="lite")) != ids(run_of("clip", finder="none"))


def test_another_version_is_another_analysis_of_the_same_source(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run_of("clip")
    monkeypatch.setattr(provenance, "version", lambda _: "99")
    after = run_of("clip")
    assert ids(before) != ids(after)
    assert before.streams[0].analysis.source_id == after.streams[0].analysis.source_id


def test_the_same_recording_twice_in_a_run_is_two_sources_the_same_in_every_run() -> None:
    run = run_of("clip", "clip", "clip")
    assert len(set(ids(run))) == 3
    assert ids(run) == ids(run_of("clip", "clip", "clip"))
    assert ids(run)[0] == ids(run_of("clip"))[0]


def test_a_camera_is_its_name() -> None:
    def of(name: str, address: str) -> str:
        return ids(run_of(None, cameras=[{"source": address, "id": name}]))[0]

    assert of("door", "rtsp://a/1") == of("door", "rtsp://user:other@b/2")
    assert of("door", "rtsp://a/1") != of("yard", "rtsp://a/1")


def test_two_cameras_are_two_sources() -> None:
    run = run_of(None, None, cameras=[{"source": "rtsp://a/1"}, {"source": "rtsp://a/2"}])
    assert len({stream.analysis.source_id for stream in run.streams}) == 2
    assert all(stream.analysis.live and stream.analysis.content is None for stream in run.streams)


def test_ids_of_events_count_from_the_beginning_of_a_recording() -> None:
    run, (stream,) = begun("clip")
    analysis_id = run.journal.run.streams[0].analysis.analysis_id
    assert stream.identity == StreamIdentity("0", analysis_id, START)
    _, (camera,) = begun(None, cameras=[{"source": "rtsp://a/1"}])
    assert camera.identity.origin is None


def test_a_recording_that_was_looked_at_to_its_end_is_the_same_when_it_is_added_again() -> None:
    run, (first, second) = begun("clip", "clip")
    first.ended("complete", None)
    camera = Settings.model_validate({"cameras": [{"source": "again.mp4"}]}).cameras[0]
    again = run.begin(camera, Recording("clip", stream_id=camera.id), PARSER)
    assert again.identity.analysis_id == first.identity.analysis_id != second.identity.analysis_id


def test_another_parser_in_the_midst_of_a_run_is_another_analysis_of_the_same_stream() -> None:
    camera = Settings.model_validate({"cameras": [{"source": "rtsp://a/1", "id": "door"}]}).cameras[0]
    run, (first,) = begun(None, cameras=[{"source": "rtsp://a/1", "id": "door"}])
    first.ended("complete", None)
    run.begin(camera, Recording(None, stream_id="door"), ParserInfo("m2fp", "1", "fp32", "def"))
    told = [(one.stream_id, one.analysis.parser.name, one.state) for one in run.journal.run.streams]
    assert told == [("door", "lite", "complete"), ("door", "m2fp", "running")]


@pytest.mark.parametrize(
    ("states", "interrupted", "expected"),
    [
        (("complete", "complete"), False, "complete"),
        (("complete", "interrupted"), False, "interrupted"),
        (("complete", "complete"), True, "interrupted"),
        (("failed", "interrupted"), True, "failed"),
    ],
)
def test_a_run_is_what_its_streams_were(
    states: tuple[RunState, RunState], interrupted: bool, expected: RunState
) -> None:
    run, streams = begun("one", "two")
    for state, stream in zip(states, streams, strict=True):
        stream.ended(state, "why" if state == "failed" else None)
    run.end(interrupted=interrupted, at=LATER)
    record = run.journal.run
    assert (record.state, record.ended_at) == (expected, LATER)
    assert [stream.state for stream in record.streams] == list(states)
    assert [stream.problem for stream in record.streams] == [
        "why" if state == "failed" else None for state in states
    ]


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ({"lengths_s": [10, 60]}, 60),
        ({"lengths_s": [7, 60]}, 420),
        ({"lengths_s": [86_400]}, 86_400),
        (False, 1),
    ],
)
def test_guessed_starts_are_whole_numbers_of_all_windows(windows: object, expected: int) -> None:
    settings = Settings.model_validate({"cameras": [{"source": "a.mp4"}], "analytics": {"windows": windows}})
    assert grid_s(settings.cameras[0]) == expected


def test_passwords_are_in_no_record() -> None:
    run = run_of(
        None,
        cameras=[{"source": "rtsp://user:geheim@a/1"}],
        sinks={"sql": {"url": "postgresql://user:geheim@host/db"}},
    )
    assert "geheim" not in run.model_dump_json()


def test_a_run_that_decides_the_same_numbers_has_the_same_fingerprint() -> None:
    def of(*contents: str | None, **values: Any) -> str:
        settings = Settings.model_validate(
            {"cameras": [{"source": f"{number}.mp4"} for number in range(len(contents))], **values}
        )
        sources = [Recording(content, stream_id=str(number)) for number, content in enumerate(contents)]
        run = Provenance(settings, LATER)
        found = run.fingerprint(sources, PARSER)
        # What it foresees is what the streams then are.
        for camera, source in zip(settings.cameras, sources, strict=True):
            run.begin(camera, source, PARSER)
        then: list[JsonValue] = [[one.stream_id, one.analysis.analysis_id] for one in run.journal.run.streams]
        assert found == provenance._digest({"streams": then})
        return found

    assert of("clip", "clip") == of("clip", "clip", output={"dir": "elsewhere"})
    prints = [of("clip"), of("clip", "clip"), of("other"), of("clip", sampling={"fps": 2})]
    assert len(set(prints)) == len(prints)
