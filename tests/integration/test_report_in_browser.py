"""The report as a browser shows it."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sinks.report.page import write_report
from tests.support.reports import NORTH, SOUTH, example_run

pytestmark = pytest.mark.integration

SIZES = {"desktop": (1280, 900), "tablet": (800, 1100), "phone": (360, 780)}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, example_run())
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_opens_alone_without_a_complaint_and_fits(
    browser: Browser, report: Path, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        offline=True,
    )
    page = context.new_page()
    requests, complaints = _watch(page)
    page.goto(report.as_uri())
    assert [address for address in requests if not address.startswith("data:")] == [report.as_uri()]
    assert complaints == []
    for words in (NORTH, SOUTH, "Most at once", "entrance north, window-south", "30 s without signal"):
        assert page.get_by_text(words).first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    context.close()


def test_white_and_black_garments_can_be_seen_in_both_schemes(browser: Browser, report: Path) -> None:
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
        page = context.new_page()
        page.goto(report.as_uri())
        panel = _color(page, ".panel", "backgroundColor")[:3]
        for color in ("white", "black"):
            fill = _color(page, f".stack .c-{color}", "backgroundColor")[:3]
            *edge, opacity = _color(page, f".stack .c-{color}", "borderTopColor")
            painted = [opacity * one + (1 - opacity) * other for one, other in zip(edge, fill, strict=True)]
            assert max(_contrast(fill, panel), _contrast(painted, panel)) >= 1.7
        context.close()


def test_the_table_behind_a_chart_opens(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    cell = page.get_by_text("no picture").first
    assert not cell.is_visible()
    page.get_by_text("Persons in view as a table").nth(1).click()
    assert cell.is_visible()
    page.close()


def test_names_from_users_run_nothing(browser: Browser, tmp_path: Path) -> None:
    data = example_run()
    evil = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    stream = data.summary.streams[0].model_copy(update={"stream_id": evil, "source": evil})
    path = tmp_path / "report.html"
    summary = data.summary.model_copy(update={"streams": (stream,)})
    write_report(path, type(data)(summary, stills=[type(data.stills[0])(evil, evil, data.stills[0].image)]))
    page = browser.new_page()
    requests, complaints = _watch(page)
    page.goto(path.as_uri())
    assert page.title().startswith("Footfall report")
    assert page.get_by_role("heading", level=1).inner_text() == evil
    assert [address for address in requests if not address.startswith("data:")] == [path.as_uri()]
    assert complaints == []
    page.close()


def _color(page: Page, selector: str, style: str) -> list[float]:
    """Red, green, blue 0 to 255 and opacity 0 to 1, as computed by the browser."""
    said = page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).{style}")
    numbers = [float(number) for number in re.findall(r"[\d.]+", said)]
    return numbers if len(numbers) == 4 else [*numbers, 1.0]


def _contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Contrast of two greys after WCAG 2, near enough: gamma 2, and only the green part is looked at."""
    light, dark = sorted(((color[1] / 255) * (color[1] / 255) for color in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _watch(page: Page) -> tuple[list[str], list[str]]:
    """Lists that fill with the addresses a page asks for, and with what it complains of."""
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return requests, complaints
