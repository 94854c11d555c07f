"""What an operator may turn: defaults < YAML < environment < flags."""

from config.cameras import CameraSettings, SamplingSettings
from config.loading import flags_and_keys, load_settings
from config.outputs import OutputSettings
from config.processing import BufferSettings
from config.resolved import resolved
from config.settings import Settings

__all__ = [
    "BufferSettings",
    "CameraSettings",
    "OutputSettings",
    "SamplingSettings",
    "Settings",
    "flags_and_keys",
    "load_settings",
    "resolved",
]
