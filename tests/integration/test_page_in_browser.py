"""The web page in a real browser, with a scripted parser behind it."""

import re
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from domain.events import WindowClosed
from domain.stores import file_store
from sinks.base import DATABASE
from sinks.sql.sink import SqlSink
from tests.support.browser import chromium
from tests.support.service import Running, png_file, running
from tests.support.streams import ListSource, plain_frame

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("page")
    with closing(SqlSink(file_store(folder / DATABASE))) as sink:
        sink.store([a_minute_ago()])
    with running(folder) as started:
        frames = [plain_frame(number) for number in range(3)]
        started.harness.factory.sources["door"] = deque([ListSource(frames, live=True)])
        started.post("/api/streams", json={"id": "door", "source": "synthetic:"})
        yield started


def a_minute_ago() -> WindowClosed:
    """A window that has just closed."""
    now = datetime.now(UTC)
    changed = {
        "event_time": now,
        "window_start": now - timedelta(minutes=1),
        "window_s": 60,
        "analysis_id": None,
    }
    return WindowClosed.model_validate({**WindowClosed.example, **changed})


@pytest.fixture(scope="module", params=[(1180, 860), (390, 800)], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, service: Running) -> Iterator[Page]:
    width, height = request.param
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=str(service.client.base_url)
        )
        yield context.new_page()
        browser.close()


def test_all_pages_can_be_walked_through(page: Page) -> None:
    wrong: list[str] = []
    foreign: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None
    )
    page.on("request", lambda sent: foreign.append(sent.url) if "127.0.0.1" not in sent.url[:30] else None)
    page.set_default_timeout(60_000)
    expect.set_options(timeout=30_000)
    page.goto("/")
    expect(page.get_by_role("heading", name="door")).to_be_visible()
    expect(page.get_by_role("img", name="The newest picture of door")).to_have_js_property("naturalWidth", 64)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.get_by_role("link", name="Trends").click()
    page.get_by_label("Period").select_option("The last hour")
    expect(page.get_by_role("heading", name="Visits")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("at most .*, coverage"))).to_have_count(1)
    page.get_by_role("link", name="Models").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="lite active")).to_be_visible()
    page.get_by_role("link", name="Try it").click()
    page.set_input_files("#file", {"name": "shop.png", "mimeType": "image/png", "buffer": png_file()})
    expect(page.get_by_role("heading", name="1 person")).to_be_visible()
    page.locator("tbody tr").first.focus()
    page.get_by_role("slider").press("ArrowRight")
    page.get_by_role("button", name="green").click()
    page.get_by_role("link", name="API").click()
    expect(page.get_by_text("/api/parse", exact=True).first).to_be_visible(timeout=60_000)
    own = [address for address in foreign if not address.startswith(("data:", "blob:"))]
    assert (wrong, own) == ([], [])


def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    for name in ("live", "trends", "try", "models"):
        page.goto(f"/#{name}")
        page.wait_for_load_state("networkidle") if name != "live" else page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
