"""The settings file as JSON Schema, for editors."""

from typing import Any

from config.reference import keys
from config.settings import Settings

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def settings_schema() -> dict[str, Any]:
    """Draft 2020-12; the kinds of components are those that are installed here."""
    schema = Settings.model_json_schema()
    for key in keys():
        if len(key.path) == 1 and key.choice is not None:
            schema["properties"][key.path[0]].pop("default", None)
    camera = schema["$defs"]["CameraSettings"]["properties"]
    for name, field in camera.items():
        # What differs for a camera is all that is given for it.
        if name != "source":
            field.pop("default", None)
    return {"$schema": _DIALECT, **schema, "title": "Settings of Footfall"}
