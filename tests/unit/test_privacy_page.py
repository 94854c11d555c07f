"""The page on privacy says what the settings are."""

import re
from pathlib import Path

import pytest

from config import Settings
from config.keeping import KeepDays
from config.settings import Settings as AllSettings
from domain.events import event_classes
from domain.events.keeping_page import renewed
from domain.events.registry import OWN_KINDS
from pipeline.results.plan import REPORT, RUN, SUMMARY
from sinks.base import CLOSED, DATABASE, EVENTS
from sinks.sql.run_tables import ANALYSES, RUN_STREAMS, RUNS
from sinks.sql.settings import SqlSettings

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")


def table() -> dict[str, str]:
    """Setting and default, as the page has them."""
    part = PAGE.partition("<!-- defaults")[2].partition("<!-- end of defaults -->")[0]
    return dict(re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \|", part, re.MULTILINE))


def test_the_defaults_on_the_page_are_those_of_the_settings() -> None:
    settings = Settings()
    assert table() == {
        "privacy.overlay": f"`{settings.privacy.overlay}`",
        "privacy.hold_s": f"`{settings.privacy.hold_s}`",
        "privacy.look_ahead_s": f"`{settings.privacy.look_ahead_s}`",
        "privacy.requests": settings.privacy.requests or "as `privacy.overlay`",
        "privacy.events": f"`{settings.privacy.leaving}`",
        "privacy.min_group": f"`{settings.privacy.min_group}`",
        "output.report": f"`{str(settings.output.report).lower()}`",
        "pictures.overlay": "on" if "overlay" in settings.pictures else "off",
        "service.results_s": f"`{settings.service.results_s}`",
        "privacy.keep_days": "some" if settings.privacy.keep_days.days() else "none",
        "sinks.sql.keep_days": "some" if any(SqlSettings().keep_days.model_dump().values()) else "none",
    }


def test_the_page_says_which_events_leave() -> None:
    part = PAGE.partition("| `privacy.events` | leaves")[2].partition("\n\n")[0]
    for kind in event_classes():
        (row,) = [line for line in part.splitlines() if line.startswith("| `windows`")]
        place = 2 if kind.leaves_with("windows") else 3
        assert f"`{kind.kind()}`" in row.split("|")[place]
        assert (f"`{kind.kind()}`" in part.splitlines()[3].split("|")[3]) == (not kind.leaves_with("visits"))


def test_every_setting_of_privacy_is_on_the_page() -> None:
    privacy = AllSettings.model_fields["privacy"].annotation
    assert isinstance(privacy, type)
    named = {key.removeprefix("privacy.") for key in table() if key.startswith("privacy.")}
    assert named == set(Settings().privacy.__class__.model_fields)


def test_each_kind_table_and_topic_is_on_the_page() -> None:
    assert renewed(PAGE) == PAGE, "run: make schemas"
    for kind in OWN_KINDS:
        assert all(f"`{name}`" in PAGE for name in (kind.kind(), kind.topic, *kind.table.primary_keys()))


@pytest.mark.parametrize(
    "name",
    [EVENTS, f"{CLOSED}/", DATABASE, SUMMARY, RUN, REPORT, "overlay.mp4", "--masks", ".footfall/spool.db", ".footfall/unfinished/",
     ".footfall/manifest.jsonl", "service/jobs/", "service/service.db", "service/audit.jsonl", "zones.html", "zones.jpg",
     *(f"`{table}`" for table in (RUNS, RUN_STREAMS, ANALYSES))],
)  # fmt: skip
def test_each_kind_of_file_is_on_the_page(name: str) -> None:
    assert name in PAGE


def test_every_key_of_what_is_kept_is_a_table_or_said() -> None:
    keys = set(KeepDays.model_fields) - {"others", "pictures", "audit"}
    assert keys == {kind.table.name for kind in OWN_KINDS}
