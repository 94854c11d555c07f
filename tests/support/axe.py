"""What axe-core (MPL 2.0, vendored for tests alone) finds wrong with a page for people who cannot see it, or use no mouse."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_SCRIPT = Path(__file__).with_name("vendor") / "axe.js"


def findings(page: Page) -> list[str]:
    """Rule, and the first element, of each finding that is serious or critical, or moderate."""
    # Beside the page's own policy, which lets no script in: the debugger may.
    page.evaluate(_SCRIPT.read_text(encoding="utf-8") + "\n;undefined")
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in {"moderate", "serious", "critical"}
    ]
