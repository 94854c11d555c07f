"""What an operator may turn: defaults < YAML < environment < flags."""

from config.cameras import CameraSettings, RtspSettings, SamplingSettings
from config.loading import flags_and_keys, load_settings
from config.outputs import OutputSettings
from config.processing import (
    AnalyticsSettings,
    BufferSettings,
    TrackingSettings,
)
from config.resolved import resolved
from config.settings import Settings

__all__ = [
    "AnalyticsSettings",
    "BufferSettings",
    "CameraSettings",
    "OutputSettings",
    "RtspSettings",
    "SamplingSettings",
    "Settings",
    "TrackingSettings",
    "flags_and_keys",
    "load_settings",
    "resolved",
]
