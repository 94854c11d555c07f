"""Which of the settings bear on numbers: all that are not marked as beside them."""

from pydantic import JsonValue
from pydantic.fields import FieldInfo

from config.cameras import CameraSettings
from config.component import BesideNumbers
from config.plain import plain_of
from config.settings import Settings


def bearing_on_numbers(settings: Settings, camera: CameraSettings) -> dict[str, JsonValue]:
    """What must be the same for the numbers of one stream to be the same.

    Args:
        settings: All of them.
        camera: That of the stream, one of `settings.cameras`.
    """
    return plain_of(settings, _bears) | plain_of(camera, _bears)


def beside_numbers(field: FieldInfo) -> BesideNumbers | None:
    """The mark of a field that does not bear on numbers."""
    return next((mark for mark in field.metadata if isinstance(mark, BesideNumbers)), None)


def _bears(field: FieldInfo) -> bool:
    return beside_numbers(field) is None
