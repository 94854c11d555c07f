"""A headless browser for tests."""

from playwright.sync_api import Browser, Playwright

CHROMIUM = "/usr/bin/chromium"


def chromium(playwright: Playwright) -> Browser:
    """Debian's Chromium, which `scripts/system-packages.sh` installs; it fetches nothing on its own."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    )
