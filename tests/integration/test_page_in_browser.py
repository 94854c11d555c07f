"""The web page in a real browser, with a scripted parser behind it."""

import re
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from domain.events.window_places import ZoneCounts
from sinks.base import DATABASE
from tests.support.axe import findings
from tests.support.counted import store_a_day
from tests.support.events import visit_event, window_event
from tests.support.pages import SIZES, opened
from tests.support.service import Running, png_file, running
from tests.support.streams import ListSource, ScriptedParser, one_person, plain_frame

pytestmark = pytest.mark.integration

PAGES = ("live", "trends", "try", "jobs", "models")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("page")
    store_a_day(folder / DATABASE)
    with running(folder) as started:
        frames = [plain_frame(number) for number in range(3)]
        started.harness.factory.sources["door"] = deque([ListSource(frames, live=True)])
        started.harness.factory.parsers = {
            "lite-cc0": ScriptedParser(lambda image: one_person(image, left=12))
        }
        started.post("/api/streams", json={"id": "door", "source": "synthetic:"})
        yield started


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, service: Running, browser: Browser) -> Iterator[Page]:
    with opened(browser, service, request.param) as opened_page:
        yield opened_page


@pytest.fixture
def desk(service: Running, browser: Browser) -> Iterator[Page]:
    with opened(browser, service, "desk") as opened_page:
        yield opened_page


def give_a_picture(page: Page) -> None:
    page.set_input_files("#file", {"name": "shop.png", "mimeType": "image/png", "buffer": png_file()})


def test_all_pages_can_be_walked_through(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="door")).to_be_visible()
    expect(page.get_by_role("img", name="The newest picture of door")).to_have_js_property("naturalWidth", 64)
    expect(page.locator(".feed li")).to_have_count(12)
    page.get_by_label("Overlay").select_option("Named colours")
    page.get_by_role("link", name="Trends").click()
    expect(page.get_by_role("heading", name="Visits per hour")).to_be_visible()
    expect(page.get_by_role("button", name="Save Visits per hour as CSV")).to_be_visible()
    page.get_by_role("group", name="Visits per hour").locator(".u-over").hover()
    expect(page.get_by_text(re.compile(r"visits? ended, .*coverage"))).to_be_visible()
    page.get_by_label("Interval").select_option("15 minutes")
    expect(page.get_by_role("heading", name="Visits per 15 minutes")).to_be_visible()
    page.get_by_label("Camera").select_option("door")
    expect(page.locator(".outfits li")).to_have_count(8)
    page.get_by_role("link", name="Models").click()
    expect(page.get_by_text("Apache 2.0; trained on CC0 data alone")).to_be_visible()
    page.get_by_role("link", name="Try it").click()
    give_a_picture(page)
    expect(page.get_by_role("heading", name="1 person")).to_be_visible()
    page.locator(".part").first.hover()
    page.get_by_role("button", name="green", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("now green"))).to_be_visible()
    page.get_by_role("link", name="API").click()
    expect(page.get_by_text("/api/parse", exact=True).first).to_be_visible()


def test_what_is_pointed_at_is_named(desk: Page) -> None:
    desk.goto("/#try")
    give_a_picture(desk)
    picture = desk.locator(".compare").first
    original = picture.get_by_role("img", name="The original")
    expect(original).to_have_js_property("complete", True)
    columns, rows = original.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    picture.scroll_into_view_if_needed()
    area = picture.bounding_box()
    assert area is not None
    # The scripted parser's person takes columns 10 to 20 and rows 10 to 40.
    height = area["height"] * 25 / rows
    picture.hover(position={"x": area["width"] * 15 / columns, "y": height})
    expect(desk.locator(".tip")).to_have_text(re.compile(r"#1 [a-z-]+.*person \d+ %"))
    desk.mouse.down()
    picture.hover(position={"x": area["width"] / 4, "y": height})
    desk.mouse.up()
    expect(desk.get_by_role("slider")).to_have_value("25")


