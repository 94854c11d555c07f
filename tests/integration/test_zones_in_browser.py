"""The page of `footfall zones`: what is drawn there goes into the settings as it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from typer.testing import CliRunner

from cli.main import app
from cli.zones import page_of
from config import load_settings

pytestmark = pytest.mark.integration


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "zones.html"
    file.write_text(page_of("the <b>door</b>", np.full((360, 640, 3), 90, np.uint8)), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(file.as_uri())
    yield page
    assert complaints == []
    context.close()


def click(page: Page, *places: tuple[float, float]) -> None:
    box = page.locator("#picture").bounding_box()
    assert box
    for x, y in places:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def draw(page: Page) -> str:
    """A line and a zone."""
    page.get_by_label("Name").fill("entrance")
    click(page, (0.2, 0.7), (0.8, 0.7))
    page.get_by_role("button", name="Zone", exact=True).click()
    page.get_by_label("Name").fill("promotion")
    click(page, (0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6))
    page.get_by_role("button", name="Close zone").click()
    return page.locator("#yaml").inner_text()


def settings_file(folder: Path, text: str) -> Path:
    file = folder / "shop.yaml"
    file.write_text(f"cameras:\n  - id: door\n    source: 'synthetic:'\n{text}", encoding="utf-8")
    return file


def test_what_is_drawn_is_valid_in_the_settings(page: Page, tmp_path: Path) -> None:
    file = settings_file(tmp_path, draw(page))
    (camera,) = load_settings(file, environ={}).cameras
    assert camera.lines["entrance"].begin == pytest.approx((0.2, 0.7), abs=0.005)
    assert camera.lines["entrance"].hand == "right"
    assert len(camera.zones["promotion"].polygon) == 4
    checked = CliRunner().invoke(app, ["check-config", str(file)])
    assert checked.exit_code == 0


def test_the_arrow_shows_the_side_of_those_who_came_in(page: Page, tmp_path: Path) -> None:
    draw(page)
    # Who looks from left to right has the lower half on the right hand.
    tip = "document.querySelector('.line .in').points[1].y"
    assert page.evaluate(tip) > 0.7 * 360
    page.get_by_role("button", name="Other side").click()
    assert page.evaluate(tip) < 0.7 * 360
    (camera,) = load_settings(settings_file(tmp_path, page.locator("#yaml").inner_text()), environ={}).cameras
    assert camera.lines["entrance"].hand == "left"


def test_what_could_not_count_is_refused_in_words(page: Page) -> None:
    draw(page)
    page.get_by_label("Name").fill("Promotion")
    click(page, (0.1, 0.1), (0.2, 0.2), (0.2, 0.1), (0.1, 0.2))
    page.get_by_role("button", name="Close zone").click()
    assert "is there already" in page.locator("#say").inner_text()
    page.get_by_label("Name").fill("bow-tie")
    page.get_by_role("button", name="Close zone").click()
    assert "crosses itself" in page.locator("#say").inner_text()
    assert "bow-tie" not in page.locator("#yaml").inner_text()


def test_shapes_can_be_removed_and_points_taken_back(page: Page) -> None:
    draw(page)
    page.get_by_role("button", name="Remove").first.click()
    assert "entrance" not in page.locator("#yaml").inner_text()
    click(page, (0.1, 0.1))
    page.get_by_role("button", name="Take back").click()
    assert page.get_by_role("button", name="Take back").is_disabled()


def test_what_is_copied_is_the_text(page: Page) -> None:
    text = draw(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#say")).to_have_text(re.compile("Copied.|Mark the text and copy it."))
    assert text.startswith("    lines:")
