"""Everything an operator may turn."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, PrivateAttr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.cameras import CameraSettings, RtspSettings, SamplingSettings
from config.origins import KeyPath, Origins
from config.outputs import KafkaSettings, OutputSettings, SqlSettings
from config.processing import (
    AnalyticsSettings,
    BufferSettings,
    ParserSettings,
    TrackingSettings,
)
from config.quantities import Seconds

LogLevel = Literal["debug", "info", "warning", "error"]


def _one_name_each(cameras: tuple[CameraSettings, ...]) -> tuple[CameraSettings, ...]:
    # Compared without case: stream ids become file names, and not every file system tells A from a.
    taken: dict[str, int] = {}
    for position, camera in enumerate(cameras):
        if "id" in camera.model_fields_set and taken.setdefault(camera.id.lower(), position) != position:
            first = taken[camera.id.lower()]
            raise ValueError(
                f"cameras[{first}] and cameras[{position}] are both called {camera.id}; each needs an id of its own"
            )
    return tuple(
        camera
        if "id" in camera.model_fields_set
        else camera.model_copy(update={"id": _free(camera.id, taken)})
        for camera in cameras
    )


def _free(wanted: str, taken: dict[str, int]) -> str:
    name, number = wanted, 1
    while name.lower() in taken:
        number += 1
        name = f"{wanted[:60]}-{number}"
    taken[name.lower()] = -1
    return name


Cameras: TypeAlias = Annotated[tuple[CameraSettings, ...], AfterValidator(_one_name_each)]


class Settings(BaseSettings):
    """All settings. Made by `config.load_settings`; made directly, it reads neither files nor the environment."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        hide_input_in_errors=True,
        env_prefix="FOOTFALL_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
    )

    cameras: Cameras = Field(default=(), description="Cameras and recordings; all run at once")
    sampling: SamplingSettings = SamplingSettings()
    rtsp: RtspSettings = RtspSettings()
    parser: ParserSettings = ParserSettings()
    tracking: TrackingSettings = TrackingSettings()
    analytics: AnalyticsSettings = AnalyticsSettings()
    buffer: BufferSettings = BufferSettings()
    output: OutputSettings = OutputSettings()
    sql: SqlSettings = SqlSettings()
    kafka: KafkaSettings | None = None
    shutdown_deadline_s: Seconds = Field(
        default=10.0, description="After Ctrl-C or SIGTERM: how long to go on delivering what was counted"
    )
    log_level: LogLevel = Field(default="info", description="Least important messages that are logged")

    _origins: Origins = PrivateAttr(default_factory=Origins)

    def origin(self, path: KeyPath) -> str | None:
        """Where that value was given, in words such as `footfall.yaml:12`; None for a default."""
        return self._origins.exactly(path)

    def sampling_for(self, camera: CameraSettings) -> SamplingSettings:
        """What holds for that camera: its own values, and those of `sampling` for the rest."""
        own = {"sample_fps": camera.sample_fps, "keyframes_only": camera.keyframes_only}
        return self.sampling.model_copy(
            update={key: value for key, value in own.items() if value is not None}
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is handed over and nothing else: `load_settings` merges the layers itself, to remember each value's origin."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)
