"""What is set about views, and what does not go together."""

import pytest

from config.component import settings_of
from config.settings import Settings
from domain.errors import UsageError
from pipeline.finders.auto import as_meant
from pipeline.finders.base import FinderSettings
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.views.building import best_views, check_views
from tests.support.streams import ScriptedParser
from tests.support.views import CountingViews

BEST = {"parser": {"views": "best", "views_per_visit": 3}, "finder": "lite"}


def test_by_default_nothing_is_amiss() -> None:
    check_views(Settings())
    check_views(Settings.model_validate(BEST))
    check_views(Settings.model_validate({"parser": {"views": "best"}}))


def test_a_finder_that_is_not_chosen_rests_as_long_as_is_said() -> None:
    for kind in ("auto", "lite"):
        meant = settings_of(
            FinderSettings,
            as_meant(Settings.model_validate({"finder": {"kind": kind, "rest_s": 0.5}})).finder,
        )
        assert (meant.kind, meant.rest_s) == ("lite", 0.5)


@pytest.mark.parametrize(
    ("settings", "cure"),
    [
        ({"parser": {"views": "best"}, "finder": "none"}, "add --finder lite"),
        ({"parser": {"kind": "m2fp", "views": "best"}}, "add --finder lite"),
        ({"parser": {"kind": "lite-cc0", "views": "best"}}, "add --finder lite"),
        ({"best_views_parser": "m2fp", "finder": "lite"}, "add --views best"),
        (BEST | {"pictures": {"masks": True}}, "leave --masks out"),
        (BEST | {"cameras": [{"source": "door.mp4"}], "analytics": {"exposure": True}}, "take --views every"),
    ],
)
def test_what_does_not_go_together_is_one_line_with_the_cure(settings: dict[str, object], cure: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_views(Settings.model_validate(settings))
    assert cure in str(refused.value)
    assert "\n" not in str(refused.value)


def test_another_parser_for_the_views_is_none_by_default_and_can_be_taken_back() -> None:
    assert Settings().best_views_parser is None
    chosen = Settings.model_validate(BEST | {"best_views_parser": {"kind": "m2fp", "short_edge": 320}})
    assert chosen.best_views_parser is not None
    assert chosen.best_views_parser.kind == "m2fp"
    assert Settings.model_validate({"best_views_parser": "none"}).best_views_parser is None


def test_a_parser_that_finds_nobody_by_itself_is_refused() -> None:
    with pytest.raises(UsageError, match="with a finder"):
        best_views(Settings.model_validate(BEST), ScriptedParser(), ByteTracker(), 2.0)


def test_every_frame_needs_nothing() -> None:
    assert best_views(Settings(), CountingViews(), ByteTracker(), 2.0) is None


def test_limits_are_those_of_the_settings() -> None:
    parser = CountingViews()
    made = best_views(Settings.model_validate(BEST), parser, ByteTracker(), 2.0)
    assert made is not None
    assert made[0] is parser
