"""Pages of a service in a browser, which fail their test where something is wrong with them."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.support.service import Running

SIZES = {"desk": (1180, 860), "phone": (390, 800)}
_SLOW_MS = 60_000


@contextmanager
def opened(browser: Browser, service: Running, size: str, scheme: str = "light") -> Iterator[Page]:
    """A page that fails its test if a script fails, the policy is broken, or anything is fetched from elsewhere."""
    width, height = SIZES[size]
    wrong: list[str] = []
    with browser.new_context(
        viewport={"width": width, "height": height},
        base_url=str(service.client.base_url),
        color_scheme="dark" if scheme == "dark" else "light",
    ) as context:
        page = context.new_page()
        page.set_default_timeout(_SLOW_MS)
        expect.set_options(timeout=_SLOW_MS / 2)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None,
        )
        own = ("http://127.0.0.1:", "data:", "blob:")
        page.on("request", lambda sent: None if sent.url.startswith(own) else wrong.append(sent.url))
        yield page
    assert wrong == []
