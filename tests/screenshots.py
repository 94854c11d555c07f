"""Photographs the web page for the documentation: `make screenshots`.

The camera is the clip that comes with Footfall; the day behind Trends is made up (`tests.support.counted`).
"""

import argparse
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.browser import chromium
from tests.support.counted import store_a_day

ROOT = Path(__file__).parents[1]
_DESK, _PHONE = (1180, 760), (390, 800)
_SLOW_MS = 120_000
SHOWING_A_CAMERA = ("live", "try", "job", "phone")
"""These are kept as JPEG files, the others as PNG files."""
_CONFIG = """
cameras:
  - id: shop
    source: {{kind: replay, path: {root}/cli/demo/demo.mp4}}
    sampling: {{fps: 1}}
    lines: {{entrance: {{from: [0.5, 0.2], to: [0.5, 0.98], in: right}}}}
    zones: {{queue: {{polygon: [[0.62, 0.45], [0.98, 0.45], [0.98, 0.95], [0.62, 0.95]]}}}}
pictures: {{overlay: false}}
sinks: {{sql: {{url: "sqlite:///{store}"}}}}
"""


def main() -> None:
    """Take all of them."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path, help="where they are written")
    folder: Path = arguments.parse_args().folder
    expect.set_options(timeout=_SLOW_MS)
    with TemporaryDirectory() as scratch, serving(Path(scratch)) as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        for name, content in pictures(browser, address):
            path = folder / f"page-{name}{'.jpg' if name in SHOWING_A_CAMERA else '.png'}"
            path.write_bytes(smaller(content, path.suffix))
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB")
        browser.close()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A service with the clip as a camera and a day behind it; its address."""
    store = folder / "day.db"
    store_a_day(store, cameras=("shop",))
    (folder / "settings.yaml").write_text(_CONFIG.format(root=ROOT, store=store), encoding="utf-8")
    command = [sys.executable, "-m", "footfall", "serve", "--config", str(folder / "settings.yaml")]
    process = subprocess.Popen(  # noqa: S603 - our own words
        [*command, "--out", str(folder / "out"), "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said = re.search(r"http://\S+/", process.stdout.readline())
        assert said, "the service did not begin"
        yield said[0]
    finally:
        process.terminate()
        process.wait()


def pictures(browser: Browser, address: str) -> Iterator[tuple[str, bytes]]:
    """Name and PNG file of each."""
    for name in ("live", "trends", "try", "models"):
        page = opened(browser, address, _DESK, dark=False)
        ready(page, name)
        yield name, page.screenshot(full_page=name in {"trends", "models"})
        page.context.close()
    page = opened(browser, address, _DESK, dark=False)
    show_a_job(page, address)
    yield "job", page.screenshot(full_page=True)
    page.context.close()
    page = opened(browser, address, _PHONE, dark=True)
    ready(page, "live")
    one = page.screenshot()
    ready(page, "trends")
    page.get_by_role("heading", name="Persons in view").scroll_into_view_if_needed()
    yield "phone", beside(one, page.screenshot())
    page.context.close()


def show_a_job(page: Page, address: str) -> None:
    """Send two pictures of the camera, and wait for what comes of them."""
    with httpx.Client(base_url=address, timeout=_SLOW_MS / 1000) as client:
        taken = []
        for _ in range(2):
            taken.append(client.get("/api/streams/shop/snapshot.jpg", params={"overlay": "none"}).content)
            page.wait_for_timeout(4000)
        files = [("image", (f"{number}.jpg", content)) for number, content in enumerate(taken)]
        job = (
            client.post("/api/jobs", files=files, data={"label_maps": "true"})
            .raise_for_status()
            .json()["data"]
        )
    page.goto(f"/jobs/{job['id']}")
    expect(page.locator(".badge")).to_have_text("done")
    drawn = page.get_by_role("img", name=re.compile("^Picture 2, with persons"))
    expect(drawn).not_to_have_js_property("naturalWidth", 0)


def opened(browser: Browser, address: str, size: tuple[int, int], *, dark: bool) -> Page:
    """A window of that size."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        base_url=address,
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    page.set_default_timeout(_SLOW_MS)
    return page


def ready(page: Page, name: str) -> None:
    """Go to a page and wait until all of it is there."""
    page.goto(f"/#{name}")
    if name == "live":
        expect(page.locator(".feed li")).to_have_count(12)
        expect(page.locator(".cameras dd").first).to_have_text(re.compile("[2-9]"))
    elif name == "trends":
        expect(page.get_by_role("heading", name="Top outfits")).to_be_visible()
    elif name == "try":
        page.get_by_role("button", name="Newest picture of shop").click()
        page.get_by_role("slider").fill("12")
        page.evaluate("document.querySelector('.looked').scrollIntoView({block: 'center'})")
    else:
        page.get_by_role("button", name="Load").first.click()
        page.get_by_role("button", name="Try on that share").click()
        expect(page.get_by_role("button", name="End the trial")).to_be_visible()
    page.wait_for_timeout(700 if name == "live" else 1500)


def beside(*files: bytes) -> bytes:
    """Pictures of one height in a row."""
    images = [Image.open(io.BytesIO(file)) for file in files]
    whole = Image.new("RGB", (sum(image.width for image in images) + 12, images[0].height), "#6b7583")
    left = 0
    for image in images:
        whole.paste(image, (left, 0))
        left += image.width + 12
    written = io.BytesIO()
    whole.save(written, "PNG")
    return written.getvalue()


def smaller(content: bytes, suffix: str) -> bytes:
    """The same in fewer bytes, every colour as it is but for what JPEG takes."""
    written = io.BytesIO()
    image = Image.open(io.BytesIO(content)).convert("RGB")
    if suffix == ".png":
        image.save(written, "PNG", optimize=True)
    else:
        image.save(written, "JPEG", quality=86, subsampling=0, optimize=True)
    return written.getvalue()


if __name__ == "__main__":
    main()
