"""Which settings bear on numbers: all but those that say why they do not."""

from collections.abc import Iterator
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from config import Settings, bearing_on_numbers, load_settings, without_secrets
from config.bearing import beside_numbers
from config.cameras import CameraSettings
from config.component import BesideNumbers
from config.registry import group
from pipeline.parsers.lite.settings import LiteSettings

GROUPS = ("footfall.sources", "footfall.parsers", "footfall.trackers", "footfall.stages")

# A field that is new bears on numbers. Who adds one here has to say in its mark why the numbers are the same without it.
BESIDE = {
    "Settings": {
        "cameras", "sampling", "sources", "tracker", "analytics",
        "buffer", "output", "sinks", "delivery", "pictures", "overlay", "privacy",
        "shutdown_deadline_s", "service", "metrics", "log_level", "log_format",
    },
    "CameraSettings": {"id", "overlay", "privacy"},
    "RtspSettings": {"url", "open_timeout_s", "reconnect_min_s", "reconnect_max_s", "must_start"},
    "FileSettings": {"path", "max_pixels"},
    "ReplaySettings": {"path"},
    "ImagesSettings": {"path"},
    "LiteSettings": {"precision", "threads"},
    "M2fpSettings": {"precision", "threads"},
    "OnnxParserSettings": {"precision", "threads"},
}  # fmt: skip


def models() -> Iterator[type[BaseModel]]:
    yield Settings
    yield CameraSettings
    for name in GROUPS:
        yield from group(name).distinct()


def test_these_fields_and_no_others_do_not_bear_on_numbers() -> None:
    found = {
        model.__name__: {name for name, field in model.model_fields.items() if beside_numbers(field)}
        for model in models()
    }
    assert {name: fields for name, fields in found.items() if fields} == BESIDE


def test_each_of_them_says_why() -> None:
    marks = [beside_numbers(field) for model in models() for field in model.model_fields.values()]
    assert all(mark.because for mark in marks if mark is not None)


@pytest.mark.parametrize(
    "override",
    [
        {"parser": {"input_pixels": 90_000}},
        {"parser": {"executor": "onnxruntime"}},
        {"parser": {"kind": "lite-cc0"}},
        {"sampling": {"fps": 4}},
        {"sampling": {"limit_s": 4}},
        {"sampling": {"keyframes_only": True}},
        {"tracker": {"lost_after_s": 3}},
        {"tracker": {"least_score": 0.5}},
        {"analytics": {"visits": {"min_visit_s": 2}}},
        {"analytics": {"windows": {"lengths_s": [10]}}},
        {"analytics": {"windows": False}},
        {"analytics": {"observation": {"min_person_pixels": 9}}},
        {"cameras": [{"source": {"kind": "file", "path": "a.mp4", "recorded_at": "2026-01-01T00:00:00Z"}}]},
        {"cameras": [{"source": "a.mp4", "tracker": {"growth": 0.1}}]},
    ],
)
def test_what_changes_numbers_changes_what_bears_on_them(override: dict[str, object]) -> None:
    assert bearing({"cameras": [{"source": "a.mp4"}], **override}) != bearing(
        {"cameras": [{"source": "a.mp4"}]}
    )


@pytest.mark.parametrize(
    "override",
    [
        {"parser": {"threads": 1}},
        {"parser": {"precision": "fp32"}},
        {"cameras": [{"source": "/else/b.mkv", "id": "yard"}]},
        {"sinks": {"kafka": {"bootstrap_servers": "one:9092"}}},
        {"output": {"dir": "elsewhere"}},
        {"buffer": {"frames": 2}},
        {"log_level": "debug"},
    ],
)
def test_what_does_not_change_them_does_not(override: dict[str, object]) -> None:
    assert bearing({"cameras": [{"source": "a.mp4"}], **override}) == bearing(
        {"cameras": [{"source": "a.mp4"}]}
    )


def test_a_new_field_of_a_component_bears_on_numbers_by_itself() -> None:
    class Better(LiteSettings):
        kind: Literal["better"] = "better"  # type: ignore[assignment]
        eagerness: float = 0.5
        colour_of_the_box: Annotated[str, BesideNumbers("nobody counts by it")] = Field(default="red")

    settings = Settings.model_validate({"cameras": [{"source": "a.mp4"}]})
    settings = settings.model_copy(update={"parser": Better()})
    assert bearing_on_numbers(settings, settings.cameras[0])["parser"] == {
        "kind": "better",
        "views": "every",
        "views_per_visit": 8,
        "views_share": 0.5,
        "executor": "openvino",
        "input_pixels": 512 * 288,
        "eagerness": 0.5,
    }


def test_the_settings_of_a_run_are_told_without_secrets() -> None:
    settings = load_settings(
        None, {"SOURCE": ["rtsp://user:geheim@camera/1"], "--sql": "postgresql://me:geheim@host/db"}, {}
    )
    told = without_secrets(settings)
    assert "geheim" not in str(told)
    sinks = told["sinks"]
    assert isinstance(sinks, dict)
    told_sql = sinks["sql"]
    assert isinstance(told_sql, dict)
    assert (told_sql["kind"], told_sql["url"]) == ("sql", "postgresql://***@host/db")


def bearing(values: dict[str, object]) -> dict[str, object]:
    settings = Settings.model_validate(values)
    return dict(bearing_on_numbers(settings, settings.cameras[0]))