def test_a_job_is_sent_and_cancelled(desk: Page, service: Running) -> None:
    before = job_ids(service)
    desk.goto("/#jobs")
    expect(desk.locator(".badge")).to_have_count(len(before))
    files = [{"name": f"{number}.png", "mimeType": "image/png", "buffer": png_file()} for number in range(2)]
    desk.set_input_files("#recording", files)  # type: ignore[arg-type]  # names and bytes, as it wants them
    expect(desk.locator(".badge")).to_have_count(len(before) + 1)
    panel = panel_of(desk, service, before)
    # This service does no jobs, so it waits for its turn.
    expect(panel.locator(".badge")).to_have_text("accepted")
    expect(panel.get_by_role("link", name="Watch")).to_be_visible()
    panel.get_by_role("button", name="Cancel").click()
    expect(panel.locator(".badge")).to_have_text("cancelled")


def test_what_is_dropped_becomes_a_job(desk: Page, service: Running) -> None:
    before = job_ids(service)
    desk.goto("/#jobs")
    expect(desk.locator(".badge")).to_have_count(len(before))
    dropped = desk.evaluate_handle(
        """bytes => {
          const moved = new DataTransfer();
          moved.items.add(new File([new Uint8Array(bytes)], "shop.png", { type: "image/png" }));
          return moved;
        }""",
        list(png_file()),
    )
    desk.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    expect(desk.locator(".badge")).to_have_count(len(before) + 1)
    panel = panel_of(desk, service, before)
    panel.get_by_role("button", name="Cancel").click()
    expect(panel.locator(".badge")).to_have_text("cancelled")


def job_ids(service: Running) -> set[str]:
    """Other tests share the service and leave jobs behind."""
    return {job["id"] for job in service.get("/api/jobs").json()["data"]["jobs"]}


def panel_of(desk: Page, service: Running, before: set[str]) -> Locator:
    """What the page shows of the one job that was sent since."""
    [new] = job_ids(service) - before
    return desk.locator("section", has=desk.locator(f'[data-job="{new}"]'))


def test_the_page_of_a_job_shows_how_far_it_is(page: Page, service: Running) -> None:
    job = service.post("/api/jobs", files=[("image", png_file())] * 2).json()["data"]
    page.goto(f"/jobs/{job['id']}")
    expect(page.get_by_role("heading", name="Pictures")).to_be_visible()
    expect(page.locator(".badge")).to_have_text("accepted")
    assert findings(page) == []
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".badge")).to_have_text("cancelled")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    page.get_by_role("link", name="Jobs").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()


def test_the_page_of_a_job_shows_what_it_has_made(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, works=True) as worker:
        job = worker.post("/api/jobs", files=[("image", png_file())] * 2).json()["data"]
        with opened(browser, worker, "phone", "dark") as page:
            page.goto(f"/jobs/{job['id']}")
            expect(page.locator(".badge")).to_have_text("done")
            drawn = page.get_by_role("img", name=re.compile("^Picture 2, with persons"))
            expect(drawn).not_to_have_js_property("naturalWidth", 0)
            assert findings(page) == []
            with page.expect_download() as saved:
                page.get_by_role("button", name="Result as JSON").click()
            assert saved.value.suggested_filename == "result.json"


def test_who_crossed_and_who_is_in_a_zone_is_shown(desk: Page, service: Running) -> None:
    zone = ZoneCounts(zone="shelf", entries=1, ended=0, occupancy_min=0, occupancy_mean=1.5, occupancy_max=3)
    service.service.feed.take([window_event().model_copy(update={"zones": (zone,)})])
    desk.goto("/#live")
    places = desk.get_by_role("list", name="Lines, zones and rooms of door")
    expect(places).to_contain_text("shelf1.5on average, 3 at most, in 10 s")


def test_visits_are_listed_by_the_moment_they_ended(desk: Page, service: Running) -> None:
    desk.goto("/#live")
    rows = desk.locator(".feed li")
    expect(rows).to_have_count(12)
    # One that came late is not at the top, and one that is older than all others is not there.
    late, newest, oldest = (
        visit_event(number, "late").model_copy(
            update={"event_time": datetime.now(UTC) + timedelta(hours=hours), "track_id": 900 + number}
        )
        for number, hours in enumerate((2, 3, -700))
    )
    service.service.feed.take([newest, late, oldest])
    expect(rows.nth(0)).to_contain_text("late #901")
    expect(rows.nth(1)).to_contain_text("late #900")
    expect(desk.get_by_text("late #902")).to_have_count(0)
    expect(rows).to_have_count(12)


