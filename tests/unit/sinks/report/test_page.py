import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from domain.errors import OutputError
from domain.events import ColorName, GarmentName
from domain.summary import RunSummary, SiteCounts
from sinks.report.data import ReportData
from sinks.report.page import render, write_report
from sinks.report.swatches import SWATCHES
from sinks.report.words import period
from tests.support.events import visit_event
from tests.support.outside import LineCrossed, crossing, installed
from tests.support.reports import NORTH, SOUTH, example_run

EVIL = '<script>alert("x")</script>\'"><img src=https://evil.example/x onerror=alert(1)>'
EMPTY = ReportData(RunSummary(footfall_version="0.1.0", interrupted=False, streams=(), sinks=()))


class Page(HTMLParser):
    """Tags with their attributes, and the text a reader sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self._open and "title" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize(("in_doubt", "doubt"), [(0, ""), (3, ", 3 of them in doubt")])
def test_visitors_of_a_site_are_no_range(in_doubt: int, doubt: str) -> None:
    counts = SiteCounts(tracks=50, visits=47, visitors=32, in_doubt=in_doubt)
    data = example_run()
    text = Page(
        render(replace(data, summary=data.summary.model_copy(update={"sites": {"mall": counts}})))
    ).text
    assert f"Visitors of mall about 32 a rough estimate from clothes{doubt}, of 47 visits, 50 tracks" in text


def test_totals_are_the_summarys() -> None:
    data = example_run()
    text = Page(render(data)).text
    streams = data.summary.streams
    assert f"Visits {sum(stream.visits for stream in streams)} confirmed tracks" in text
    assert f"Most at once {max(stream.persons_max for stream in streams)} persons" in text
    assert "Observed 4 min 40 s media time of 2 streams" in text
    assert "Speed 1\u201310.6\u00d7 real time; parser lite 1, bf16" in text
    for stream in streams:
        frames = " ".join(
            f"{count:,}".replace(",", "\u202f")
            for count in (
                stream.frames_read,
                stream.frames_sampled,
                stream.frames_parsed,
                stream.frames_dropped,
            )
        )
        assert " ".join(f"{stream.stream_id} {frames}".split()) in text


def test_totals_do_not_come_from_the_visits_listed() -> None:
    data = example_run()
    busy = data.summary.streams[0].model_copy(update={"visits": 5000, "persons_max": 41})
    summary = data.summary.model_copy(update={"streams": (busy,)})
    text = Page(render(replace(data, summary=summary))).text
    assert "Visits 5 000 confirmed tracks" in text
    assert "Most at once 41 persons in view" in text
    assert (
        "The latest of each stream, 6 visits in all; 4 994 earlier ones are left out here, and counted above."
        in text
    )


def test_coverage_takes_drops_and_silence_into_account() -> None:
    text = Page(render(example_run())).text
    # 250 of 280 seconds with a signal, 1376 of 1400 sampled frames parsed.
    assert "Coverage 88 % 24 frames dropped, 30 s without signal" in text


def test_every_visit_is_in_the_table_with_its_outfit() -> None:
    data = example_run()
    text = Page(render(data)).text
    for visit in data.visits:
        worn = " ".join(f"{item.part} {item.color}" for item in visit.outfit)
        assert f"#{visit.track_id} {visit.started_at:%H:%M:%S}" in text
        assert worn in text
    assert "left out" not in text


def test_clothing_is_charted_and_tabled_as_in_the_summary() -> None:
    data = example_run()
    text = render(data)
    total: dict[tuple[GarmentName, ColorName], int] = {}
    for stream in data.summary.streams:
        for part, colors in stream.clothing.items():
            for color, count in colors.items():
                total[part, color] = total.get((part, color), 0) + count
    for (part, color), count in total.items():
        assert f'title="{part} {color}: {count} visit{"s" if count > 1 else ""}"' in text
        assert re.search(rf"<td>{part}</td><td><i [^>]*></i>{color}</td><td class=\"n\">{count}</td>", text)


def test_problems_are_said_at_the_top() -> None:
    data = example_run()
    broken = data.summary.streams[0].model_copy(update={"problem": "the file breaks off after 12 s"})
    summary = data.summary.model_copy(
        update={"interrupted": True, "streams": (broken, data.summary.streams[1])}
    )
    text = Page(render(replace(data, summary=summary))).text
    top = text[: text.index("confirmed tracks")]
    assert "Interrupted." in top
    assert f"{NORTH} : the file breaks off after 12 s" in top
    assert "kafka : 312 events not delivered: no broker answered at kafka.example:9092" in top
    assert "sql" not in top


def test_lost_signals_are_listed() -> None:
    text = Page(render(example_run())).text
    assert f"{SOUTH} 09:30:50 signal lost: the camera closed the connection" in text
    assert f"{SOUTH} 09:31:20 signal restored 30 s" in text


def test_a_kind_of_event_from_outside_has_its_list() -> None:
    with installed(crossing=LineCrossed):
        data = replace(
            example_run(), listed=[crossing("yard"), crossing("entrance")], left_out={"crossing": 2}
        )
        text = Page(render(data)).text
    assert "Crossings The latest of each stream; 2 earlier ones are left out here." in text
    assert "When Line Track Clothes 09:30:00 entrance inwards bag red 09:30:00 yard inwards bag red" in text


def test_lists_of_kinds_without_events_are_left_out() -> None:
    with installed(crossing=LineCrossed):
        assert "Crossings" not in Page(render(example_run())).text


def test_gaps_and_drops_are_drawn_and_said() -> None:
    text = render(example_run())
    assert 'class="gap" style="left:35.714%;width:21.429%"' in text
    assert "09:30:50\u201309:31:20: 30 s without signal" in text
    assert "09:31:30\u201309:31:40: 12 frames dropped" in text


def test_nothing_is_fetched() -> None:
    data = example_run()
    text = render(data)
    page = Page(text)
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "iframe", "object", "base"} or attributes.get("rel") == "icon"
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            assert (attributes.get(name) or "data:").startswith("data:")
    assert "url(" not in text
    assert "@import" not in text
    policy = [attributes["content"] for _, attributes in page.tags if "http-equiv" in attributes]
    assert policy == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


def test_what_users_write_is_text_and_nothing_else() -> None:
    data = example_run()
    stream = data.summary.streams[0].model_copy(update={"stream_id": EVIL, "source": EVIL, "problem": EVIL})
    sink = data.summary.sinks[1].model_copy(update={"problem": EVIL})
    evil = ReportData(
        summary=data.summary.model_copy(update={"streams": (stream,), "sinks": (sink,)}),
        windows=[window.model_copy(update={"stream_id": EVIL}) for window in data.windows[:3]],
        listed=[
            event.model_copy(
                update={"stream_id": EVIL} | ({"message": EVIL} if event.event_type == "health" else {})
            )
            for event in data.listed
        ],
        stills=[replace(still, stream_id=EVIL, caption=EVIL) for still in data.stills],
    )
    page = Page(render(evil))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in Page(render(data)).tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert page.text.count('<script>alert("x")</script>') >= 8


def test_pictures_have_alternatives_and_charts_have_tables() -> None:
    page = Page(render(example_run()))
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert [image["alt"] for image in images] == [
        f"{NORTH}, at 12.4 s, 2 persons",
        f"{SOUTH}, at 61 s, 2 persons",
    ]
    charts = [attributes for _, attributes in page.tags if attributes.get("role") == "img"]
    assert len(charts) == 5
    assert all(chart["aria-label"] for chart in charts)
    assert page.text.count("Persons in view as a table") == 2
    assert "Clothing as a table" in page.text


def test_a_run_without_anything_says_so() -> None:
    text = Page(render(EMPTY)).text
    assert "No streams No windows were closed" in text
    assert "Visits 0 confirmed tracks" in text
    assert "No garment was recognised." in text
    assert "No visits." in text


def test_a_stream_without_windows_says_so() -> None:
    data = example_run()
    text = Page(render(ReportData(data.summary))).text
    assert "No window was closed." in text
    assert "The visits were counted, but not kept." in text


def test_the_axis_of_a_recording_within_one_window_ends_with_its_last_picture() -> None:
    data = example_run()
    first = min((one for one in data.windows if one.stream_id == NORTH), key=lambda one: one.window_start)
    only = replace(data, windows=[first], listed=[])
    begin, end = first.window_start + timedelta(seconds=3), first.window_start + timedelta(seconds=8)
    assert period(begin, end) in Page(render(replace(only, spans={NORTH: (begin, end)}))).text
    assert period(begin, end) not in Page(render(only)).text


def test_a_single_moment_is_no_chart() -> None:
    data = example_run()
    visit = visit_event(1, NORTH)
    visit = visit.model_copy(update={"event_time": visit.started_at, "duration_s": 0.0})
    assert "#1" in Page(render(ReportData(data.summary, listed=[visit]))).text


@pytest.mark.parametrize("name", SWATCHES)
def test_ink_can_be_read_on_every_colour(name: ColorName) -> None:
    light, dark = sorted((_luminance(SWATCHES[name].fill), _luminance(SWATCHES[name].ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_file_appears_whole_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("the one before", encoding="utf-8")
    write_report(path, example_run())
    assert path.read_text(encoding="utf-8") == render(example_run())
    assert list(tmp_path.iterdir()) == [path]


def test_where_it_cannot_be_written_the_message_names_path_and_cure(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "report.html"
    with pytest.raises(
        OutputError, match=rf"^cannot write {re.escape(str(path))}: No such file or directory; "
    ):
        write_report(path, EMPTY)


def _luminance(code: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
