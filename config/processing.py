"""What happens to the pictures between the sources and the sinks."""

from pydantic import Field

from config.quantities import Frames, Section


class BufferSettings(Section):
    """The hand-over from the readers to the parser."""

    frames: Frames = Field(
        default=8,
        description="Frames that may wait for each source; beyond that a file waits and a camera drops the oldest",
    )
