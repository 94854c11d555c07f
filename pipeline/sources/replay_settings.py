"""The settings of the source `replay`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from config.component import BesideNumbers
from config.paths import SourcePath
from pipeline.sources.base import FrameSource, SourceContext, SourceSettings
from pipeline.sources.file_settings import name_of


class ReplaySettings(SourceSettings):
    """A recording played again and again, as if it were a camera: to show and to try what needs one."""

    kind: Literal["replay"] = "replay"
    path: Annotated[SourcePath, BesideNumbers("it stands for a camera, which is its name")] = Field(
        description="The recording to play"
    )

    @property
    def words(self) -> str:
        """Its name without the ending."""
        return name_of(self.path)

    @property
    def reads(self) -> Path:
        """The file."""
        return self.path

    def build(self, context: SourceContext) -> FrameSource:
        """See `SourceSettings.build`."""
        from pipeline.sources.replay import ReplaySource  # noqa: PLC0415 - brings PyAV along

        return ReplaySource(self.path, stream_id=context.stream_id, sampling=context.sampling)
