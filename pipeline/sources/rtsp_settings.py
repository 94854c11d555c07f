"""The settings of the source `rtsp`."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from config.address_files import from_file
from config.component import BesideNumbers
from config.paths import secret_text
from config.quantities import PositiveSeconds, Section
from domain.camera_paths import is_plain_path
from domain.locations import source_kind
from domain.urls import Address
from pipeline.sources.base import FrameSource, SourceContext, SourceSettings

_LONGEST_LOGIN = 127
_WAITING = "the pictures that come are the same"


def _check_url(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    if source_kind(text) != "rtsp":
        raise ValueError("must be an rtsp:// or rtsps:// address")
    if len(Address.parse(text).user_info()) > _LONGEST_LOGIN:
        raise ValueError(
            f"must have user and password of at most {_LONGEST_LOGIN} characters, percent-encoded: FFmpeg sends no more"
        )
    return url


RtspUrl: TypeAlias = Annotated[
    SecretStr, BeforeValidator(secret_text), BeforeValidator(from_file), AfterValidator(_check_url)
]


class RtspOptions(Section):
    """How patient to be with a camera.

    FFmpeg applies `open_timeout_s` twice: to the connection and to finding out about the stream.
    """

    open_timeout_s: Annotated[PositiveSeconds, BesideNumbers(_WAITING)] = Field(
        default=10.0, description="Give up opening a camera after"
    )
    read_timeout_s: PositiveSeconds = Field(
        default=10.0, description="Take the signal for lost after so long without data"
    )
    reconnect_min_s: Annotated[PositiveSeconds, BesideNumbers(_WAITING)] = Field(
        default=0.5, description="Wait before the first try to reconnect; doubles"
    )
    reconnect_max_s: Annotated[PositiveSeconds, BesideNumbers(_WAITING)] = Field(
        default=30.0, description="Longest wait between two tries"
    )
    must_start: Annotated[bool, BesideNumbers(_WAITING)] = Field(
        default=True,
        description="Refuse to run when the camera is away at the start; false begins with a lost signal instead",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.reconnect_min_s > self.reconnect_max_s:
            raise ValueError(
                f"reconnect_min_s ({self.reconnect_min_s:g}) must not be above reconnect_max_s ({self.reconnect_max_s:g})"
            )
        return self


class RtspSettings(RtspOptions, SourceSettings):
    """A network camera, over TCP."""

    text_form: ClassVar[str | None] = "an rtsp:// or rtsps:// address"

    kind: Literal["rtsp"] = "rtsp"
    url: Annotated[RtspUrl, BesideNumbers("a camera is its name")] = Field(
        description="`rtsp://` or `rtsps://`, with user and password where the camera wants them"
    )

    @classmethod
    def from_text(cls, text: str) -> Mapping[str, Any] | None:
        """Addresses that begin with `rtsp://` or `rtsps://`."""
        return {"kind": "rtsp", "url": text} if source_kind(text) == "rtsp" else None

    @property
    def words(self) -> str:
        """Host and end of the address."""
        return _camera_words(Address.parse(self.url.get_secret_value()))

    def build(self, context: SourceContext) -> FrameSource:
        """See `SourceSettings.build`."""
        from pipeline.sources.rtsp import RtspSource  # noqa: PLC0415 - brings PyAV along

        return RtspSource(
            self.url.get_secret_value(),
            stream_id=context.stream_id,
            sampling=context.sampling,
            options=self,
        )


def _camera_words(address: Address) -> str:
    if not address.certain:
        return "camera"
    end = "-".join(filter(None, (PurePath(address.path).name, address.query)))
    # The rest of an address may be its key, which a name must not show: of those take the host alone.
    return (
        f"{address.host}-{end}" if end and is_plain_path(f"{address.path}?{address.query}") else address.host
    )
