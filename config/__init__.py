"""What an operator may turn: defaults < YAML < environment < flags."""

from config.bearing import bearing_on_numbers
from config.cameras import CameraSettings, SamplingSettings
from config.loading import flags_and_keys, load_settings
from config.outputs import OutputSettings
from config.processing import BufferSettings
from config.resolved import resolved, without_secrets
from config.settings import Settings

__all__ = [
    "BufferSettings",
    "CameraSettings",
    "OutputSettings",
    "SamplingSettings",
    "Settings",
    "bearing_on_numbers",
    "flags_and_keys",
    "load_settings",
    "resolved",
    "without_secrets",
]
