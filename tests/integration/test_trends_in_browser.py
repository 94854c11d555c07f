"""Trends in a real browser, over a made-up day."""

import csv
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.events import WindowClosed
from domain.stores import file_store
from sinks.base import DATABASE
from sinks.sql.reader import SqlReader
from tests.support.axe import findings
from tests.support.counted import store_a_day
from tests.support.pages import opened
from tests.support.service import running

pytestmark = pytest.mark.integration

NOW = datetime(2026, 5, 4, 17, 30, tzinfo=UTC)
"""As the browser has it, whatever it is: the hours of the day are the same in every run."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("trends")
    store_a_day(made / DATABASE, NOW)
    return made


@pytest.fixture
def page(folder: Path, browser: Browser) -> Iterator[Page]:
    with running(folder) as service, opened(browser, service, "desk") as trends:
        trends.clock.set_fixed_time(NOW)
        trends.goto("/#trends")
        expect(trends.get_by_role("heading", name="Top outfits")).to_be_visible()
        yield trends


@pytest.fixture(scope="module")
def windows(folder: Path) -> list[WindowClosed]:
    with closing(SqlReader(file_store(folder / DATABASE))) as reader:
        return reader.windows()


def test_what_came_in_and_went_out_is_summed(page: Page, windows: list[WindowClosed]) -> None:
    came, went = (
        sum(getattr(window.lines[0], side) for window in windows) for side in ("came_in", "went_out")
    )
    row = page.get_by_role("region", name="Lines").get_by_role("row", name=re.compile("entrance"))
    expect(row.get_by_role("cell").nth(1)).to_have_text(f"{came:,}")
    expect(row.get_by_role("cell").nth(2)).to_have_text(f"{went:,}")
    page.get_by_role("group", name=re.compile("^In and out at entrance")).press("End")
    expect(page.get_by_text(re.compile(r": \d+ in, \d+ out$"))).to_be_visible()


def test_another_zone_is_picked_and_its_stays_are_told(page: Page, windows: list[WindowClosed]) -> None:
    entries = sum(window.zones[1].entries for window in windows)
    row = page.get_by_role("region", name="Zones").get_by_role("row", name=re.compile("queue"))
    expect(row.get_by_role("cell").nth(1)).to_have_text(f"{entries:,}")
    page.get_by_label("Zone", exact=True).select_option("queue")
    chart = page.get_by_role("group", name=re.compile("^Persons in queue"))
    chart.press("Home")
    expect(
        page.get_by_text(re.compile("at most, .* came in, typical stay|nothing known")).first
    ).to_be_visible()


def test_staff_and_groups_are_told_and_groups_are_said_to_be_estimated(
    page: Page, windows: list[WindowClosed]
) -> None:
    groups, persons = (
        sum(getattr(window, name) for window in windows) for name in ("groups_ended", "grouped_ended")
    )
    expect(page.get_by_text(f"{groups} groups of {persons} persons together. Estimated")).to_be_visible()
    page.get_by_role("group", name=re.compile("^Visits per hour")).press("End")
    page.get_by_role("group", name=re.compile("^Visits per hour")).press("ArrowLeft")
    expect(page.get_by_text(re.compile("ended, [0-9]+ of staff, coverage"))).to_be_visible()


def test_lines_are_saved_as_a_whole_table_and_nothing_is_hard_to_use(
    page: Page, tmp_path: Path, windows: list[WindowClosed]
) -> None:
    # As a month has more windows than come at once.
    page.route(
        re.compile(r"lines\.csv.*limit=10000"),
        lambda route: route.continue_(url=route.request.url.replace("limit=10000", "limit=500")),
    )
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save In and out per hour as CSV").click()
    saved.value.save_as(tmp_path / "lines.csv")
    with (tmp_path / "lines.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["line"] for row in rows} == {"entrance"}
    assert len(rows) == len(windows) > 1000
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    # Charts are drawn anew a moment later.
    page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
