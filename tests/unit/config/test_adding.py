"""Cameras and parsers that come while a run goes on."""

from collections.abc import Mapping
from typing import Any

import pytest

from config import Settings, load_settings
from config.adding import camera_from, parser_from
from config.component import settings_of
from domain.errors import SettingsError
from pipeline.sources.rtsp_settings import RtspSettings
from pipeline.sources.synthetic.options import SyntheticSettings

ENVIRONMENT = {"FOOTFALL_SOURCES__RTSP__READ_TIMEOUT_S": "3", "FOOTFALL_SAMPLING__FPS": "2"}


@pytest.fixture
def settings() -> Settings:
    return load_settings(None, {}, ENVIRONMENT)


def test_a_camera_takes_what_holds_for_all(settings: Settings) -> None:
    camera = camera_from(settings, {"id": "door", "source": "rtsp://10.0.0.7/main"})

    assert (camera.id, camera.sampling.fps) == ("door", 2.0)
    assert settings_of(RtspSettings, camera.source).read_timeout_s == 3.0
    assert camera.analytics == load_settings(None, {"SOURCE": ["synthetic:"]}, {}).cameras[0].analytics


def test_a_camera_says_what_differs(settings: Settings) -> None:
    given = {
        "source": {"kind": "rtsp", "url": "rtsp://10.0.0.7/main", "read_timeout_s": 7},
        "sampling": {"limit_s": 60},
    }

    camera = camera_from(settings, given)

    assert (camera.sampling.fps, camera.sampling.limit_s) == (2.0, 60.0)
    assert settings_of(RtspSettings, camera.source).read_timeout_s == 7.0


def test_a_source_alone_is_enough() -> None:
    camera = camera_from(Settings(), "synthetic:?seconds=3")

    assert camera.id == "synthetic"
    assert settings_of(SyntheticSettings, camera.source).seconds == 3.0


def test_a_parser_is_its_kind_or_its_keys() -> None:
    assert parser_from("lite").kind == "lite"
    assert parser_from({"kind": "lite", "precision": "fp32"}).model_dump()["precision"] == "fp32"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            {"id": "a b", "source": "synthetic:"},
            (
                "cameras[0].id = 'a b' (add_stream): must be 1 to 64 letters, digits, '.', '_' or '-', "
                "and begin with a letter or a digit"
            ),
        ),
        ({"id": "door"}, "cameras[0].source (add_stream): is needed here"),
        (
            {"source": {"kind": "rstp"}},
            "cameras[0].source.kind = 'rstp' (add_stream): must be file, images, replay, rtsp or synthetic; did you mean rtsp?",
        ),
        (
            {"source": {"kind": "rtsp", "url": "rtsp://10.0.0.7/main", "read_timeout_s": -1}},
            "cameras[0].source.read_timeout_s = -1 (add_stream): must be greater than 0",
        ),
    ],
)
def test_what_is_wrong_is_named_where_it_was_said(
    settings: Settings, given: Mapping[str, Any], line: str
) -> None:
    with pytest.raises(SettingsError) as error:
        camera_from(settings, given)
    assert str(error.value) == line


def test_a_parser_that_there_is_not_is_one_line() -> None:
    with pytest.raises(SettingsError) as error:
        parser_from("lit")
    assert str(error.value) == (
        "parser.kind = 'lit' (switch_parser): must be lite, lite-cc0, m2fp or onnx; did you mean lite?"
    )
