"""What shows more of people than the defaults do is said in one line each."""

from collections.abc import Mapping
from typing import Any

import pytest

from config.adding import settings_from
from config.weakened import weakened
from domain.errors import SettingsError

CAMERAS = [{"source": "rtsp://door/1", "id": "door"}, {"source": "yard.mp4", "id": "yard"}]

CASES: list[tuple[Mapping[str, Any], list[str]]] = [
    ({}, []),
    ({"overlay": "people", "requests": "heads"}, []),
    ({"overlay": "none"}, ["privacy.overlay: none: pictures of door, yard show faces; heads covers them"]),
    (
        {"requests": "none"},
        [
            "privacy.requests: none: what the service draws of pictures that are sent to it shows faces; heads covers them"
        ],
    ),
    (
        {"hold_s": 0.2, "look_ahead_s": 0},
        [
            "privacy.hold_s: 0.2: heads of door, yard may show that the parser misses for longer; the default is 1",
            "privacy.look_ahead_s: 0: heads of door, yard may show in the first picture of somebody; the default is 0.4",
        ],
    ),
    (
        {"min_group": 5},
        [
            "privacy.min_group: 5 is about numbers: pictures still show people one by one; privacy.overlay: people covers them"
        ],
    ),
    ({"min_group": 5, "overlay": "people"}, []),
]


@pytest.mark.parametrize(("privacy", "lines"), CASES)
def test_it_is_said(privacy: Mapping[str, Any], lines: list[str]) -> None:
    assert list(weakened(settings_from({"privacy": privacy, "cameras": CAMERAS}))) == lines


def test_the_camera_is_named_that_differs() -> None:
    cameras = [CAMERAS[0], {**CAMERAS[1], "privacy": {"overlay": "none"}}]
    found = list(weakened(settings_from({"cameras": cameras})))
    assert found == ["privacy.overlay: none: pictures of yard show faces; heads covers them"]


def test_cameras_that_will_be_added_are_thought_of() -> None:
    found = list(weakened(settings_from({"privacy": {"overlay": "none"}})))
    assert found == [
        "privacy.overlay: none: pictures of cameras that are added show faces; heads covers them"
    ]


@pytest.mark.parametrize("least", [5, "5"])
def test_nobody_has_a_tag_where_numbers_are_of_groups(least: object) -> None:
    settings = settings_from({"privacy": {"min_group": least}, "cameras": CAMERAS})
    assert [camera.overlay.tags for camera in settings.cameras] == [False, False]
    assert all(camera.overlay.tags for camera in settings_from({"cameras": CAMERAS}).cameras)


def test_tags_that_are_asked_for_are_refused_beside_min_group() -> None:
    with pytest.raises(SettingsError) as raised:
        settings_from({"privacy": {"min_group": 5}, "overlay": {"tags": True}, "cameras": CAMERAS})
    assert str(raised.value) == (
        "privacy (settings): min_group: 5 lets nothing be told of single people, and overlay.tags of door, yard says what each of "
        "them wears; take overlay: {tags: false}, or min_group: 1"
    )
