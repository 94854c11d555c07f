"""What may be asked of drawn people, as in `synthetic:?persons=4&seconds=30&seed=1&size=768x432&fps=10`."""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias
from urllib.parse import parse_qsl

from pydantic import BeforeValidator, Field, ValidationError

from config.quantities import Section
from domain.errors import SourceError
from domain.locations import source_kind
from pipeline.sources.base import FrameSource, SourceContext, SourceSettings

_SCHEME = "synthetic:"


def _size(value: Any) -> Any:
    match = re.fullmatch(r"([0-9]{1,4})x([0-9]{1,4})", value) if isinstance(value, str) else None
    return (int(match[1]), int(match[2])) if match else value


_Side: TypeAlias = Annotated[int, Field(ge=64, le=4096)]


class SyntheticOptions(Section):
    """What is drawn. The same options draw the same pictures."""

    persons: int = Field(default=4, ge=0, le=200, description="How many people come and go")
    seconds: float = Field(default=30.0, gt=0, le=86_400, allow_inf_nan=False, description="Length")
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Who comes, when and where")
    size: Annotated[tuple[_Side, _Side], BeforeValidator(_size)] = Field(
        default=(768, 432), description="Width and height in pixels; also as text, WIDTHxHEIGHT"
    )
    fps: float = Field(default=10.0, gt=0, le=120, allow_inf_nan=False, description="Frames a second")

    @property
    def frames(self) -> int:
        """How many; at least one."""
        return max(1, math.ceil(self.seconds * self.fps - 1e-9))

    @property
    def location(self) -> str:
        """The text that is short for it."""
        given = {name: getattr(self, name) for name in SyntheticOptions.model_fields}
        defaults = SyntheticOptions()
        differs = {name: value for name, value in given.items() if value != getattr(defaults, name)}
        texts = [f"{name}={_text(value)}" for name, value in differs.items()]
        return _SCHEME + ("?" + "&".join(texts) if texts else "")


class SyntheticSettings(SyntheticOptions, SourceSettings):
    """Drawn people who walk through a drawn shop in clothes of known colours."""

    text_form: ClassVar[str | None] = "synthetic:"

    kind: Literal["synthetic"] = "synthetic"

    @classmethod
    def from_text(cls, text: str) -> Mapping[str, Any] | None:
        """Texts that begin with `synthetic:`, unless a file is called so."""
        if source_kind(text) != "synthetic":
            return None
        try:
            return {"kind": "synthetic", **parse_location(text).model_dump(exclude_unset=True)}
        except SourceError as error:
            raise ValueError(str(error)) from None

    def build(self, context: SourceContext) -> FrameSource:
        """See `SourceSettings.build`."""
        from pipeline.sources.synthetic.source import SyntheticSource  # noqa: PLC0415 - brings OpenCV along

        return SyntheticSource(
            self,
            stream_id=context.stream_id,
            sample_fps=context.sampling.fps,
            limit_s=context.sampling.limit_s,
        )


def parse_location(location: str) -> SyntheticOptions:
    """Read a `synthetic:` location.

    Raises:
        SourceError: It is none, or has a key or a value that means nothing; the message names it.
    """
    scheme, query = location[: len(_SCHEME)].lower(), location[len(_SCHEME) :]
    if scheme != _SCHEME or not (query == "" or query.startswith("?")):
        raise SourceError(
            f"{location}: write synthetic:, or synthetic: with a query (?...) of the keys {_keys()}"
        )
    values: dict[str, str] = {}
    for key, text in parse_qsl(query[1:], keep_blank_values=True):
        if key not in SyntheticOptions.model_fields:
            raise SourceError(f"{location}: no such key {key}; there are {_keys()}")
        if key in values:
            raise SourceError(f"{location}: {key} is named twice; name it once")
        values[key] = text
    try:
        return SyntheticOptions.model_validate(values)
    except ValidationError as error:
        key = str(error.errors(include_url=False)[0]["loc"][0])
        raise SourceError(f"{location}: {key} must be {_wanted(key)}, got {values[key]!r}") from None


def _keys() -> str:
    return ", ".join(SyntheticOptions.model_fields)


def _wanted(key: str) -> str:
    """What a key may be, from the limits of its field."""
    schema = SyntheticOptions.model_json_schema()["properties"][key]
    match schema["type"]:
        case "array":
            side = schema["prefixItems"][0]
            return f"WIDTHxHEIGHT, each from {side['minimum']} to {side['maximum']}"
        case "integer":
            return f"a whole number from {schema['minimum']} to {schema['maximum']}"
        case _:
            return f"a number above {schema['exclusiveMinimum']:g} and at most {schema['maximum']:.12g}"


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
