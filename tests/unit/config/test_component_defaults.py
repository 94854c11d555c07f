"""A component used by itself behaves as it does with default settings."""

from typing import Any

import pytest
from pydantic import BaseModel

from analytics.observing import ObservationSettings
from analytics.stages.visits import VisitsSettings
from analytics.stages.windows import WindowsSettings
from config import Settings
from pipeline.runner import RunnerOptions
from pipeline.sources.rtsp import RtspOptions
from pipeline.tracking.settings import ByteTrackSettings

DEFAULTS = Settings()
RENAMED = {"windows_s": "lengths_s"}
"""Names of settings whose component says it otherwise."""


@pytest.mark.parametrize(
    ("section", "options", "at_least"),
    [
        (DEFAULTS.analytics, ObservationSettings(), 4),
        (DEFAULTS.analytics, VisitsSettings(), 3),
        (DEFAULTS.analytics, WindowsSettings(), 1),
        (DEFAULTS.tracking, ByteTrackSettings(), 5),
        (DEFAULTS.rtsp, RtspOptions(), 4),
        (DEFAULTS, RunnerOptions(), 1),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, int) else "",
)
def test_defaults_agree(section: Any, options: Any, at_least: int) -> None:
    names = set(
        type(options).model_fields if isinstance(options, BaseModel) else options.__dataclass_fields__
    )
    shared = {
        name: RENAMED.get(name, name)
        for name in type(section).model_fields
        if RENAMED.get(name, name) in names
    }
    optional = {
        "sasl_mechanism",
        "threads",
    }  # None or 0 in the component: told apart by what stands beside it
    compared = {name: other for name, other in shared.items() if name not in optional}
    assert len(compared) >= at_least
    assert {name: getattr(section, name) for name in compared} == {
        name: getattr(options, other) for name, other in compared.items()
    }
