"""What an operator may turn: defaults < YAML < environment < flags."""

from config.cameras import CameraSettings, RtspSettings, SamplingSettings
from config.loading import FLAGS, load_settings
from config.outputs import KafkaSettings, OutputSettings, SqlSettings
from config.processing import (
    AnalyticsSettings,
    BufferSettings,
    ParserSettings,
    TrackingSettings,
)
from config.resolved import resolved
from config.settings import Settings

__all__ = [
    "FLAGS",
    "AnalyticsSettings",
    "BufferSettings",
    "CameraSettings",
    "KafkaSettings",
    "OutputSettings",
    "ParserSettings",
    "RtspSettings",
    "SamplingSettings",
    "Settings",
    "SqlSettings",
    "TrackingSettings",
    "load_settings",
    "resolved",
]
