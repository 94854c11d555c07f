"""The settings of the source `file`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from config.cameras import RecordedAt
from config.component import BesideNumbers
from config.paths import SourcePath
from config.quantities import Pixels
from domain.locations import source_kind
from pipeline.sources.base import FrameSource, SourceContext, SourceSettings


class FileSettings(SourceSettings):
    """A recording: whatever FFmpeg decodes."""

    text_form: ClassVar[str | None] = "a file"

    kind: Literal["file"] = "file"
    path: Annotated[SourcePath, BesideNumbers("a recording is its content")] = Field(description="The file")
    recorded_at: RecordedAt | None = Field(
        default=None,
        description="When it begins; where it is left out, the time that the file itself names, else its modification time",
    )

    max_pixels: Annotated[
        Pixels, BesideNumbers("a recording whose pictures are larger is not counted at all")
    ] = Field(default=134_217_728, description="Larger pictures are not decoded")

    @classmethod
    def from_text(cls, text: str) -> Mapping[str, Any] | None:
        """Everything that is no address and no folder."""
        if source_kind(text) != "path" or is_folder(text):
            return None
        return {"kind": "file", "path": text}

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
        from pipeline.sources.file import FileSource  # noqa: PLC0415 - brings PyAV along

        return FileSource(
            self.path,
            stream_id=context.stream_id,
            sample_fps=context.sampling.fps,
            keyframes_only=context.sampling.keyframes_only,
            recorded_at=self.recorded_at,
            limit_s=context.sampling.limit_s,
            grid_s=context.grid_s,
            most_pixels=self.max_pixels,
        )


def name_of(path: Path) -> str:
    """The name of a file or folder without its ending; that of the folder meant for `.` and the like."""
    return path.stem.strip(".") or path.resolve().name


def is_folder(location: str) -> bool:
    """Whether a folder lies there."""
    try:
        return Path(location).is_dir()
    except OSError:
        # A name too long, a folder above it that may not be searched: opening the file will say which.
        return False
