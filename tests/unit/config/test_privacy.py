"""What is covered, for all cameras and for one."""

import pytest

from config.adding import camera_from, settings_from
from domain.errors import SettingsError


def test_a_camera_has_what_stands_at_the_top_and_may_differ() -> None:
    settings = settings_from({"privacy": {"overlay": "people", "hold_s": 3, "requests": "none"}})
    plain = camera_from(settings, {"id": "a", "source": "synthetic:"}).privacy
    own = camera_from(settings, {"id": "b", "source": "synthetic:", "privacy": {"overlay": "faces"}}).privacy
    assert (plain.overlay, plain.hold_s) == ("people", 3.0)
    assert (own.overlay, own.hold_s) == ("faces", 3.0)
    assert settings.privacy.of_requests == "none"


def test_heads_are_covered_by_default() -> None:
    settings = settings_from({})
    assert settings.privacy.overlay == settings.privacy.of_requests == "heads"
    assert camera_from(settings, {"id": "a", "source": "synthetic:"}).privacy.overlay == "heads"


def test_pictures_of_requests_follow_the_cameras() -> None:
    assert settings_from({"privacy": {"overlay": "people"}}).privacy.of_requests == "people"


@pytest.mark.parametrize("given", [{"overlay": "eyes"}, {"hold_s": 0}, {"requests": 1}, {"unknown": 1}])
def test_what_is_no_cover_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="privacy"):
        settings_from({"privacy": given})
