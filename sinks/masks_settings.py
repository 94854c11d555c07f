"""The settings of the picture sink `masks`."""

from typing import ClassVar, Literal

from config.component import Flag
from sinks.base import MASKS, FrameSink, PictureContext, PictureSettings, ResultNames
from sinks.names import file_name


class MasksSettings(PictureSettings):
    """The label maps of every parsed frame as 8-bit PNG files."""

    needs_every_view: ClassVar[bool] = True
    switch: ClassVar[Flag | None] = Flag("--masks", help="Write the label maps of every parsed frame as PNG")

    kind: Literal["masks"] = "masks"

    def files(self, names: ResultNames, stream_id: str) -> tuple[str, ...]:
        """See `PictureSettings.files`."""
        del names
        return (f"{MASKS}/{file_name(stream_id)}/",)

    def build(self, context: PictureContext) -> FrameSink:
        """See `PictureSettings.build`."""
        from sinks.masks import MaskSink  # noqa: PLC0415 - brings OpenCV along

        journal = context.results.unfinished / f"{file_name(context.stream_id, room=8)}.names"
        return MaskSink(context.results.masks, context.results, journal)