def test_a_table_is_saved(desk: Page, tmp_path: Path) -> None:
    desk.goto("/#trends")
    for name, file in {
        "Top outfits": "outfits.csv",
        "Clothing": "clothing.csv",
        "Persons in view": "windows.csv",
    }.items():
        with desk.expect_download() as saved:
            desk.get_by_role("button", name=f"Save {name} as CSV").click()
        assert saved.value.suggested_filename == file
        saved.value.save_as(tmp_path / file)
        assert len((tmp_path / file).read_text().splitlines()) > 5


def test_it_is_operated_by_keys_alone(desk: Page) -> None:
    desk.goto("/")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="To the content")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("main")).to_be_focused()
    walk_to(desk, "Trends", back=True)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Persons in view")).to_be_visible()
    walk_to(desk, "Visits per hour: arrow keys move through the values")
    desk.keyboard.press("End")
    desk.keyboard.press("ArrowLeft")
    expect(desk.get_by_text(re.compile(r"visits? ended, .*coverage"))).to_be_visible()
    walk_to(desk, "Try it", back=True)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Newest picture of door")).to_be_visible()
    walk_to(desk, "Newest picture of door")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="1 person")).to_be_visible()
    walk_to(desk, "How much of the original is seen, in percent")
    desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("slider")).to_have_value("51")
    walk_to(desk, "Models", back=True)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="lite-cc0")).to_be_visible()
    walk_to(desk, "Load")
    desk.keyboard.press("Enter")
    walk_to(desk, "Try on that share")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Trial: lite-cc0 beside lite")).to_be_visible()
    walk_to(desk, "End the trial")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Trial: lite-cc0 beside lite")).not_to_be_visible()


NAME_OF_FOCUSED = """() => {
  const one = document.activeElement;
  return one?.getAttribute("aria-label") ?? one?.textContent.trim() ?? "";
}"""


def walk_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press Tab until that element has the focus; what it has must be seen."""
    for _ in range(80):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate(NAME_OF_FOCUSED) == name:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", name
            return
        # What was asked for a moment ago may have come meanwhile.
        page.wait_for_timeout(20)
    raise AssertionError(f"the keyboard does not reach {name!r}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(service: Running, browser: Browser, size: str, scheme: str) -> None:
    with opened(browser, service, size, scheme) as page:
        for name in PAGES:
            page.goto(f"/#{name}")
            page.locator("main h1").wait_for()
            if name == "trends":
                page.get_by_role("heading", name="Top outfits").wait_for()
            if name == "try":
                give_a_picture(page)
                page.get_by_role("button", name="green", exact=True).click()
                page.get_by_role("slider").nth(1).wait_for()
            assert findings(page) == [], name


def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    for name in PAGES:
        page.goto(f"/#{name}")
        page.locator("main h1").wait_for()
        page.wait_for_timeout(500)
        # Charts are drawn anew a moment later.
        page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_camera_that_is_lost_is_told_at_the_top(service: Running, desk: Page) -> None:
    frames = [plain_frame(number) for number in range(3)]
    service.harness.factory.sources["gate"] = deque([ListSource(frames, live=True)])
    service.post("/api/streams", json={"id": "gate", "source": "synthetic:"})
    desk.route("**/api/streams", lost)
    desk.goto("/")
    expect(desk.get_by_text("gate has no signal: it sends nothing")).to_be_visible()
    expect(desk.get_by_text("The camera has no signal")).to_be_visible()
    desk.unroute_all(behavior="wait")
    service.client.delete("/api/streams/gate")


def lost(route: Route) -> None:
    """As the service answers, with one of its cameras lost."""
    answer = route.fetch()
    told = answer.json()
    for stream in told["data"]["streams"]:
        if stream["id"] == "gate":
            stream |= {"status": "lost", "problem": "it sends nothing", "last_frame_age_s": 75.0}
    route.fulfill(response=answer, json=told)
