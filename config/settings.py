"""Everything an operator may turn."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from config.cameras import STAGES, CameraSettings, SamplingSettings
from config.choice import NOTHING, Chosen, Defaults, Named
from config.component import BesideNumbers, Component, Flag
from config.metrics import MetricsSettings
from config.origins import KeyPath, Origins
from config.outputs import OutputSettings
from config.overlays import OverlayLook
from config.privacy import PrivacySettings
from config.processing import BufferSettings
from config.quantities import Seconds, Section
from config.service import ServiceSettings
from config.sites import check_sites

_CAMERA = "each camera has its own"
_RESULTS = "it is about what becomes of the numbers"
_SERVING = "it is about who may ask"

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["text", "json"]


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


def _one_rule_each_site(cameras: tuple[CameraSettings, ...]) -> tuple[CameraSettings, ...]:
    check_sites(cameras)
    return cameras


Cameras: TypeAlias = Annotated[
    tuple[CameraSettings, ...], AfterValidator(_one_name_each), AfterValidator(_one_rule_each_site)
]


class Settings(Section):
    """All settings. Made by `config.load_settings`; made directly, it reads neither files nor the environment."""

    # Components are looked up when the first settings are made, not when this module is imported.
    model_config = ConfigDict(defer_build=True)

    cameras: Annotated[Cameras, BesideNumbers("each stream is an analysis of its own")] = Field(
        default=(), description="Cameras and recordings; all run at once"
    )
    sampling: Annotated[SamplingSettings, BesideNumbers(_CAMERA)] = SamplingSettings()
    sources: Annotated[Section, Defaults("footfall.sources"), BesideNumbers(_CAMERA)] = Field(
        default=NOTHING, description="What holds for all sources of a kind"
    )
    parser: Annotated[
        Component,
        Chosen("footfall.parsers", default="lite"),
        Flag("--parser", help="Which parser labels the pixels"),
    ] = Field(default=NOTHING, description="Which parser labels the pixels, and how")
    finder: Annotated[
        Component,
        Chosen("footfall.finders", default="auto"),
        Flag(
            "--finder",
            help="What finds persons before they are parsed at full resolution: auto is what suits the parser, none looks at whole "
            "pictures alone",
        ),
    ] = Field(
        default=NOTHING,
        description="What finds persons in the whole picture, so that small ones are parsed at full resolution",
    )
    best_views_parser: Annotated[
        Component | None,
        Chosen("footfall.parsers", default="lite", optional=True),
        Flag("--best-views-parser", help="Which parser tells clothes from best views, if another one"),
    ] = Field(
        default=None,
        description="With `parser.views: best`: which parser tells the clothes, where another one than `parser`, which then tells "
        "if anybody is there at all",
    )
    tracker: Annotated[
        Component, Chosen("footfall.trackers", default="bytetrack"), BesideNumbers(_CAMERA)
    ] = Field(default=NOTHING, description="What follows persons from frame to frame")
    analytics: Annotated[
        Mapping[str, Component], Named("footfall.stages", STAGES), BesideNumbers(_CAMERA)
    ] = Field(default=NOTHING, description="What is counted")
    buffer: Annotated[
        BufferSettings, BesideNumbers("a file waits; what a camera drops is counted as coverage")
    ] = BufferSettings()
    output: Annotated[OutputSettings, BesideNumbers(_RESULTS)] = OutputSettings()
    sinks: Annotated[
        Mapping[str, Component], Named("footfall.sinks", defaults=("jsonl", "sql")), BesideNumbers(_RESULTS)
    ] = Field(default=NOTHING, description="Where events go")
    delivery: Annotated[Component, Chosen("footfall.outlets", default="spool"), BesideNumbers(_RESULTS)] = (
        Field(default=NOTHING, description="How events wait for sinks that are slow or away")
    )
    pictures: Annotated[
        Mapping[str, Component], Named("footfall.pictures", defaults=("overlay",)), BesideNumbers(_RESULTS)
    ] = Field(default=NOTHING, description="What is made of the pictures")
    overlay: Annotated[OverlayLook, BesideNumbers(_CAMERA)] = OverlayLook()
    privacy: Annotated[PrivacySettings, BesideNumbers("it is about what leaves")] = PrivacySettings()
    shutdown_deadline_s: Annotated[Seconds, BesideNumbers(_RESULTS)] = Field(
        default=10.0, description="After Ctrl-C or SIGTERM: how long to go on delivering what was counted"
    )
    service: Annotated[ServiceSettings, BesideNumbers(_SERVING)] = Field(default_factory=ServiceSettings)
    metrics: Annotated[MetricsSettings, BesideNumbers(_RESULTS)] = MetricsSettings()
    log_level: Annotated[LogLevel, BesideNumbers(_RESULTS)] = Field(
        default="info", description="Least important messages that are logged"
    )
    log_format: Annotated[
        LogFormat,
        Flag("--log-format", help="How log lines look: text, or json with one object a line"),
        BesideNumbers(_RESULTS),
    ] = Field(
        default="text",
        description="How log lines look: text for people, or a JSON object a line for programs",
    )

    _origins: Origins = PrivateAttr(default_factory=Origins)
    _notices: tuple[str, ...] = PrivateAttr(default=())

    def origin(self, path: KeyPath) -> str | None:
        """Where that value was given, in words such as `footfall.yaml:12`; None for a default."""
        return self._origins.exactly(path)

    @property
    def notices(self) -> tuple[str, ...]:
        """What is to be said of what was given, though it holds: keys that are called otherwise now."""
        return self._notices

    @model_validator(mode="before")
    @classmethod
    def _cameras_inherit(cls, values: Any) -> Any:
        # It looks the keys up in this model, so it cannot stand above it.
        from config.inheritance import with_inherited  # noqa: PLC0415

        return with_inherited(values) if isinstance(values, Mapping) else values

    @field_validator("privacy")
    @classmethod
    def _groups_have_no_tags(cls, privacy: PrivacySettings, given: ValidationInfo) -> PrivacySettings:
        tagged = [camera.id for camera in given.data.get("cameras", ()) if camera.overlay.tags]
        if privacy.min_group > 1 and tagged:
            raise ValueError(
                f"min_group: {privacy.min_group} lets nothing be told of single people, and overlay.tags of {', '.join(tagged)} "
                "says what each of them wears; take overlay: {tags: false}, or min_group: 1"
            )
        return privacy
