"""What a camera takes from the top of the settings, where it does not say it itself."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from config.cameras import CameraSettings
from config.choice import AsAbove, Chosen, choice_of
from config.component import Component
from config.layering import laid
from config.origins import Layer, all_from
from config.quantities import Section

INHERITED = tuple(
    name
    for name, field in CameraSettings.model_fields.items()
    if any(isinstance(mark, AsAbove) for mark in field.metadata)
)
"""Keys of a camera that stand at the top, too."""


def with_inherited(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same values, each camera with everything that holds for it. What is malformed stays, to be refused."""
    cameras = values.get("cameras")
    if not isinstance(cameras, list | tuple):
        return values
    above = {name: _of_a_camera(name, plain(values.get(name))) for name in (*INHERITED, "sources")}
    if _tells_of_groups_alone(plain(values.get("privacy"))) and isinstance(above["overlay"] or {}, Mapping):
        above["overlay"] = {"tags": False, **(above["overlay"] or {})}
    made = [_completed(camera, above) if isinstance(camera, Mapping) else camera for camera in cameras]
    return {**values, "cameras": made}


def _tells_of_groups_alone(privacy: Any) -> bool:
    """Whether `min_group` is more than 1, before anybody has looked whether it is a number."""
    least = privacy.get("min_group") if isinstance(privacy, Mapping) else None
    return str(least).isdecimal() and int(str(least)) > 1


def _of_a_camera(name: str, given: Any) -> Any:
    """What a camera knows, too, of a section that stands at the top. What nobody knows is refused there."""
    # The settings look this module up, so it cannot import them before they are there.
    from config.settings import Settings  # noqa: PLC0415

    section = Settings.model_fields[name].annotation
    of_cameras = section.of_cameras if isinstance(section, type) and issubclass(section, Section) else None
    if of_cameras is None or not isinstance(given, Mapping):
        return given
    return {key: value for key, value in given.items() if key in of_cameras.model_fields}


def _completed(camera: Mapping[str, Any], above: Mapping[str, Any]) -> Mapping[str, Any]:
    complete = dict(camera)
    for name in INHERITED:
        complete[name] = _over(name, above[name], plain(camera.get(name)))
        if complete[name] is None:
            del complete[name]
    if "source" in camera:
        complete["source"] = _source(camera["source"], above["sources"])
    return complete


def _over(name: str, below: Any, above: Any) -> Any:
    """What is given above laid over what is given below, by the rules of layers."""
    given = [value for value in (below, above) if value is not None]
    if len(given) < 2:
        return next(iter(given), None)
    return laid([Layer({name: value}, all_from(value, (name,), "")) for value in given]).values[name]


def _source(source: Any, defaults: Any) -> Any:
    choice = choice_of(CameraSettings.model_fields["source"])
    try:
        keys = choice.normalized(source) if isinstance(choice, Chosen) else source
    except ValueError:
        # The field says what is wrong with it.
        return source
    of_kind = (
        plain(defaults.get(keys.get("kind")))
        if isinstance(keys, Mapping) and isinstance(defaults, Mapping)
        else None
    )
    return {**of_kind, **keys} if isinstance(of_kind, Mapping) else keys


def plain(value: Any) -> Any:
    """A section or components as the keys that were given of them."""
    if isinstance(value, BaseModel):
        given = {name: getattr(value, name) for name in value.model_fields_set}
        if isinstance(value, Component):
            given["kind"] = value.kind
        return {key: plain(item) for key, item in given.items()}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value
