"""Settings that show or tell more of people than the defaults do: said when a run begins, and by `check-config`."""

from collections.abc import Iterator

from config.privacy import CameraPrivacy
from config.settings import Settings

_SHORTER = {
    "hold_s": "that the parser misses for longer",
    "look_ahead_s": "in the first picture of somebody",
}


def weakened(settings: Settings) -> Iterator[str]:
    """One line for each such setting, with what it comes to and how to go back."""
    shown = [camera.id for camera in settings.cameras if camera.privacy.overlay == "none"]
    if shown:
        yield f"privacy.overlay: none: pictures of {', '.join(shown)} show faces; heads covers them"
    elif settings.privacy.overlay == "none":
        yield "privacy.overlay: none: pictures of cameras that are added show faces; heads covers them"
    if settings.privacy.requests == "none" != settings.privacy.overlay:
        yield "privacy.requests: none: what the service draws of pictures that are sent to it shows faces; heads covers them"
    covered = [camera for camera in settings.cameras if camera.privacy.overlay != "none"]
    for name, what in _SHORTER.items():
        least = CameraPrivacy.model_fields[name].default
        short = [camera for camera in covered if getattr(camera.privacy, name) < least]
        if short:
            ids = ", ".join(camera.id for camera in short)
            value = min(getattr(camera.privacy, name) for camera in short)
            yield f"privacy.{name}: {value:g}: heads of {ids} may show {what}; the default is {least:g}"
    if settings.privacy.min_group > 1 and any(
        camera.privacy.overlay != "people" for camera in settings.cameras
    ):
        yield (
            f"privacy.min_group: {settings.privacy.min_group} is about numbers: pictures still show people one by one; "
            "privacy.overlay: people covers them"
        )
