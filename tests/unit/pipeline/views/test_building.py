"""What is set about views, and what does not go together."""

import pytest

from config.component import settings_of
from config.settings import Settings
from domain.errors import UsageError
from pipeline.parsers.base import ParserSettings
from pipeline.tracking.bytetrack import ByteTracker
from pipeline.views.building import as_meant, best_views, check_views, meant_finder, views_of
from tests.support.streams import ScriptedParser
from tests.support.views import CountingViews

QUIET = {"pictures": {"overlay": False}}
"""Nothing is drawn."""


def views_set(settings: Settings) -> str:
    return settings_of(ParserSettings, settings.parser).views


BEST = {"parser": {"views": "best", "views_per_visit": 3}, "finder": "lite"}


def test_by_default_nothing_is_amiss() -> None:
    check_views(Settings())
    check_views(Settings.model_validate(BEST))
    check_views(Settings.model_validate({"best_views_parser": "m2fp"}))
    check_views(
        Settings.model_validate({"cameras": [{"source": "door.mp4"}], "best_views_parser": "m2fp"} | QUIET)
    )


@pytest.mark.parametrize(
    ("settings", "views"),
    [
        ({}, "every"),
        (QUIET, "best"),
        (QUIET | {"finder": "auto"}, "best"),
        ({"parser": {"views": "best"}}, "best"),
        (QUIET | {"finder": "none"}, "every"),
        (QUIET | {"parser": "m2fp"}, "every"),
        (QUIET | {"parser": "lite-cc0"}, "every"),
        (QUIET | {"parser": "m2fp", "finder": "lite"}, "best"),
        (QUIET | {"parser": {"views": "every"}}, "every"),
        ({"pictures": {"overlay": False, "masks": True}}, "every"),
        (QUIET | {"analytics": {"exposure": True}}, "every"),
        (QUIET | {"cameras": [{"source": {"kind": "images", "path": "pictures"}}]}, "every"),
        (
            {"cameras": [{"source": {"kind": "images", "path": "pictures"}}], "parser": {"views": "best"}},
            "best",
        ),
    ],
)
def test_auto_takes_best_views_where_they_serve(settings: dict[str, object], views: str) -> None:
    chosen = Settings.model_validate({"cameras": [{"source": "door.mp4"}]} | settings)
    check_views(chosen)
    finds = meant_finder(chosen).kind != "none"
    assert views_of(chosen, chosen.cameras[0], finds=finds) == views


def test_a_parser_that_finds_nobody_by_itself_gets_every_frame_by_default() -> None:
    settings = Settings.model_validate({"cameras": [{"source": "door.mp4"}]} | QUIET)
    camera = settings.cameras[0]
    assert views_set(as_meant(settings, camera, ScriptedParser())) == "every"
    assert views_set(as_meant(settings, camera, CountingViews())) == "best"


def test_why_everybody_is_parsed_in_every_frame_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    check_views(
        Settings.model_validate({"cameras": [{"source": "a.mp4", "id": "door"}], "pictures": {"masks": True}})
    )
    assert caplog.messages == ["door: everybody is parsed in every frame: pictures.masks needs it"]


@pytest.mark.parametrize(
    ("settings", "cure"),
    [
        ({"parser": {"views": "best"}, "finder": "none"}, "add --finder lite"),
        ({"parser": {"kind": "m2fp", "views": "best"}}, "add --finder lite"),
        ({"best_views_parser": "m2fp", "finder": "none"}, "add --views best"),
        ({"best_views_parser": "m2fp", "parser": {"views": "every"}}, "add --views best"),
        ({"best_views_parser": "m2fp", "pictures": {"masks": True}}, "add --views best"),
        (BEST | {"pictures": {"masks": True}}, "leave --masks out"),
        (BEST | {"analytics": {"exposure": True}}, "take --views every"),
    ],
)
def test_what_does_not_go_together_is_one_line_with_the_cure(settings: dict[str, object], cure: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_views(Settings.model_validate({"cameras": [{"source": "door.mp4"}]} | settings))
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
    every = Settings.model_validate({"parser": {"views": "every"}})
    assert best_views(every, CountingViews(), ByteTracker(), 2.0) is None


def test_limits_are_those_of_the_settings() -> None:
    parser = CountingViews()
    made = best_views(Settings.model_validate(BEST), parser, ByteTracker(), 2.0)
    assert made is not None
    assert made[0] is parser
