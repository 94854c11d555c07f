"""The settings of the source `images`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from config.cameras import RecordedAt
from config.component import BesideNumbers
from config.paths import SourcePath
from domain.locations import source_kind
from pipeline.sources.base import FrameSource, SourceContext, SourceSettings
from pipeline.sources.file_settings import is_folder, name_of


class ImagesSettings(SourceSettings):
    """A folder of images, in the order of their names; each counts as one sample."""

    text_form: ClassVar[str | None] = "a folder"

    kind: Literal["images"] = "images"
    path: Annotated[SourcePath, BesideNumbers("a recording is its content")] = Field(description="The folder")
    recorded_at: RecordedAt | None = Field(
        default=None,
        description="When it begins; where it is left out, when its oldest image was last modified",
    )

    @classmethod
    def from_text(cls, text: str) -> Mapping[str, Any] | None:
        """Everything that is no address, but a folder."""
        if source_kind(text) != "path" or not is_folder(text):
            return None
        return {"kind": "images", "path": text}

    @property
    def words(self) -> str:
        """The folder's name."""
        return name_of(self.path)

    @property
    def reads(self) -> Path:
        """The folder."""
        return self.path

    def build(self, context: SourceContext) -> FrameSource:
        """See `SourceSettings.build`."""
        from pipeline.sources.images import ImagesSource  # noqa: PLC0415 - brings OpenCV along

        return ImagesSource(
            self.path,
            stream_id=context.stream_id,
            sample_fps=context.sampling.fps,
            recorded_at=self.recorded_at,
            limit_s=context.sampling.limit_s,
            grid_s=context.grid_s,
        )
